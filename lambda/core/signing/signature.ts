/** The headers of a delivery: the profile's own, and the signatures over the exact bytes that are sent. */
import type { Profile, SignatureScheme } from '../shared/profile';
import { type SignedContent, signedHeaders, type SigningKeySet } from './schemes';

export function signatureHeaders(
  schemes: readonly SignatureScheme[],
  content: SignedContent,
  keys: SigningKeySet,
): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const scheme of schemes) Object.assign(headers, signedHeaders(scheme, content, keys));
  return headers;
}

/** All headers that a delivery carries of ours, in lower case except those that the profile spells. */
export function deliveryHeaders(
  settings: Pick<Profile, 'userAgent' | 'headers' | 'signatures'>,
  content: SignedContent,
  keys: SigningKeySet,
): Record<string, string> {
  return {
    'content-type': 'application/json',
    'user-agent': settings.userAgent,
    ...settings.headers,
    ...signatureHeaders(settings.signatures, content, keys),
  };
}
