'use strict';
// node_modules from the lock file, Node.js 24 among them.
const { existsSync } = require('node:fs');
const { delimiter, join } = require('node:path');
const { CommandFailed, run } = require('./command.cjs');
const { SetupError } = require('./error.cjs');
const { lastLines, looksLikeNetworkTrouble, networkLines } = require('./network.cjs');
const { hashOf, readStamp, writeStamp } = require('./stamp.cjs');

function paths(root) {
  const home = join(root, 'node_modules');
  return {
    home,
    node: join(home, '.bin', 'node'),
    stamp: join(home, '.made-from'),
    logFile: join(root, '.local', 'setup-npm.log'),
  };
}

/** npm keeps no record of what npm ci was interrupted in, so the stamp is ours. */
function expectedStamp(root) {
  return `package-lock.json ${hashOf([join(root, 'package-lock.json')])}`;
}

/** Whether node_modules is complete and of this lock file. */
function nodePackagesAreReady(root) {
  const { node, stamp } = paths(root);
  return readStamp(stamp) === expectedStamp(root) && existsSync(node);
}

/**
 * The npm that runs us, with the Node.js that it runs on: node_modules/.bin/node, first on PATH in scripts, is about to
 * be replaced.
 */
function npmCommand(root, env) {
  if (
    env.npm_execpath &&
    env.npm_node_execpath &&
    existsSync(env.npm_node_execpath) &&
    /npm-cli\.c?js$/.test(env.npm_execpath)
  ) {
    return [env.npm_node_execpath, env.npm_execpath];
  }
  return ['npm'];
}

/** `npm ci`. */
async function installNodePackages(root) {
  const { home, stamp, logFile } = paths(root);
  const env = {
    ...process.env,
    PATH: (process.env.PATH ?? '')
      .split(delimiter)
      .filter((folder) => !folder.startsWith(home))
      .join(delimiter),
  };
  const [command, ...before] = npmCommand(root, process.env);
  try {
    await run(
      command,
      [
        ...before,
        'ci',
        '--no-audit',
        '--no-fund',
        '--loglevel=warn',
        '--fetch-retries=2',
        '--fetch-retry-factor=2',
        '--fetch-retry-mintimeout=2000',
      ],
      { cwd: root, env, logFile },
    );
  } catch (error) {
    if (!(error instanceof CommandFailed)) throw error;
    const [why, details] = looksLikeNetworkTrouble(error.output)
      ? [
          'The Node.js packages could not be downloaded. Check the network (proxy, npm configuration) and run ' +
            'the command again.',
          networkLines(error.output),
        ]
      : [`npm ci failed: ${error.message}. Put right what it says and run the command again.`, lastLines(error.output)];
    throw new SetupError(`${why}\n${details}\n  Full log: ${logFile}`);
  }
  if (!existsSync(join(home, '.bin', 'node'))) {
    throw new SetupError(
      'npm ci ended well but brought no Node.js 24 (the package "node" installs it by a script): allow install ' +
        'scripts (npm config set ignore-scripts false) and run the command again.',
    );
  }
  writeStamp(stamp, expectedStamp(root));
}

module.exports = { installNodePackages, nodePackagesAreReady };
