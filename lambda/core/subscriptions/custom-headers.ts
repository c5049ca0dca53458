/**
 * Headers that a subscription's owner sets on its deliveries: credentials mostly, so their values are sealed like its
 * secret and never shown again.
 */
import { InvalidInput } from '../shared/errors';
import { schemeHeaders } from '../signing/schemes';
import { reason } from '../shared/reason';
import { type KeyRing, SEALING_IV_BYTES } from '../signing/key-ring';
import type { RandomSource } from '../shared/random';
import type { Profile, SignatureScheme } from '../shared/profile';
import { headersOwner, type Subscription } from './subscription';
import type { SealedHeaders } from '../signing/secret';

export const CUSTOM_HEADERS_MAX = 10;
/** Names and values together. */
export const CUSTOM_HEADERS_MAX_BYTES = 4 * 1024;

/** RFC 9110, section 5.6.2. */
const NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/;
/** RFC 9110, section 5.5, without the obsolete bytes over 0x7F: visible characters, spaces and tabs within. */
const VALUE = /^[\x21-\x7e](?:[\x20-\x7e\t]*[\x21-\x7e])?$/;

/**
 * Headers that are the HTTP client's or the connection's affair (RFC 9110, section 7.6.1), beside all `content-*`,
 * `proxy-*` and `webhook-*`.
 */
const RESERVED = new Set([
  'host',
  'transfer-encoding',
  'expect',
  'connection',
  'keep-alive',
  'te',
  'trailer',
  'upgrade',
  'date',
  'user-agent',
  'http2-settings',
  'proxy-connection',
]);
const RESERVED_PREFIX = /^(content-|proxy-|webhook-|sec-)/;

interface HeaderSettings {
  readonly headers: Profile['headers'];
  readonly signatures: readonly SignatureScheme[];
}

/**
 * @returns the headers by name in lower case
 * @throws InvalidInput naming the header at fault, never its value
 */
export function checkCustomHeaders(
  given: Readonly<Record<string, string>>,
  profile: HeaderSettings,
): Record<string, string> {
  const ours = headersOfProfile(profile);
  const checked = new Map<string, string>();
  let bytes = 0;
  for (const [name, value] of Object.entries(given)) {
    const field = NAME.test(name) ? `headers.${name}` : 'headers';
    const lower = name.toLowerCase();
    if (!NAME.test(name)) throw new InvalidInput(field, reason('header-name-invalid'));
    if (RESERVED.has(lower) || RESERVED_PREFIX.test(lower) || ours.has(lower))
      throw new InvalidInput(field, reason('header-name-reserved'));
    if (!VALUE.test(value)) throw new InvalidInput(field, reason('header-value-invalid'));
    if (checked.has(lower)) throw new InvalidInput(field, reason('header-name-repeated'));
    checked.set(lower, value);
    bytes += name.length + value.length;
  }
  if (checked.size > CUSTOM_HEADERS_MAX)
    throw new InvalidInput('headers', reason('headers-too-many', { count: checked.size, limit: CUSTOM_HEADERS_MAX }));
  if (bytes > CUSTOM_HEADERS_MAX_BYTES)
    throw new InvalidInput('headers', reason('headers-size-exceeded', { bytes, limit: CUSTOM_HEADERS_MAX_BYTES }));
  return Object.fromEntries(checked);
}

export function sealHeaders(
  headers: Readonly<Record<string, string>>,
  owner: Pick<Subscription, 'tenantId' | 'id'>,
  ring: KeyRing,
  random: RandomSource,
): SealedHeaders {
  return {
    names: Object.keys(headers),
    sealed: ring.seal(JSON.stringify(headers), headersOwner(owner), random.bytes(SEALING_IV_BYTES)),
  };
}

/**
 * All headers of a delivery. If the profile has since started to use a header name that the owner set, the profile
 * wins. Sending a header twice would be ambiguous for the receiver.
 */
export function withOwnHeaders(
  own: Readonly<Record<string, string>>,
  ours: Readonly<Record<string, string>>,
): Record<string, string> {
  const names = Object.keys(own);
  if (names.length === 0) return { ...ours };
  const taken = new Set(Object.keys(ours).map((name) => name.toLowerCase()));
  return { ...Object.fromEntries(Object.entries(own).filter(([name]) => !taken.has(name))), ...ours };
}

/** Names of the headers that every delivery carries, in lower case. */
function headersOfProfile({ headers, signatures }: HeaderSettings): ReadonlySet<string> {
  const names = [...Object.keys(headers), ...schemeHeaders(signatures).map(({ name }) => name)];
  return new Set(names.map((name) => name.toLowerCase()));
}
