import fc from 'fast-check';
import { KeyRingError, UnsealError } from '../../../lambda/core/shared/errors';
import { KeyRing, type SecretOwner } from '../../../lambda/core/signing/key-ring';
import { SeededRandom } from '../../fakes/time-and-random';

const K1 = 'a'.repeat(64);
const K2 = 'b'.repeat(64);
const ringOf = (content: object) => KeyRing.parse(JSON.stringify(content));
const ring = ringOf({ version: 1, current: 'k1', k1: K1 });
const owner: SecretOwner = { purpose: 'signing-secret', tenantId: 'org/team', owner: 'sub' };
const random = new SeededRandom();
const sealed = () => ring.seal('whsec_x', owner, random.bytes(12));

test('what is sealed is opened again, whatever it is and whoever owns it', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), (secret, tenantId, name) => {
      const whose = { ...owner, tenantId, owner: name };
      expect(ring.unseal(ring.seal(secret, whose, random.bytes(12)), whose)).toBe(secret);
    }),
  );
});

test('sealed text shows neither the secret nor the key', () => {
  expect(sealed()).not.toContain('whsec_x');
  expect(sealed()).not.toContain(K1);
});

test.each([
  ['another tenant', { ...owner, tenantId: 'org/other' }],
  ['another subscription', { ...owner, owner: 'other' }],
  ['parts that join to the same text', { ...owner, tenantId: 'org/teams', owner: 'ub' }],
])('a secret of %s does not open', (_what, other) => {
  expect(() => ring.unseal(sealed(), other)).toThrow(UnsealError);
});

test('a sealed secret altered in any byte does not open', () => {
  const [format, name, data] = sealed().split('.') as [string, string, string];
  const bytes = Buffer.from(data, 'base64url');
  for (let index = 0; index < bytes.length; index += 1) {
    const altered = Buffer.from(bytes);
    altered[index]! ^= 1;
    expect(() => ring.unseal(`${format}.${name}.${altered.toString('base64url')}`, owner)).toThrow(UnsealError);
  }
});

test.each(['', 's1', 's1.k1', 's2.k1.AAAA', 's1.k1.', 's1.k1.AAAA'])('"%s" is not a sealed secret', (text) => {
  expect(() => ring.unseal(text, owner)).toThrow(UnsealError);
});

test('after a rotation new secrets are sealed by the new key and old ones still open', () => {
  const old = sealed();
  const rotated = ringOf({ version: 1, current: 'k2', k1: K1, k2: K2 });
  expect(rotated.unseal(old, owner)).toBe('whsec_x');
  expect(rotated.seal('whsec_y', owner, random.bytes(12))).toMatch(/^s1\.k2\./);
});

test('a ring that lost a key says which, and knows so beforehand', () => {
  const other = ringOf({ version: 1, current: 'k2', k2: K2 });
  expect(other.holdsKeyOf(sealed())).toBe(false);
  expect(() => other.unseal(sealed(), owner)).toThrow(/key "k1" is missing from the root key ring/);
});

test.each([
  ['no JSON', `{"k1":"${K1}"`],
  ['another version', JSON.stringify({ version: 2, current: 'k1', k1: K1 })],
  ['null', 'null'],
  ['no current key', JSON.stringify({ version: 1, k1: K1 })],
  ['a current key it lacks', JSON.stringify({ version: 1, current: 'k3', k1: K1 })],
  ['a short key', JSON.stringify({ version: 1, current: 'k1', k1: K1.slice(0, 20) })],
])('a root secret with %s is refused, without showing it', (_what, text) => {
  expect(() => KeyRing.parse(text)).toThrow(KeyRingError);
  try {
    KeyRing.parse(text);
  } catch (error) {
    expect(String((error as Error).stack)).not.toContain(K1.slice(0, 20));
  }
});

test('a secret sealed by an earlier version opens: the format does not change unnoticed', () => {
  expect(ring.unseal('s1.k1.AQEBAQEBAQEBAQEByD1LlVOZfnwjYJ9yafMxXPRsLq8L04WKwaY', owner)).toBe('whsec_kept');
});
