import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { localFolder } from '../../../local/paths';

const NAME = /^test-(\d+)-/;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A folder of this run's own in .local; folders of runs that were killed are removed. */
export function makeRunFolder(project: string): string {
  mkdirSync(localFolder, { recursive: true });
  for (const name of readdirSync(localFolder)) {
    const pid = NAME.exec(name)?.[1];
    if (pid !== undefined && !isAlive(Number(pid))) rmSync(join(localFolder, name), { recursive: true, force: true });
  }
  const folder = join(localFolder, `test-${process.pid}-${project}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}
