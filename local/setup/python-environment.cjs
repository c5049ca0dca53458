'use strict';
// Python environments from pinned requirements: .venv, with the embedded AWS and what most tests need, and others for
// tests whose packages do not go with those.
const { existsSync } = require('node:fs');
const { join } = require('node:path');
const { CommandFailed, run } = require('./command.cjs');
const { SetupError } = require('./error.cjs');
const { lastLines, looksLikeNetworkTrouble, networkLines } = require('./network.cjs');
const { findPython, probe } = require('./python.cjs');
const { hashOf, readStamp, writeStamp } = require('./stamp.cjs');

/**
 * @typedef {{ readonly folder: string, readonly requirements: readonly string[] }} PythonEnvironment both relative to
 *   the project's folder
 */

/** @type {PythonEnvironment} */
const MAIN = { folder: '.venv', requirements: ['local/requirements.txt', 'test/requirements.txt'] };

function paths(root, { folder }) {
  const home = join(root, folder);
  return {
    home,
    python: join(home, 'bin', 'python'),
    stamp: join(home, '.made-from'),
    logFile: join(root, '.local', `setup-python${folder.replaceAll('/', '-')}.log`),
  };
}

/** What a good environment's stamp says: the requirements, and the Python that its links lead to today. */
function expectedStamp(root, { requirements }, version) {
  return `python ${version} requirements ${hashOf(requirements.map((file) => join(root, file)))}`;
}

/** Whether it is complete, of these requirements, and its interpreter still the one that it was made with. */
function pythonEnvironmentIsReady(root, environment = MAIN) {
  const { python, stamp } = paths(root, environment);
  const stamped = readStamp(stamp);
  if (stamped === undefined || !existsSync(python)) return false;
  const version = probe(python)?.version;
  if (version === undefined || stamped !== expectedStamp(root, environment, version)) return false;
  return !process.env.PYTHON || probe(process.env.PYTHON)?.version === version;
}

/** Makes it anew. */
async function makePythonEnvironment(root, environment = MAIN) {
  const found = findPython();
  const { home, python, stamp, logFile } = paths(root, environment);
  try {
    await run(found.command, ['-m', 'venv', '--clear', home], { cwd: root, logFile });
    await run(
      python,
      [
        '-m',
        'pip',
        'install',
        '--disable-pip-version-check',
        '--no-input',
        '--retries',
        '2',
        '--progress-bar',
        'off',
        ...environment.requirements.flatMap((file) => ['-r', file]),
      ],
      { cwd: root, logFile },
    );
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    const [why, details] = looksLikeNetworkTrouble(error.output)
      ? [
          'The Python packages could not be downloaded. Check the network (proxy, pip configuration) and run ' +
            'the command again.',
          networkLines(error.output),
        ]
      : [
          `Making the Python environment (${environment.folder}) with ${found.command} failed: ` +
            `${error.message}. Put right what it says and run the command again.`,
          lastLines(error.output),
        ];
    throw new SetupError(`${why}\n${details}\n  Full log: ${logFile}`);
  }
  writeStamp(stamp, expectedStamp(root, environment, probe(python)?.version ?? found.version));
}

module.exports = { makePythonEnvironment, pythonEnvironmentIsReady };
