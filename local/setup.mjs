// Makes node_modules and .venv, on Node.js 20 alone: `node local/setup.mjs`. `npm start` and `npm test` do this first
// by themselves.
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endRunning } from './setup/command.cjs';
import { SetupError } from './setup/error.cjs';
import { setUp } from './setup/set-up.cjs';

/** 128 + the signal's number, as shells say it. */
const STATUS_AFTER = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 };

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Sets up, or says why not and ends the process; an interruption leaves nothing running and heals on the next run. */
export async function setUpOrExit() {
  let interrupted = false;
  const interrupt = async (signal) => {
    if (interrupted) return; // npm passes on the Ctrl-C that the terminal has sent us already
    interrupted = true;
    process.stderr.write(`\nSet-up interrupted (${signal}); the next run picks it up.\n`);
    await endRunning();
    process.exit(STATUS_AFTER[signal]);
  };
  const signals = Object.keys(STATUS_AFTER);
  signals.forEach((signal) => process.on(signal, interrupt));
  try {
    await setUp(root);
  } catch (error) {
    if (interrupted) return await new Promise(() => {}); // interrupt() is about to end the process
    process.stderr.write(`\n${error instanceof SetupError ? error.message : error.stack}\n`);
    process.exit(1);
  }
  signals.forEach((signal) => process.removeListener(signal, interrupt));
}

if (process.argv[1] && fileURLToPath(import.meta.url) === process.argv[1]) await setUpOrExit();
