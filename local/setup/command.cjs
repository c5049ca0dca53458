'use strict';
// Commands that set-up runs, each in a process group of its own, so that whatever it has started can be ended with it.
const { spawn } = require('node:child_process');
const { closeSync, mkdirSync, openSync, readFileSync } = require('node:fs');
const { dirname } = require('node:path');
const { setTimeout } = require('node:timers');

/** What a command gets to end by itself before it is killed. */
const GRACE_MS = 5_000;

/** Process groups of the commands that are running. */
const running = new Set();

class CommandFailed extends Error {
  /**
   * @param {string} message
   * @param {string} output
   */
  constructor(message, output) {
    super(message);
    this.output = output;
  }
}

/**
 * Runs a command, its output in a file; resolves when it ends with status 0.
 * @param {string} command
 * @param {string[]} args
 * @param {{cwd: string, env?: NodeJS.ProcessEnv, logFile: string}} options
 * @returns {Promise<void>} rejects with CommandFailed, which carries the output
 */
function run(command, args, { cwd, env = process.env, logFile }) {
  mkdirSync(dirname(logFile), { recursive: true });
  const log = openSync(logFile, 'w');
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, detached: true, stdio: ['ignore', log, log] });
    closeSync(log);
    if (child.pid) running.add(child.pid);
    const fail = (why) => reject(new CommandFailed(why, readFileSync(logFile, 'utf8')));
    child.on('error', (error) => fail(`${command}: ${error.message}`));
    child.on('exit', (code, signal) => {
      running.delete(child.pid);
      if (code === 0) resolve();
      else fail(`ended with ${signal ?? `status ${code}`}`);
    });
  });
}

/** Ends the running commands and all that they have started. */
async function endRunning() {
  const signal = (name) => {
    for (const group of running) {
      try {
        process.kill(-group, name);
      } catch {
        /* ended meanwhile */
      }
    }
  };
  signal('SIGTERM');
  const deadline = performance.now() + GRACE_MS;
  while (running.size > 0 && performance.now() < deadline) await new Promise((wake) => setTimeout(wake, 50));
  signal('SIGKILL');
}

module.exports = { CommandFailed, endRunning, run };
