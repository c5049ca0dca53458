'use strict';
// A lock file that names its holder's process, so that a lock left by a killed process can be told from one that is
// held.
const { linkSync, mkdirSync, readFileSync, rmSync, statSync, unlinkSync, writeFileSync } = require('node:fs');
const { dirname } = require('node:path');
const { identify, isAlive } = require('./process-identity.cjs');

/** Longest that anybody holds the right to remove a stale lock; it takes microseconds. */
const TAKEOVER_MS = 30_000;

/** The holder of the lock, alive or not; undefined when there is no (readable) lock. */
function readLock(file) {
  try {
    const { pid, started } = JSON.parse(readFileSync(file, 'utf8'));
    return typeof pid === 'number' && typeof started === 'string' ? { pid, started } : undefined;
  } catch {
    return undefined;
  }
}

/** Creates `file` with its whole content in one step; false when it exists. */
function createWhole(file, content) {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, content);
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  } finally {
    unlinkSync(draft);
  }
}

/**
 * Removes the lock if its holder is gone. Only one process at a time may look and remove, else one removes what another
 * just made.
 */
function removeIfStale(file) {
  const takeover = `${file}.takeover`;
  try {
    if (Date.now() - statSync(takeover).mtimeMs > TAKEOVER_MS) rmSync(takeover, { force: true });
  } catch {
    /* nobody is taking over */
  }
  if (!createWhole(takeover, '')) return;
  try {
    const holder = readLock(file);
    if (!holder || !isAlive(holder)) rmSync(file, { force: true });
  } finally {
    rmSync(takeover, { force: true });
  }
}

/**
 * Takes the lock, from a dead holder too.
 * @param {string} file
 * @returns {{held: true, release: () => void} | {held: false, holder: {pid: number, started: string} | undefined}}
 */
function tryLock(file) {
  mkdirSync(dirname(file), { recursive: true });
  const mine = identify();
  for (let round = 0; round < 3; round++) {
    if (createWhole(file, JSON.stringify(mine))) {
      return {
        held: true,
        release: () => {
          if (readLock(file)?.pid === mine.pid) rmSync(file, { force: true });
        },
      };
    }
    const holder = readLock(file);
    if (holder && isAlive(holder)) return { held: false, holder };
    removeIfStale(file);
  }
  return { held: false, holder: readLock(file) };
}

module.exports = { readLock, tryLock };
