import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { looksLikeNetworkTrouble, networkLines } from '../../local/setup/network.cjs';
import { complaint, findPython } from '../../local/setup/python.cjs';
import { hashOf, readStamp, writeStamp } from '../../local/setup/stamp.cjs';

describe('without a Python that will do, set-up says what is missing and how to get it', () => {
  test('none at all', () => {
    expect(complaint([])).toMatch(/no Python was found on PATH.*python3 python3-venv.*brew install python/s);
  });

  test('only old ones', () => {
    expect(complaint([{ command: 'python3', version: '3.9', missing: [] }])).toContain(
      'python3 is 3.9. Install a newer one',
    );
  });

  test('a recent one without its pip, as Debian has it', () => {
    expect(complaint([{ command: 'python3', version: '3.11', missing: ['ensurepip'] }])).toMatch(
      /python3 \(3\.11\) lacks pip \(the module ensurepip\).*sudo apt-get install python3\.11-venv/s,
    );
  });

  test('one named by PYTHON that does not run', () => {
    expect(() => findPython({ PYTHON: '/nowhere/python' })).toThrow(
      'PYTHON is set to /nowhere/python, which does not run',
    );
  });
});

test.each([
  ['npm error code ENOTFOUND', true],
  ['npm error code ECONNREFUSED', true],
  [
    "NewConnectionError('<pip._vendor.urllib3.connection.HTTPSConnection object>: Failed to establish a new " +
      "connection')",
    true,
  ],
  ['npm error code EBADENGINE', false],
  ['error: Microsoft Visual C++ 14.0 is required', false],
])('%s: the network? %s', (output, expected) => {
  expect(looksLikeNetworkTrouble(output)).toBe(expected);
});

test('of a network failure the first lines that speak of it are shown, shortened', () => {
  expect(
    networkLines(
      `fetching\nnpm error code ENOTFOUND\nnpm error network request to ${'x'.repeat(300)}\nnpm error ENOTFOUND again`,
    ).split('\n'),
  ).toEqual(['    npm error code ENOTFOUND', expect.stringMatching(/^ {4}npm error network request to x+ …$/)]);
});

test('a stamp changes with what it was made from, and is absent until written', () => {
  const folder = mkdtempSync(join(tmpdir(), 'stamp-'));
  const [one, two, stamp] = [join(folder, 'one'), join(folder, 'two'), join(folder, 'stamp')];
  writeFileSync(one, 'ab');
  writeFileSync(two, 'c');
  const before = hashOf([one, two]);
  expect(readStamp(stamp)).toBeUndefined();
  writeStamp(stamp, before);
  expect(readStamp(stamp)).toBe(hashOf([one, two]));
  writeFileSync(one, 'a');
  writeFileSync(two, 'bc');
  expect(hashOf([one, two])).not.toBe(before);
  rmSync(folder, { recursive: true });
});
