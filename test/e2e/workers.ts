/** The emulator's execution environments: one Node.js process each, for one function. */
import { execFileSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import type { LocalStack } from '../../local/stack-file';

/**
 * How the emulator names the folder of a worker: `ministack-lambda-FUNCTION-RANDOM/_worker.js`
 * (ministack/core/lambda_runtime.py, 1.5.33).
 */
const FOLDER = 'ministack-lambda-';

export interface Worker {
  readonly pid: number;
  readonly functionName: string;
}

/** Those of this emulator, known by the temporary folder that is its alone (local/emulator.ts). */
export function workers({ clockFile }: Pick<LocalStack, 'clockFile'>): Worker[] {
  const folder = join(dirname(clockFile), 'tmp', FOLDER);
  const processes = execFileSync('ps', ['-A', '-ww', '-o', 'pid=,args='], { encoding: 'utf8' });
  return processes.split('\n').flatMap((line) => {
    const start = line.indexOf(folder);
    const pid = /^\s*(\d+) /.exec(line)?.[1];
    const functionName = /^(.+)-[^-]+\/_worker\.m?js$/.exec(line.slice(start + folder.length))?.[1];
    return start < 0 || pid === undefined || functionName === undefined ? [] : [{ pid: Number(pid), functionName }];
  });
}

/** As the machine under a function dies: nothing of it is told. False when it had ended already. */
export function killWorker({ pid }: Worker): boolean {
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}
