import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/** What a process group gets to end by itself before it is killed. */
const GRACE_MS = 10_000;
const POLL_MS = 25;

/** Sends a signal to all of a group; false when none of it is left. */
function signalGroup(leader: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-leader, signal);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    // EPERM: what macOS says of a group of which only zombies are left.
    if ((error as NodeJS.ErrnoException).code === 'EPERM') return false;
    throw error;
  }
}

/**
 * Ends the group that `leader` leads: SIGTERM, and SIGKILL to what is left after `graceMs`. Resolves when none of it is
 * left.
 */
export async function endProcessGroup(leader: number, graceMs = GRACE_MS): Promise<void> {
  if (!signalGroup(leader, 'SIGTERM')) return;
  const deadline = performance.now() + graceMs;
  while (signalGroup(leader, 0) && performance.now() < deadline) await sleep(POLL_MS);
  while (signalGroup(leader, 'SIGKILL')) await sleep(POLL_MS);
}

/** A command that did not end with status 0. */
export class CommandFailed extends Error {
  constructor(
    readonly command: string,
    readonly reason: string,
    readonly output: string,
  ) {
    super(`${command} ${reason}`);
  }
}

export interface CommandOptions {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
  /** Receives all output, added to what is there. */
  readonly logFile: string;
  readonly timeLimitMs: number;
  /** Aborting it ends the command and what it has started. */
  readonly signal?: AbortSignal;
}

/**
 * Runs a command in a process group of its own to its end.
 * @returns its output
 * @throws {CommandFailed} on another status than 0, or when the time limit passed; the signal's reason when aborted
 */
export async function runCommand(command: string, args: readonly string[], options: CommandOptions): Promise<string> {
  options.signal?.throwIfAborted();
  mkdirSync(dirname(options.logFile), { recursive: true });
  const log = openSync(options.logFile, 'a+');
  const begin = readFileSync(options.logFile).length;
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);

  let reason: string | undefined;
  let ending: Promise<void> = Promise.resolve();
  const end = (): void => {
    if (child.pid !== undefined) ending = endProcessGroup(child.pid);
  };
  const timer = setTimeout(() => {
    reason = `did not end within ${options.timeLimitMs / 1000} s`;
    end();
  }, options.timeLimitMs);
  options.signal?.addEventListener('abort', end, { once: true });
  try {
    const how = await new Promise<string | undefined>((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => {
        resolve(code === 0 ? undefined : `ended with ${signal ?? `status ${code}`}`);
      });
    });
    await ending;
    options.signal?.throwIfAborted();
    const output = readFileSync(options.logFile).subarray(begin).toString();
    reason ??= how;
    if (reason !== undefined) throw new CommandFailed(command, reason, output);
    return output;
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', end);
  }
}
