// What a few tests need beyond set-up. Without it they are skipped, and the run says so.
import { spawnSync } from 'node:child_process';

export interface OptionalTool {
  readonly name: string;
  /** Of `npm test`; without the tool the rest of it runs. */
  readonly suite: string;
  /** A noun phrase: what is skipped without it. */
  readonly neededFor: string;
  /** What to install, and how. */
  readonly howToGet: string;
  /** What is missing of it here; nothing when all is there. */
  readonly missing: () => string | undefined;
}

const PROBE_TIMEOUT_MS = 15_000;
const MINIMUM_JAVA = 17;

/** A command's standard output; undefined when it is not there or does not run. */
function outputOf(command: string, ...args: string[]): string | undefined {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8', timeout: PROBE_TIMEOUT_MS, stdio: ['ignore', 'pipe', 'ignore'] });
  return status === 0 ? stdout : undefined;
}

/** What is missing of a JDK (the compiler too: a launcher of ours is run from its source), Maven, and a machine for which there is a SQLite library. */
export function missingOfDynamoDbLocal(output = outputOf, machine: { platform: string; arch: string } = process): string | undefined {
  if (machine.platform !== 'darwin' && !(machine.platform === 'linux' && machine.arch === 'x64')) return `it does not run on ${machine.platform} ${machine.arch}`;
  const javac = output('javac', '-version');
  if (javac === undefined) return 'javac is not on PATH, or does not run';
  const version = /^javac (\d+)/.exec(javac)?.[1];
  if (Number(version) < MINIMUM_JAVA) return `javac is of version ${version}`;
  return output('mvn', '-version') === undefined ? 'mvn is not on PATH, or does not run' : undefined;
}

export const DYNAMODB_LOCAL: OptionalTool = {
  name: 'DynamoDB Local',
  suite: 'integration',
  neededFor: 'the contract tests of the DynamoDB adapters on the DynamoDB that AWS makes for tests',
  howToGet: `a JDK ${MINIMUM_JAVA} or later and Maven (Debian, Ubuntu: sudo apt-get install default-jdk-headless maven; macOS: brew install openjdk maven)`,
  missing: missingOfDynamoDbLocal,
};

export const OPTIONAL_TOOLS: readonly OptionalTool[] = [DYNAMODB_LOCAL];

/** One line about each tool that these suites miss, and what that costs. */
export function skipNotices(suites: readonly string[], tools = OPTIONAL_TOOLS): readonly string[] {
  return tools
    .filter(({ suite }) => suites.includes(suite))
    .flatMap((tool) => {
      const missing = tool.missing();
      return missing === undefined ? [] : [skipNotice(tool, missing)];
    });
}

export function skipNotice({ name, neededFor, howToGet }: OptionalTool, missing: string): string {
  return `${neededFor}: ${name} cannot run here, ${missing}. To run it, install ${howToGet}`;
}
