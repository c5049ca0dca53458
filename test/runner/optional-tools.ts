// What a few tests need beyond set-up. Without it they are skipped, and the run says so.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { binFolder } from '../../local/paths';
import { findChromium } from '../browser/harness/chromium';

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
/** What the receiver kit's packages say of themselves. */
const MINIMUM_GO = '1.22';
const MINIMUM_PHP = '8.1';

/** A command's standard output; undefined when it is not there or does not run. */
function outputOf(command: string, ...args: string[]): string | undefined {
  const { status, stdout } = spawnSync(command, args, {
    encoding: 'utf8',
    timeout: PROBE_TIMEOUT_MS,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return status === 0 ? stdout : undefined;
}

/**
 * What is missing of a JDK (the compiler too: a launcher of ours is run from its source), Maven, and a machine for
 * which there is a SQLite library.
 */
export function missingOfDynamoDbLocal(
  output = outputOf,
  machine: { platform: string; arch: string } = process,
): string | undefined {
  if (machine.platform !== 'darwin' && !(machine.platform === 'linux' && machine.arch === 'x64'))
    return `it does not run on ${machine.platform} ${machine.arch}`;
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
  howToGet:
    `a JDK ${MINIMUM_JAVA} or later and Maven (Debian, Ubuntu: sudo apt-get install default-jdk-headless maven; ` +
    'macOS: brew install openjdk maven)',
  missing: missingOfDynamoDbLocal,
};

function missingOfVersion(command: string, version: string | undefined, minimum: string): string | undefined {
  if (version === undefined) return `${command} is not on PATH, or does not run`;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const [leastMajor = 0, leastMinor = 0] = minimum.split('.').map(Number);
  return major > leastMajor || (major === leastMajor && minor >= leastMinor)
    ? undefined
    : `${command} is of version ${version}`;
}

export function missingOfGo(output = outputOf): string | undefined {
  return missingOfVersion('go', /go(\d+\.\d+)/.exec(output('go', 'version') ?? '')?.[1], MINIMUM_GO);
}

export function missingOfPhp(output = outputOf): string | undefined {
  return missingOfVersion('php', output('php', '-r', 'echo PHP_MAJOR_VERSION, ".", PHP_MINOR_VERSION;'), MINIMUM_PHP);
}

export function missingOfPsr7(output = outputOf): string | undefined {
  const php = missingOfPhp(output);
  if (php !== undefined) return php;
  return output('php', '-r', "exit(stream_resolve_include_path('GuzzleHttp/Psr7/autoload.php') === false ? 1 : 0);") ===
    undefined
    ? "GuzzleHttp/Psr7/autoload.php is not in PHP's include path"
    : undefined;
}

export const GO: OptionalTool = {
  name: 'Go',
  suite: 'verify',
  neededFor: "the receiver kit's Go package",
  howToGet:
    `Go ${MINIMUM_GO} or later (Debian, Ubuntu: sudo apt-get install golang-go, where that is new enough; macOS: ` +
    'brew install go)',
  missing: missingOfGo,
};

export const PHP: OptionalTool = {
  name: 'PHP',
  suite: 'verify',
  neededFor: "the receiver kit's PHP package",
  howToGet: `PHP ${MINIMUM_PHP} or later (Debian, Ubuntu: sudo apt-get install php-cli; macOS: brew install php)`,
  missing: missingOfPhp,
};

export const PSR7: OptionalTool = {
  name: "Guzzle's PSR-7 for PHP",
  suite: 'verify',
  neededFor: 'the PSR-7 example of the receiver kit',
  howToGet: 'guzzlehttp/psr7 on the include path (Debian, Ubuntu: sudo apt-get install php-guzzlehttp-psr7)',
  missing: missingOfPsr7,
};

export const CURL: OptionalTool = {
  name: 'curl',
  suite: 'e2e',
  neededFor: "the curl line of Rekognita's guide, as printed",
  howToGet: 'curl (Debian, Ubuntu: sudo apt-get install curl)',
  missing: () => (outputOf('curl', '--version') === undefined ? 'curl is not on PATH, or does not run' : undefined),
};

export function missingOfChromium(output = outputOf, path = findChromium()): string | undefined {
  if (path === undefined) return 'it is not on PATH, and CHROMIUM does not name one';
  return output(path, '--version') === undefined ? `${path} does not run` : undefined;
}

export const CHROMIUM: OptionalTool = {
  name: 'Chromium',
  suite: 'browser',
  neededFor: 'the dashboard in a browser, click by click',
  howToGet:
    'Chromium or Chrome (Debian: sudo apt-get install chromium; macOS: brew install --cask chromium), or say ' +
    'where it is in CHROMIUM',
  missing: missingOfChromium,
};

/** They come with npm, on the platforms that they have a build for. */
const runtime = (name: string, command: string): OptionalTool => ({
  name,
  suite: 'verify',
  neededFor: `the receiver kit's TypeScript package on ${name}`,
  howToGet: `a platform for which npm has ${command}`,
  missing: () =>
    outputOf(join(binFolder, command), '--version') === undefined ? `${command} does not run` : undefined,
});

export const DENO = runtime('Deno', 'deno');
export const BUN = runtime('Bun', 'bun');

export const OPTIONAL_TOOLS: readonly OptionalTool[] = [DYNAMODB_LOCAL, GO, PHP, PSR7, DENO, BUN, CURL, CHROMIUM];

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
