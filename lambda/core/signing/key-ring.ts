/**
 * Sealing: how the secrets of subscriptions rest in a table. AES-256-GCM under a key derived by HKDF (RFC 5869) from
 * the root key; what the secret belongs to is associated data, so that a sealed secret moved to another tenant's item
 * does not open.
 *
 * The root secret is a ring: `{"version": 1, "current": "k1", "k1": "<random characters>", ...}`. Sealed text names its
 * key; rotation appends a key and never drops one.
 */
import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import { KeyRingError, UnsealError } from '../shared/errors';

const KEY_NAME = /^k[1-9][0-9]{0,5}$/;
/** A generated key has 64 characters; fewer than this cannot hold 256 bits in any usual alphabet. */
const ROOT_KEY_MIN_CHARACTERS = 43;
/** NIST SP 800-38D, sections 5.2.1.1 and 8.2: 96-bit IV, 128-bit tag. */
const IV_BYTES = 12;
const TAG_BYTES = 16;
const FORMAT = 's1';

/** Whose secret it is; every part is authenticated. */
export interface SecretOwner {
  readonly tenantId: string;
  /** The subscription's id, or `account` for the tenant's own secret. */
  readonly owner: string;
  readonly purpose: 'signing-secret' | 'headers';
}

export class KeyRing {
  private constructor(
    private readonly current: string,
    private readonly keys: ReadonlyMap<string, Buffer>,
  ) {}

  /** @throws KeyRingError when the root secret is not a key ring; the message never holds a key */
  static parse(rootSecret: string): KeyRing {
    const ring = parseRing(rootSecret);
    if (ring.version !== 1) throw new KeyRingError('the root secret is not a key ring of version 1');
    const keys = new Map<string, Buffer>();
    for (const [name, value] of Object.entries(ring)) {
      if (!KEY_NAME.test(name)) continue;
      if (typeof value !== 'string' || value.length < ROOT_KEY_MIN_CHARACTERS)
        throw new KeyRingError(`key ${name} of the root secret is shorter than ${ROOT_KEY_MIN_CHARACTERS} characters`);
      keys.set(name, Buffer.from(hkdfSync('sha256', value, '', 'cdk-webhooks sealing key 1', 32)));
    }
    if (typeof ring.current !== 'string' || !keys.has(ring.current))
      throw new KeyRingError(`the key ring's "current" field names a key that is not on the ring`);
    return new KeyRing(ring.current, keys);
  }

  /** True when text sealed elsewhere can be opened here; false asks the caller to read the root secret again. */
  holdsKeyOf(sealed: string): boolean {
    return this.keys.has(sealed.split('.')[1] ?? '');
  }

  /** @param iv {@link IV_BYTES} random bytes, never used twice */
  seal(secret: string, owner: SecretOwner, iv: Uint8Array): string {
    const cipher = createCipheriv('aes-256-gcm', this.keys.get(this.current)!, iv, { authTagLength: TAG_BYTES });
    cipher.setAAD(associatedData(owner));
    const sealed = Buffer.concat([iv, cipher.update(secret, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${FORMAT}.${this.current}.${sealed.toString('base64url')}`;
  }

  /**
   * @throws KeyRingError when the key it names is not on this ring
   * @throws UnsealError when it is altered or another owner's
   */
  unseal(sealed: string, owner: SecretOwner): string {
    const [format, keyName, data] = sealed.split('.');
    if (format !== FORMAT || keyName === undefined || data === undefined)
      throw new UnsealError('the sealed secret is not in a format that this version knows');
    const key = this.keys.get(keyName);
    if (key === undefined)
      throw new KeyRingError(
        `key "${keyName}" is missing from the root key ring; a stored secret was encrypted with it. Restore the key`,
      );
    const bytes = Buffer.from(data, 'base64url');
    if (bytes.length < IV_BYTES + TAG_BYTES) throw new UnsealError('the sealed secret is cut short');
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAAD(associatedData(owner));
    decipher.setAuthTag(bytes.subarray(bytes.length - TAG_BYTES));
    try {
      return Buffer.concat([
        decipher.update(bytes.subarray(IV_BYTES, bytes.length - TAG_BYTES)),
        decipher.final(),
      ]).toString('utf8');
    } catch {
      throw new UnsealError(
        'the sealed secret does not open: it was altered, or belongs to another tenant or subscription',
      );
    }
  }
}

export const SEALING_IV_BYTES = IV_BYTES;

/** The owner's name of a tenant's own secret, which signs what goes to the URLs that its events name. */
export const ACCOUNT = 'account';

function associatedData(owner: SecretOwner): Buffer {
  return Buffer.from(
    [owner.purpose, owner.tenantId, owner.owner].map((part) => `${Buffer.byteLength(part)}:${part}`).join(''),
  );
}

function parseRing(rootSecret: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(rootSecret)) as Record<string, unknown>;
  } catch {
    throw new KeyRingError('the root secret is not JSON');
  }
}

export interface KeyRings {
  /**
   * The ring in use; with `holding`, one that holds the key of that sealed text, read again if need be.
   *
   * @throws PortUnavailable, KeyRingError
   */
  ring(holding?: string): Promise<KeyRing>;
}
