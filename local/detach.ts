import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { localFolder, nodeExecutable, projectRoot, tsxLoader } from './paths';
import { endProcessGroup } from './process-group';
import { say } from './report';
import { localStackSupervisor, readRecord } from './running-record';
import type { StartOptions } from './start-options';
import { alreadyRunning } from './supervise';
import { UserError } from './user-error';

const LOG_FILE = join(localFolder, 'start.log');
const POLL_MS = 100;
/** What the supervisor gets to stop the emulator (10 s and a bit) before it is killed. */
const STOP_GRACE_MS = 20_000;

/** Prints what has been added to the log since the last call. */
function follower(): () => void {
  let shown = 0;
  return () => {
    const log = readFileSync(LOG_FILE);
    process.stdout.write(log.subarray(shown));
    shown = log.length;
  };
}

/**
 * Starts the local stack in a background process, shows what it prints, and resolves when its first delivery is
 * verified. Aborted before, or failed, nothing is left running.
 */
export async function startDetached(options: StartOptions, signal: AbortSignal): Promise<void> {
  const running = localStackSupervisor();
  if (running) throw alreadyRunning(running.pid);
  mkdirSync(localFolder, { recursive: true });
  const log = openSync(LOG_FILE, 'w');
  const args = [
    '--port',
    String(options.port),
    '--receiver-port',
    String(options.receiverPort),
    '--endpoint-policy',
    options.endpointPolicy,
  ];
  const child = spawn(nodeExecutable, ['--import', tsxLoader, join(projectRoot, 'local', 'supervisor.ts'), ...args], {
    cwd: projectRoot,
    detached: true,
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  if (child.pid === undefined) throw new UserError(`${nodeExecutable} could not be started.`);
  const { pid } = child;
  const follow = follower();
  const isVerified = (): boolean => localStackSupervisor()?.pid === pid && readRecord()?.verified === true;

  while (!isVerified()) {
    if (signal.aborted) await endProcessGroup(pid, STOP_GRACE_MS);
    follow();
    signal.throwIfAborted();
    if (child.exitCode !== null || child.signalCode !== null)
      throw new UserError(`The local stack did not start. What it printed is in ${LOG_FILE}`);
    await sleep(POLL_MS);
  }
  await sleep(POLL_MS);
  follow();
  child.unref();
  say(`\nIt runs in the background (pid ${pid}), and deliveries are shown in ${LOG_FILE}\nEnd it: npm run stop`);
}
