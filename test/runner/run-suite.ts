import { spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { localFolder, projectRoot } from '../../local/paths';
import { tallyOf } from './jest-results';
import type { Suite } from './suites';
import { ONE_FAILED, ONE_PASSED, type Tally } from './tally';

const RESULTS_FOLDER = join(localFolder, 'test');

/** Runs a command on this terminal; resolves with its exit status, null after a signal. */
function runHere(
  command: readonly [string, ...string[]],
  args: readonly string[],
  signal: AbortSignal,
): Promise<number | null> {
  const [program, ...before] = command;
  return new Promise((resolve, reject) => {
    const child = spawn(program, [...before, ...args], { cwd: projectRoot, stdio: ['ignore', 'inherit', 'inherit'] });
    const end = (): void => {
      child.kill('SIGTERM');
    };
    signal.addEventListener('abort', end, { once: true });
    child.once('error', reject);
    child.once('exit', (code) => {
      signal.removeEventListener('abort', end);
      resolve(code);
    });
  });
}

/** Runs one suite, its output live, and counts what came of it. A suite that cannot run at all has failed. */
export async function runSuite(suite: Suite, signal: AbortSignal): Promise<Tally> {
  if (!suite.jest) {
    try {
      return (await runHere(suite.command, [], signal)) === 0 ? ONE_PASSED : ONE_FAILED;
    } catch (error) {
      process.stdout.write(`${suite.name}: ${(error as Error).message}\n`);
      return ONE_FAILED;
    }
  }
  mkdirSync(RESULTS_FOLDER, { recursive: true });
  const resultsFile = join(RESULTS_FOLDER, `${suite.name}.json`);
  rmSync(resultsFile, { force: true });
  const status = await runHere(suite.command, ['--json', '--outputFile', resultsFile], signal).catch(() => null);
  return tallyOf(resultsFile, status);
}
