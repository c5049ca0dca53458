/**
 * Processes that are measured, or that answer those: forked, told what to do by their environment, and heard by one
 * message.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

const LONGEST_RUN_MS = 120_000;

/** What SDK clients need to talk to a stub. */
export function stubEnvironment(stubUrl: string): Record<string, string> {
  return {
    AWS_ENDPOINT_URL: stubUrl,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    WEBHOOK_SERVICE: 'bench',
  };
}

/**
 * @param file of this folder
 * @param profiles a folder where its CPU profile is left, for a browser's developer tools.
 * @default - BENCH_CPU_PROF, or none is made
 */
export function startProcess(
  file: string,
  env: Record<string, string>,
  profiles = process.env.BENCH_CPU_PROF,
): ChildProcess {
  // Of jest, which runs the test of the budget: undici takes another parser for it, which the bundles do not have.
  const { JEST_WORKER_ID: _jest, ...environment } = process.env;
  const profiling =
    profiles === undefined
      ? []
      : ['--cpu-prof', `--cpu-prof-dir=${profiles}`, `--cpu-prof-name=${file}-${Date.now()}.cpuprofile`];
  return fork(join(__dirname, file), {
    execArgv: ['--import', 'tsx', ...profiling],
    env: { ...environment, NODE_OPTIONS: '', ...env },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

/**
 * The last profile that a process left.
 *
 * @param file of this folder that it ran
 */
export function newestProfile(profiles: string, file: string): string {
  const newest = readdirSync(profiles)
    .filter((name) => name.startsWith(`${file}-`) && name.endsWith('.cpuprofile'))
    .sort()
    .at(-1);
  if (newest === undefined) throw new Error(`${file} left no profile in ${profiles}`);
  return join(profiles, newest);
}

/**
 * What a process says first.
 *
 * @throws Error when it ends, or takes too long, without saying anything
 */
export async function firstMessage(child: ChildProcess, what: string): Promise<unknown> {
  const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_RUN_MS);
  try {
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`${what} ended with ${String(code)} before it had a result`);
    });
    return ((await Promise.race([once(child, 'message'), ended])) as [unknown])[0];
  } finally {
    clearTimeout(timer);
  }
}
