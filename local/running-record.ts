// What `npm start` leaves on disk while it runs, so that a second one, `npm run stop` and the other commands find it.
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { localFolder } from './paths';
import { readLock, tryLock, type Lock } from './setup/lock.cjs';
import { identify, isAlive, type ProcessIdentity } from './setup/process-identity.cjs';

/** Held by the process that runs the local stack. */
const LOCK_FILE = join(localFolder, 'start.lock');
const RECORD_FILE = join(localFolder, 'start.json');

const record = z.object({
  /** Leads the emulator's process group. */
  emulator: z.object({ pid: z.number(), started: z.string() }),
  awsEndpointUrl: z.string(),
  /** The first delivery has arrived and its signatures are right. */
  verified: z.boolean(),
});
type RunningRecord = z.infer<typeof record>;

/** Makes this process the one that runs the local stack, unless another one does. */
export function claimLocalStack(): Lock {
  return tryLock(LOCK_FILE);
}

/** The process that runs the local stack. */
export function localStackSupervisor(): ProcessIdentity | undefined {
  const holder = readLock(LOCK_FILE);
  return holder && isAlive(holder) ? holder : undefined;
}

export function writeRecord(emulatorPid: number, awsEndpointUrl: string, verified: boolean): void {
  const content: RunningRecord = { emulator: identify(emulatorPid), awsEndpointUrl, verified };
  const draft = `${RECORD_FILE}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(content));
  renameSync(draft, RECORD_FILE);
}

/** undefined: there is none, or it is of no use. */
export function readRecord(): RunningRecord | undefined {
  try {
    return record.parse(JSON.parse(readFileSync(RECORD_FILE, 'utf8')));
  } catch {
    return undefined;
  }
}

/** Forgets a local stack that has ended. */
export function removeRecord(): void {
  rmSync(RECORD_FILE, { force: true });
}

/** Forgets the process of a local stack that was killed. */
export function removeStaleClaim(): void {
  if (localStackSupervisor() === undefined) rmSync(LOCK_FILE, { force: true });
}
