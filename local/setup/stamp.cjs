'use strict';
// A stamp says from what something was made. It is written last, so that an interrupted set-up has none and is done
// again.
const { createHash } = require('node:crypto');
const { readFileSync, renameSync, writeFileSync } = require('node:fs');

/** SHA-256, in hex, of the files' contents, each with its length before it. */
function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files) {
    const content = readFileSync(file);
    hash.update(`${content.length}:`).update(content);
  }
  return hash.digest('hex');
}

/** The stamp's text; undefined when there is none. */
function readStamp(file) {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return undefined;
  }
}

function writeStamp(file, text) {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${text}\n`);
  renameSync(draft, file);
}

module.exports = { hashOf, readStamp, writeStamp };
