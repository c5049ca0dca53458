/**
 * Changing a key ring: `{"version": 1, "current": "k2", "k1": "...", "k2": "..."}`. The root key, the operator's key
 * and the portal's key are such rings. Rotating adds a key and makes it current; the keys before it go on being
 * accepted until they are retired.
 */
import { UserError } from '../local/user-error';

const KEY_NAME = /^k([1-9][0-9]{0,5})$/;
const KEY_CHARACTERS = 64;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

type Ring = Readonly<Record<string, unknown>> & { readonly current: string };

export interface ChangedRing {
  /** The secret's new text. */
  readonly text: string;
  /** The name of the key that was added or taken away. */
  readonly key: string;
}

/** @throws {UserError} for what is no key ring; the message never holds a key */
export function parseRing(text: string): Ring {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UserError('The secret is not a key ring: it is not JSON.');
  }
  const ring = Object(value) as Record<string, unknown>;
  if (ring.version !== 1)
    throw new UserError(
      'The secret is not a key ring of version 1; this command is older or newer than what is deployed.',
    );
  if (typeof ring.current !== 'string' || typeof ring[ring.current] !== 'string')
    throw new UserError('The key ring names no current key that it holds.');
  return ring as Ring;
}

export function keyNames(ring: Ring): readonly string[] {
  return Object.keys(ring)
    .filter((name) => KEY_NAME.test(name))
    .sort((one, other) => numberOf(one) - numberOf(other));
}

/** @param random bytes without end, such as node:crypto's randomBytes */
export function rotated(text: string, random: (bytes: number) => Uint8Array): ChangedRing {
  const ring = parseRing(text);
  const key = `k${Math.max(...keyNames(ring).map(numberOf)) + 1}`;
  return { key, text: JSON.stringify({ ...ring, current: key, [key]: newKey(random) }) };
}

/** @throws {UserError} for the current key, and for one that is not on the ring */
export function retired(text: string, key: string): ChangedRing {
  const ring = parseRing(text);
  if (!keyNames(ring).includes(key))
    throw new UserError(`There is no key "${key}" on the ring; there is ${keyNames(ring).join(', ')}.`);
  if (key === ring.current)
    throw new UserError(`${key} is the current key: rotate first, let everybody take the new one, then retire ${key}.`);
  const { [key]: _gone, ...left } = ring;
  return { key, text: JSON.stringify(left) };
}

function numberOf(name: string): number {
  return Number(KEY_NAME.exec(name)![1]);
}

/**
 * Letters and digits, each as likely as the others: bytes beyond the last whole multiple of the alphabet are drawn
 * again.
 */
function newKey(random: (bytes: number) => Uint8Array): string {
  const fair = 256 - (256 % ALPHABET.length);
  let key = '';
  while (key.length < KEY_CHARACTERS) {
    for (const byte of random(KEY_CHARACTERS))
      if (byte < fair && key.length < KEY_CHARACTERS) key += ALPHABET[byte % ALPHABET.length];
  }
  return key;
}
