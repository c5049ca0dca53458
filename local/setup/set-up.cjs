'use strict';
// Brings a clone to where everything runs: Node.js packages and a Python environment. Does nothing when nothing is to
// do.
const { join } = require('node:path');
const { setTimeout } = require('node:timers');
const { SetupError } = require('./error.cjs');
const { tryLock } = require('./lock.cjs');
const { installNodePackages, nodePackagesAreReady } = require('./node-packages.cjs');
const { step } = require('./progress.cjs');
const { findPython } = require('./python.cjs');
const { makePythonEnvironment, pythonEnvironmentIsReady } = require('./python-environment.cjs');

const MINIMUM_NODE = 20;
const LOCK_POLL_MS = 200;

/** Waits for another set-up of the same clone to end. */
async function lockFor(root) {
  const file = join(root, '.local', 'setup.lock');
  let told = false;
  for (;;) {
    const lock = tryLock(file);
    if (lock.held) return lock;
    if (!told)
      process.stderr.write(
        `Another set-up of this folder is running (pid ${lock.holder?.pid ?? 'unknown'}); waiting for it to end.\n`,
      );
    told = true;
    await new Promise((wake) => setTimeout(wake, LOCK_POLL_MS));
  }
}

/**
 * @param {string} root the project's folder
 * @returns {Promise<void>}
 * @throws {SetupError} with what is missing and what to do
 */
async function setUp(root) {
  if (Number(process.versions.node.split('.')[0]) < MINIMUM_NODE) {
    throw new SetupError(
      `Node.js ${MINIMUM_NODE} or later is needed, and this is ${process.version}. Install one from ` +
        'https://nodejs.org or by your package manager.',
    );
  }
  if (nodePackagesAreReady(root) && pythonEnvironmentIsReady(root)) return;
  const lock = await lockFor(root);
  try {
    const packages = !nodePackagesAreReady(root);
    const environment = !pythonEnvironmentIsReady(root);
    if (!packages && !environment) return;
    process.stderr.write('Setting up (once; later starts skip this)\n');
    if (environment) findPython(); // before a minute of npm, say what is missing
    if (packages) await step('Node.js packages (npm ci)', () => installNodePackages(root));
    if (environment) await step('Python environment (.venv)', () => makePythonEnvironment(root));
  } finally {
    lock.release();
  }
}

module.exports = { setUp };
