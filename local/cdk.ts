import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { ACCOUNT } from './emulator';
import { binFolder, cdkExecutable, nodeExecutable, projectRoot, tsxLoader } from './paths';
import { CommandFailed, runCommand } from './process-group';
import { lastLines } from './setup/network.cjs';
import { UserError } from './user-error';

export interface CdkTarget {
  readonly awsEndpointUrl: string;
  readonly region: string;
  /** For the synthesized app, CDK's caches and its log. */
  readonly folder: string;
  /**
   * Of an app whose cdk.json says how to run it.
   *
   * @default - bin/app.ts
   */
  readonly appFolder?: string;
}

/** In double quotes, as sh and this project's own paths need it: the CLI gives --app to a shell. */
const shellQuoted = (text: string): string => `"${text.replace(/(["\\$`])/g, '\\$1')}"`;

/**
 * The command line that runs bin/app.ts on this project's Node.js. Not a quote first: the CLI takes off a pair around
 * the whole.
 */
export const APP_COMMAND = [
  'exec',
  ...[nodeExecutable, '--import', tsxLoader, join(projectRoot, 'bin', 'app.ts')].map(shellQuoted),
].join(' ');

/**
 * Made from nothing, so that no profile, credential or proxy of the user's can lead a local deploy to a real account.
 */
function environment({ awsEndpointUrl, region, folder }: CdkTarget): NodeJS.ProcessEnv {
  const empty = join(folder, 'empty-aws-config');
  writeFileSync(empty, '');
  return {
    PATH: [binFolder, process.env.PATH].join(delimiter),
    HOME: process.env.HOME,
    LANG: process.env.LANG ?? 'C.UTF-8',
    TMPDIR: process.env.TMPDIR,
    AWS_ENDPOINT_URL: awsEndpointUrl,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_CONFIG_FILE: empty,
    AWS_SHARED_CREDENTIALS_FILE: empty,
    AWS_EC2_METADATA_DISABLED: 'true',
    CDK_HOME: join(folder, 'cdk-home'),
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    NO_COLOR: '1',
    CI: 'true',
  };
}

/**
 * Runs the CDK CLI on `target`'s app against it; its output goes to cdk.log in the target's folder.
 * @throws {UserError} with the last lines of its output
 */
export async function runCdk(
  args: readonly string[],
  target: CdkTarget,
  timeLimitMs: number,
  signal?: AbortSignal,
): Promise<void> {
  mkdirSync(target.folder, { recursive: true });
  const logFile = join(target.folder, 'cdk.log');
  const app = target.appFolder === undefined ? ['--app', APP_COMMAND] : [];
  const all = [...args, ...app, '--output', join(target.folder, 'cdk.out'), '--no-notices', '--no-version-reporting'];
  try {
    await runCommand(cdkExecutable, all, {
      cwd: target.appFolder ?? projectRoot,
      env: environment(target),
      logFile,
      timeLimitMs,
      ...(signal && { signal }),
    });
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    throw new UserError(
      `cdk ${args[0] ?? ''} ${error.reason}:\n${lastLines(error.output, 15)}\n  Full log: ${logFile}`,
    );
  }
}

/** The environment to deploy to. */
export function cdkEnvironment(region: string): string {
  return `aws://${ACCOUNT}/${region}`;
}
