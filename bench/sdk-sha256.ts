/**
 * Measured, and not taken: the product has the SDK's own.
 *
 * SHA-256 and its HMAC as AWS's signatures need them (AWS, "Signature Version 4"): a request is hashed twice and its
 * key used once. Node.js hashes what is there as a whole in a quarter of the time that a hash to be updated takes, and
 * making a key of bytes takes five times as long as using it: each is made once.
 */
import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';

/** One for each day, region, service and set of credentials, and one for each set of credentials. */
const KEPT = 50;

/**
 * The SDK keeps the signing key of a day, and gives the same bytes again; a text is the secret that they are derived
 * from.
 */
const keysOfBytes = new WeakMap<Uint8Array, KeyObject>();
const keysOfTexts = new Map<string, KeyObject>();

type Source = string | ArrayBuffer | ArrayBufferView;

/** The SDK's interface of checksums, `sha256` of a client's settings. */
export class Sha256 {
  readonly digestLength = 32;
  private parts: Uint8Array[] = [];

  /** @param secret for an HMAC */
  constructor(private readonly secret?: Source) {}

  update(data: Uint8Array): void {
    this.parts.push(data);
  }

  digest(): Promise<Uint8Array> {
    const data = this.parts.length === 1 ? this.parts[0]! : Buffer.concat(this.parts);
    return Promise.resolve(
      this.secret === undefined
        ? hash('sha256', data, 'buffer')
        : createHmac('sha256', keyOf(this.secret)).update(data).digest(),
    );
  }

  reset(): void {
    this.parts = [];
  }
}

function keyOf(secret: Source): KeyObject {
  if (typeof secret !== 'string')
    return keyOfBytes(
      ArrayBuffer.isView(secret)
        ? new Uint8Array(secret.buffer, secret.byteOffset, secret.byteLength)
        : new Uint8Array(secret),
      secret,
    );
  const known = keysOfTexts.get(secret);
  if (known !== undefined) return known;
  if (keysOfTexts.size >= KEPT) keysOfTexts.clear();
  const key = createSecretKey(secret, 'utf8');
  keysOfTexts.set(secret, key);
  return key;
}

function keyOfBytes(bytes: Uint8Array, name: object): KeyObject {
  const known = keysOfBytes.get(name as Uint8Array);
  if (known !== undefined) return known;
  const key = createSecretKey(bytes);
  keysOfBytes.set(name as Uint8Array, key);
  return key;
}
