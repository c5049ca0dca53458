import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort, isPortFree } from './free-port';
import { binFolder, projectRoot, pythonExecutable } from './paths';
import { endProcessGroup } from './process-group';
import { lastLines } from './setup/network.cjs';
import { UserError } from './user-error';
import { writeClockOffset } from './virtual-clock';

export const REGION = 'us-east-1';
export const ACCOUNT = '000000000000';

/** It is healthy after 0.2-0.4 s; a cold disk takes longer. */
const START_LIMIT_MS = 30_000;
const POLL_MS = 50;
/**
 * Invocations at once. Below the sum of the event sources' concurrencies and what the APIs may take, throttled batches
 * use up their receives; 1000 is AWS's own default:
 * https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export const ACCOUNT_CONCURRENCY = 1000;

export interface EmulatorOptions {
  /** On 127.0.0.1; 0 takes a free one. */
  readonly port: number;
  /** Everything that it writes lands here: its log, the clock file, unpacked handlers. */
  readonly folder: string;
  /** The command-line option that names another port, for the message about a taken one. */
  readonly portOption?: string;
}

/** A running embedded AWS. It ends when this process does, however that happens. */
export interface Emulator {
  readonly awsEndpointUrl: string;
  readonly region: string;
  readonly port: number;
  /** See virtual-clock.ts. */
  readonly clockFile: string;
  readonly logFile: string;
  /** Of the process that leads the group of the emulator and its workers. */
  readonly pid: number;
  /** Resolves when the emulator's process has ended. */
  readonly ended: Promise<void>;
  /** Ends it and its workers, and removes what only they need. */
  stop(): Promise<void>;
}

/** The port is somebody else's. */
export class PortTaken extends UserError {
  constructor(port: number, option?: string) {
    super(
      `Port ${port} on 127.0.0.1 is taken by another ` +
        `program.${option === undefined ? '' : ` Choose another one: ${option}.`}`,
    );
  }
}

/**
 * The environment of the emulator, which its handlers inherit: nothing of the user's credentials, proxies or Node.js
 * options.
 */
function environment({ port, folder }: EmulatorOptions, clockFile: string): NodeJS.ProcessEnv {
  const quoted = `"${join(projectRoot, 'local', 'clock', 'clock.cjs').replace(/(["\\])/g, '\\$1')}"`;
  return {
    PATH: [binFolder, process.env.PATH].join(delimiter),
    HOME: process.env.HOME,
    LANG: process.env.LANG ?? 'C.UTF-8',
    TMPDIR: join(folder, 'tmp'),
    BIND_HOST: '127.0.0.1',
    GATEWAY_PORT: String(port),
    MINISTACK_HOST: '127.0.0.1', // in queue URLs, where localhost may mean ::1 first
    IOT_MTLS_ENABLED: '0',
    SFTP_ENABLED: '0',
    LAMBDA_EXECUTOR: 'local',
    LAMBDA_ACCOUNT_CONCURRENCY: String(ACCOUNT_CONCURRENCY),
    MINISTACK_ACCOUNT_ID: ACCOUNT,
    MINISTACK_REGION: REGION,
    STATE_DIR: join(folder, 'state'),
    S3_DATA_DIR: join(folder, 's3'),
    PYTHONUNBUFFERED: '1',
    PYTHONDONTWRITEBYTECODE: '1',
    CLOCK_OFFSET_FILE: clockFile,
    NODE_OPTIONS: `--require ${quoted}`,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/_ministack/health`, { signal: AbortSignal.timeout(1000) });
    await answer.arrayBuffer();
    return answer.ok;
  } catch {
    return false;
  }
}

async function waitUntilHealthy(url: string, child: ChildProcess, signal?: AbortSignal): Promise<void> {
  const deadline = performance.now() + START_LIMIT_MS;
  while (performance.now() < deadline) {
    signal?.throwIfAborted();
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`it ended with ${child.signalCode ?? `status ${child.exitCode}`}`);
    if (await isHealthy(url)) return;
    await sleep(POLL_MS);
  }
  throw new Error(`it did not answer within ${START_LIMIT_MS / 1000} s`);
}

/**
 * Starts MiniStack from .venv on 127.0.0.1, empty and with its clock at real time, and waits until it answers.
 * @throws {PortTaken} and {@link UserError} when it does not come up; nothing is left running then
 */
export async function startEmulator(given: EmulatorOptions, signal?: AbortSignal): Promise<Emulator> {
  const options = given.port === 0 ? { ...given, port: await freePort() } : given;
  const { port, folder, portOption } = options;
  if (!existsSync(pythonExecutable))
    throw new UserError('The Python environment (.venv) is missing. Make it: node local/setup.mjs');
  if (!(await isPortFree(port))) throw new PortTaken(port, portOption);

  const temporary = join(folder, 'tmp');
  mkdirSync(temporary, { recursive: true });
  const clockFile = join(folder, 'clock');
  writeClockOffset(clockFile, 0);
  const logFile = join(folder, 'emulator.log');
  const log = openSync(logFile, 'w');
  const child = spawn(pythonExecutable, [join(projectRoot, 'local', 'clock', 'run_ministack.py')], {
    cwd: folder,
    env: environment(options, clockFile),
    detached: true,
    stdio: ['pipe', log, log],
  });
  closeSync(log);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      resolve();
    });
    child.once('error', () => {
      resolve();
    });
  });
  const { pid } = child;
  const stop = async (): Promise<void> => {
    if (pid !== undefined) await endProcessGroup(pid);
    await ended;
    for (const name of ['tmp', 'state', 's3']) rmSync(join(folder, name), { recursive: true, force: true });
  };

  const awsEndpointUrl = `http://127.0.0.1:${port}`;
  try {
    if (pid === undefined) throw new Error(`${pythonExecutable} could not be started`);
    await waitUntilHealthy(awsEndpointUrl, child, signal);
  } catch (error) {
    await stop();
    signal?.throwIfAborted();
    const output = readFileSync(logFile, 'utf8');
    if (output.includes('already in use')) throw new PortTaken(port, portOption);
    throw new UserError(
      `The embedded AWS did not start: ${(error as Error).message}.\n${lastLines(output)}\n  Full log: ${logFile}`,
    );
  }
  return { awsEndpointUrl, region: REGION, port, clockFile, logFile, pid, ended, stop };
}
