/**
 * The signature headers of a delivery, for every scheme of a profile, over the exact bytes that are sent. To be read
 * beside the Standard Webhooks specification 1.0.0
 * (https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md).
 */
import { createHmac, type KeyObject } from 'node:crypto';
import type { Profile, SignatureScheme } from '../shared/profile';
import type { SigningKeys } from './secret';

export interface SignedContent {
  /** `webhook-id` of Standard Webhooks: the event's id, on replays too. */
  readonly eventId: string;
  /** When the attempt was made, in unix seconds. */
  readonly timestamp: number;
  readonly body: Uint8Array;
}

/**
 * @param keys of the secret in force first; during a rotation with overlap the old secret's after it. Only Standard
 *   Webhooks can carry several signatures, the other schemes are signed with the first.
 */
export function signatureHeaders(
  schemes: readonly SignatureScheme[],
  content: SignedContent,
  keys: readonly [SigningKeys, ...SigningKeys[]],
): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const scheme of schemes) {
    if (scheme.kind === 'standard-webhooks') {
      headers['webhook-id'] = content.eventId;
      headers['webhook-timestamp'] = String(content.timestamp);
      headers['webhook-signature'] = keys
        .map((key) => `v1,${hmac(key.decoded, `${content.eventId}.${content.timestamp}.`, content.body, 'base64')}`)
        .join(' ');
    } else {
      const signed = scheme.content === 'body' ? '' : `${content.timestamp}.`;
      if (scheme.timestampHeader !== undefined) headers[scheme.timestampHeader] = String(content.timestamp);
      headers[scheme.header] = scheme.prefix + hmac(keys[0].wholeString, signed, content.body, scheme.encoding);
    }
  }
  return headers;
}

/** All headers that a delivery carries of ours, in lower case but for what the profile spells. */
export function deliveryHeaders(
  settings: Pick<Profile, 'userAgent' | 'headers' | 'signatures'>,
  content: SignedContent,
  keys: readonly [SigningKeys, ...SigningKeys[]],
): Record<string, string> {
  return {
    'content-type': 'application/json',
    'user-agent': settings.userAgent,
    ...settings.headers,
    ...signatureHeaders(settings.signatures, content, keys),
  };
}

function hmac(key: KeyObject, prefix: string, body: Uint8Array, encoding: 'hex' | 'base64'): string {
  const mac = createHmac('sha256', key);
  if (prefix !== '') mac.update(prefix);
  return mac.update(body).digest(encoding);
}
