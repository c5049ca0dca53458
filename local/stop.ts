import { runMain } from './main';
import { parseOptions } from './options';
import { endProcessGroup } from './process-group';
import { say } from './report';
import { localStackSupervisor, readRecord, removeRecord, removeStaleClaim } from './running-record';
import { identify, isAlive } from './setup/process-identity.cjs';
import { removeStackFile } from './stack-file';
import { setTimeout as sleep } from 'node:timers/promises';

/** What the supervisor gets to stop the emulator (10 s and a bit) before it is killed. */
const GRACE_MS = 20_000;
const POLL_MS = 50;

/** Ends one process, not its group: started in a terminal, it shares its group with npm. */
async function endProcess(pid: number): Promise<void> {
  const identity = identify(pid);
  process.kill(pid, 'SIGTERM');
  const deadline = performance.now() + GRACE_MS;
  while (isAlive(identity) && performance.now() < deadline) await sleep(POLL_MS);
  if (isAlive(identity)) process.kill(pid, 'SIGKILL');
  while (isAlive(identity)) await sleep(POLL_MS);
}

/** Ends the local stack, or what a killed one has left. */
async function main(): Promise<void> {
  parseOptions(process.argv.slice(2), {}, 'Usage: npm run stop');
  const supervisor = localStackSupervisor();
  const emulator = readRecord()?.emulator; // before the supervisor removes it
  if (supervisor) await endProcess(supervisor.pid);
  const orphan = emulator !== undefined && isAlive(emulator);
  if (orphan) await endProcessGroup(emulator.pid);
  removeRecord();
  removeStaleClaim();
  removeStackFile();
  if (supervisor) say('The local stack is stopped; nothing is left running.');
  else if (orphan) say('The local stack had been killed; what it had left running is stopped.');
  else say('No local stack is running.');
}

runMain(main);
