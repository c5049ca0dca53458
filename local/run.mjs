// Runs a TypeScript file of this project on its own Node.js 24: `node local/run.mjs [--set-up] FILE ARGS...`.
// Whatever the file starts finds that Node.js first on PATH too. Signals and the exit status are passed on.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { setInterval } from 'node:timers';
import { pathToFileURL } from 'node:url';
import { root, setUpOrExit } from './setup.mjs';

/** How long a process that npm started may outlive an npm that was killed. */
const PARENT_CHECK_MS = 1000;

const parent = process.ppid;
const args = process.argv.slice(2);
if (args[0] === '--set-up') {
  args.shift();
  await setUpOrExit();
}

const bin = join(root, 'node_modules', '.bin');
const node = join(bin, 'node');
if (!existsSync(node)) {
  process.stderr.write('This clone is not set up yet: run npm start (or node local/setup.mjs) first.\n');
  process.exit(1);
}

// The fourth channel tells the child when this process is killed: it then stops as on a signal.
const child = spawn(
  node,
  ['--import', pathToFileURL(join(root, 'node_modules', 'tsx', 'dist', 'loader.mjs')).href, ...args],
  {
    cwd: root,
    env: { ...process.env, PATH: [bin, process.env.PATH].join(delimiter) },
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  },
);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
if (process.env.npm_lifecycle_event) {
  setInterval(() => {
    if (process.ppid !== parent) child.kill('SIGTERM');
  }, PARENT_CHECK_MS).unref();
}
child.on('error', (error) => {
  process.stderr.write(`${node} does not run: ${error.message}. Remove node_modules and run the command again.\n`);
  process.exit(1);
});
child.on('exit', (code, signal) => {
  if (signal === null) process.exit(code ?? 1);
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.removeAllListeners(name);
  process.kill(process.pid, signal);
});
