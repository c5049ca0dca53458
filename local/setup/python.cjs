'use strict';
// Finds a Python that can make the virtual environment.
const { spawnSync } = require('node:child_process');
const { SetupError } = require('./error.cjs');

const MINIMUM = [3, 10];
/** Tried in this order; the plain name first, for it is what the user set up. */
const NAMES = ['python3', 'python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python'];
const PROBE_TIMEOUT_MS = 15_000;
/**
 * Prints the version, then the parts that a virtual environment needs and that are missing (Debian ships them apart).
 */
const PROBE = `
import sys
missing = []
for part in ("venv", "ensurepip", "ssl"):
    try:
        __import__(part)
    except ImportError:
        missing.append(part)
print("%d.%d" % sys.version_info[:2], ",".join(missing))
`;

/**
 * Asks one interpreter what it is.
 * @param {string} command
 * @returns {{command: string, version: string, missing: string[]} | undefined} undefined: no such command, or it does
 *   not run
 */
function probe(command) {
  const { status, stdout } = spawnSync(command, ['-c', PROBE], {
    encoding: 'utf8',
    timeout: PROBE_TIMEOUT_MS,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const answer = /^(\d+\.\d+) (\S*)$/m.exec(stdout ?? '');
  if (status !== 0 || !answer) return undefined;
  return { command, version: answer[1], missing: answer[2].split(',').filter(Boolean) };
}

function isRecent(version) {
  const [major, minor] = version.split('.').map(Number);
  return major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1]);
}

/** What to install, for the two systems that most have. */
function howToInstall(version) {
  const debian = version === undefined ? 'python3 python3-venv' : `python${version}-venv`;
  return (
    `  Debian, Ubuntu:  sudo apt-get install ${debian}\n  macOS:           brew install python\nor set PYTHON to ` +
    'one that is there: PYTHON=/path/to/python3 npm start'
  );
}

/**
 * The message when none of the interpreters found will do.
 * @param {{command: string, version: string, missing: string[]}[]} found
 */
function complaint(found) {
  const required = `Python ${MINIMUM.join('.')} or later with venv and pip is needed to run the embedded AWS`;
  if (found.length === 0) return `${required}, and no Python was found on PATH. Install it:\n${howToInstall()}`;
  const recent = found.find(({ version }) => isRecent(version));
  if (!recent) {
    const versions = found.map(({ command, version }) => `${command} is ${version}`).join(', ');
    return `${required}, but ${versions}. Install a newer one:\n${howToInstall()}`;
  }
  const parts = recent.missing
    .map((part) => (part === 'ensurepip' ? 'pip (the module ensurepip)' : `the module ${part}`))
    .join(' and ');
  return (
    `${required}, but ${recent.command} (${recent.version}) lacks ${parts}. Install what is ` +
    `missing:\n${howToInstall(recent.version)}`
  );
}

/**
 * The first Python that will do: the one named by $PYTHON, or else on PATH.
 * @returns {{command: string, version: string}}
 * @throws {SetupError} with what is missing and how to get it
 */
function findPython(env = process.env) {
  const names = env.PYTHON ? [env.PYTHON] : NAMES;
  const found = [];
  for (const name of names) {
    const python = probe(name);
    if (python && isRecent(python.version) && python.missing.length === 0) return python;
    if (python) found.push(python);
  }
  if (env.PYTHON && found.length === 0)
    throw new SetupError(
      `PYTHON is set to ${env.PYTHON}, which does not run. Set it to a Python ${MINIMUM.join('.')} or later, ` +
        'or unset it.',
    );
  throw new SetupError(complaint(found));
}

module.exports = { complaint, findPython, probe };
