import { randomBytes } from 'node:crypto';
import { KeyRing } from '../../lambda/core/signing/key-ring';
import { keyNames, parseRing, retired, rotated } from '../../operations/ring-rotation';
import { ROOT_SECRET } from '../builders/subscription';

const OWNER = { purpose: 'signing-secret', tenantId: 'org/team', owner: 'sub' } as const;

test('what was sealed before the rotation opens after it, and what is sealed then names the new key', () => {
  const before = KeyRing.parse(ROOT_SECRET).seal('whsec_old', OWNER, randomBytes(12));
  const { text, key } = rotated(ROOT_SECRET, randomBytes);
  const ring = KeyRing.parse(text);
  expect(key).toBe('k2');
  expect(ring.unseal(before, OWNER)).toBe('whsec_old');
  const after = ring.seal('whsec_new', OWNER, randomBytes(12));
  expect(after).toMatch(/^s1\.k2\./);
  expect(KeyRing.parse(ROOT_SECRET).holdsKeyOf(after)).toBe(false);
});

test('keys are new each time, 64 letters and digits, and none is dropped', () => {
  const twice = rotated(rotated(ROOT_SECRET, randomBytes).text, randomBytes).text;
  const ring = parseRing(twice);
  expect(keyNames(ring)).toEqual(['k1', 'k2', 'k3']);
  expect(ring.current).toBe('k3');
  expect(ring.k2).toMatch(/^[A-Za-z0-9]{64}$/);
  expect(ring.k3).not.toBe(ring.k2);
});

test('bytes that would make some characters likelier than others are drawn again', () => {
  const draws = [new Uint8Array(64).fill(248), Uint8Array.from({ length: 64 }, (_unused, index) => index)];
  const { text } = rotated(ROOT_SECRET, () => draws.shift()!);
  expect(parseRing(text).k2).toBe('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789AB');
  expect(draws).toEqual([]);
});

test('a key that is retired is gone; the current one stays', () => {
  const { text } = rotated(ROOT_SECRET, randomBytes);
  expect(keyNames(parseRing(retired(text, 'k1').text))).toEqual(['k2']);
  expect(() => retired(text, 'k2')).toThrow(/current/);
  expect(() => retired(text, 'k9')).toThrow('There is no key "k9" on the ring; there is k1, k2.');
});

test.each(['', '[]', '{"version":2}', '{"version":1,"current":"k1"}', 'null'])('%j is no key ring', (text) => {
  expect(() => rotated(text, randomBytes)).toThrow(/key ring/);
});

test('names are in the order of their numbers', () => {
  let text = ROOT_SECRET;
  for (let times = 0; times < 10; times += 1) text = rotated(text, randomBytes).text;
  expect(keyNames(parseRing(text)).at(-1)).toBe('k11');
  expect(rotated(text, randomBytes).key).toBe('k12');
});
