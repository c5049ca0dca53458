/**
 * What the management API asks of the world to know its callers: rings of keys by name, other people's documents, and
 * the platform's own function.
 */
import { KeyRingError } from './errors';

export interface NamedKey {
  readonly name: string;
  readonly value: string;
}

/**
 * Keys by name: any of them is accepted, new things are made with the current one. A key that is taken off the ring is
 * worth nothing from then on.
 */
export interface NamedKeys {
  readonly current: NamedKey;
  readonly all: readonly NamedKey[];
}

export interface NamedKeySource {
  /**
   * The ring as it was read lately, so that rotation and revocation take effect without a deploy.
   *
   * @param refresh a key was presented that is not on it: it is read again, unless that was done just now
   * @throws PortUnavailable, KeyRingError
   */
  keys(refresh?: boolean): Promise<NamedKeys>;
}

/** Public documents of others, such as a JSON Web Key Set. */
export interface DocumentSource {
  /** @throws PortUnavailable when there is no whole answer of 200 in time, or it is too large */
  get(url: string): Promise<string>;
}

export type CredentialHeader = 'x-api-key' | 'bearer';

/** The platform's own function that knows its customers' credentials. */
export interface CredentialFunction {
  /**
   * @returns what it answers, unread
   * @throws PortUnavailable when it fails: that says nothing about the credential
   */
  ask(credential: string, source: CredentialHeader): Promise<unknown>;
}

const KEY_NAME = /^k[1-9][0-9]{0,5}$/;
/** A generated key has 64 characters; fewer than this cannot hold 256 bits in any usual alphabet. */
const KEY_MIN_CHARACTERS = 43;

/**
 * Reads a ring as it rests in Secrets Manager: `{"version": 1, "current": "k1", "k1": "<random characters>", ...}`.
 *
 * @throws KeyRingError when it is not one; the message never holds a key
 */
export function parseNamedKeys(secret: string): NamedKeys {
  const ring = parseObject(secret);
  if (ring.version !== 1) throw new KeyRingError('the key ring is not of version 1');
  const all = Object.entries(ring).flatMap(([name, value]) => {
    if (!KEY_NAME.test(name)) return [];
    if (typeof value !== 'string' || value.length < KEY_MIN_CHARACTERS)
      throw new KeyRingError(`key ${name} of the ring is shorter than ${KEY_MIN_CHARACTERS} characters`);
    return [{ name, value }];
  });
  const current = all.find(({ name }) => name === ring.current);
  if (current === undefined)
    throw new KeyRingError(`the key ring's "current" field names a key that is not on the ring`);
  return { current, all };
}

function parseObject(secret: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(secret)) as Record<string, unknown>;
  } catch {
    throw new KeyRingError('the key ring is not JSON'); // not the parser's message: it quotes what it read
  }
}
