/** The one secret string of a subscription or account, and the keys that the signature schemes take from it. */
import { createSecretKey, type KeyObject } from 'node:crypto';
import { type Model, number, text, texts } from '../shared/format';

const PREFIX = 'whsec_';
export const SECRET_BYTES = 32;
const SECRET = /^whsec_[A-Za-z0-9+/]{43}=$/;

/**
 * The keys of a secret: hex schemes key on the UTF-8 bytes of the whole string, Standard Webhooks on the bytes that its
 * base64 part decodes to.
 */
export interface SigningKeys {
  readonly wholeString: KeyObject;
  readonly decoded: KeyObject;
}

/** @param random {@link SECRET_BYTES} random bytes */
export function formatSecret(random: Uint8Array): string {
  if (random.length !== SECRET_BYTES)
    throw new RangeError(`a secret is made of ${SECRET_BYTES} bytes, not ${random.length}`);
  return PREFIX + Buffer.from(random).toString('base64');
}

export function isSecret(value: string): boolean {
  return SECRET.test(value);
}

export function signingKeys(secret: string): SigningKeys {
  return {
    wholeString: createSecretKey(Buffer.from(secret, 'utf8')),
    decoded: createSecretKey(Buffer.from(secret.slice(PREFIX.length), 'base64')),
  };
}

/** How the secret before the one in force is stored. */
export const previousSecretFields = {
  sealed: text('previous'),
  /** Epoch milliseconds. */
  until: number('previous_until'),
};

export type PreviousSecret = Model<typeof previousSecretFields>;

/** How an owner's headers are stored. */
export const sealedHeadersFields = {
  /** In lower case. */
  names: texts('header_names'),
  /** An object of their values, by name, as sealed JSON. */
  sealed: text('headers'),
};

export type SealedHeaders = Model<typeof sealedHeadersFields>;
