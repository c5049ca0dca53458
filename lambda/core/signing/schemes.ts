/**
 * The signature schemes: one entry each, and the one place that knows which headers a scheme writes. To be read beside
 * the Standard Webhooks specification 1.0.0
 * (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).
 */
import { createHmac, type KeyObject } from 'node:crypto';
import type { SignatureScheme } from '../shared/profile';
import type { SigningKeys } from './secret';

export interface SignedContent {
  /** `webhook-id` of Standard Webhooks: the event's id, on replays too. */
  readonly eventId: string;
  /** When the attempt was made, in unix seconds. */
  readonly timestamp: number;
  readonly body: Uint8Array;
}

/** The keys of the active secret first. During an overlap, those of the secret before it follow. */
export type SigningKeySet = readonly [SigningKeys, ...SigningKeys[]];

/** A header that a scheme writes, spelled as it is sent. */
export interface SchemeHeader {
  readonly name: string;
  readonly carries: 'event-id' | 'timestamp' | 'signature';
}

/** A scheme as a receiver has to know it. */
export interface SchemeDescription {
  readonly encoding: 'hex' | 'base64';
  /** Before each signature. May be empty. */
  readonly prefix: string;
  readonly signedContent: 'body' | 'timestamp.body' | 'id.timestamp.body';
  /** The header may carry several signatures, separated by spaces. */
  readonly several: boolean;
  /** The public specification that it follows, where there is one. */
  readonly specification?: string;
}

interface SchemeEntry<S extends SignatureScheme> {
  /** In the order in which they are sent. */
  headers(scheme: S): readonly SchemeHeader[];
  /** @returns the value of the signature header */
  sign(scheme: S, content: SignedContent, keys: SigningKeySet): string;
  describe(scheme: S): SchemeDescription;
  /** `text`: the UTF-8 bytes of the whole secret. `decoded`: the bytes of its base64 part. */
  readonly keyType: 'text' | 'decoded';
}

type Entries = {
  readonly [Kind in SignatureScheme['kind']]: SchemeEntry<Extract<SignatureScheme, { readonly kind: Kind }>>;
};

const SCHEMES: Entries = {
  /** Signs with the first key alone: its header holds one signature. */
  hmac: {
    headers: ({ header, timestampHeader }) => [
      ...(timestampHeader === undefined ? [] : [{ name: timestampHeader, carries: 'timestamp' } as const]),
      { name: header, carries: 'signature' },
    ],
    sign: ({ content: signed, prefix, encoding }, { timestamp, body }, [{ wholeString }]) =>
      prefix + hmacOf(wholeString, signed === 'body' ? '' : `${timestamp}.`, body, encoding),
    describe: ({ encoding, prefix, content }) => ({ encoding, prefix, signedContent: content, several: false }),
    keyType: 'text',
  },
  'standard-webhooks': {
    headers: () => [
      { name: 'webhook-id', carries: 'event-id' },
      { name: 'webhook-timestamp', carries: 'timestamp' },
      { name: 'webhook-signature', carries: 'signature' },
    ],
    sign: (_scheme, { eventId, timestamp, body }, keys) =>
      keys.map(({ decoded }) => `v1,${hmacOf(decoded, `${eventId}.${timestamp}.`, body, 'base64')}`).join(' '),
    describe: () => ({
      encoding: 'base64',
      prefix: 'v1,',
      signedContent: 'id.timestamp.body',
      several: true,
      specification: 'Standard Webhooks 1.0.0',
    }),
    keyType: 'decoded',
  },
};

function entryOf(scheme: SignatureScheme): SchemeEntry<SignatureScheme> {
  return SCHEMES[scheme.kind];
}

/** All headers that the schemes write. */
export function schemeHeaders(schemes: readonly SignatureScheme[]): readonly SchemeHeader[] {
  return schemes.flatMap((scheme) => entryOf(scheme).headers(scheme));
}

/** The headers of one scheme, by what they carry. */
export function headerNames(scheme: SignatureScheme): Partial<Record<SchemeHeader['carries'], string>> {
  return Object.fromEntries(
    entryOf(scheme)
      .headers(scheme)
      .map(({ name, carries }) => [carries, name]),
  );
}

export function describeScheme(scheme: SignatureScheme): SchemeDescription {
  return entryOf(scheme).describe(scheme);
}

export function keyTypeOf(scheme: SignatureScheme): 'text' | 'decoded' {
  return entryOf(scheme).keyType;
}

/** The headers of one scheme with their values. */
export function signedHeaders(
  scheme: SignatureScheme,
  content: SignedContent,
  keys: SigningKeySet,
): Record<string, string> {
  const entry = entryOf(scheme);
  const values: Record<string, string> = {};
  for (const { name, carries } of entry.headers(scheme)) {
    if (carries === 'event-id') values[name] = content.eventId;
    else values[name] = carries === 'timestamp' ? String(content.timestamp) : entry.sign(scheme, content, keys);
  }
  return values;
}

function hmacOf(key: KeyObject, prefix: string, body: Uint8Array, encoding: 'hex' | 'base64'): string {
  const mac = createHmac('sha256', key);
  if (prefix !== '') mac.update(prefix);
  return mac.update(body).digest(encoding);
}
