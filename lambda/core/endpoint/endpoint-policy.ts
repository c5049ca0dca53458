/**
 * The endpoint policy: which URLs a webhook may be sent to, and which addresses their names may stand for.
 *
 * One guard for every entrance: creating and updating a subscription, a message's `webhook_url`, test sends, and every
 * attempt. The URL is judged by what the WHATWG parser makes of it, because that is what is dialled: full-width digits,
 * enclosed letters, soft hyphens, percent-encoded hosts and every spelling of an IPv4 address have become plain names
 * and dotted decimals before a rule looks at them. The addresses are judged when a connection is made
 * (`isAddressAllowed`), since a name may stand for another address by then.
 */
import { isIPv4 } from 'node:net';
import { reason, type Reason } from '../shared/reason';
import { isLoopbackAddress, isPublicAddress } from './special-purpose-addresses';

/**
 * Production: https to public names. Development: http and loopback as well, on any port; other private addresses stay
 * refused. Small and JSON-serializable, since it travels in the functions' environment.
 */
export type EndpointPolicy =
  | {
      readonly kind: 'production';
      /** The TCP ports that a URL may name. */
      readonly ports: readonly number[];
    }
  | { readonly kind: 'development' };

export const PRODUCTION_POLICY: EndpointPolicy = { kind: 'production', ports: [443] };
export const DEVELOPMENT_POLICY: EndpointPolicy = { kind: 'development' };

/** Names the rule and tells the endpoint's owner what to do. Never names an address that a name stood for. */
export interface PolicyRefusal {
  readonly ok: false;
  readonly reason: Reason;
}

export type UrlVerdict = { readonly ok: true; readonly url: URL } | PolicyRefusal;

/**
 * In characters, as given and as sent; longer ones meet limits of proxies and servers (RFC 9110, section 4.1 asks for
 * 8000 at least).
 */
export const MAX_URL_LENGTH = 2048;

/** RFC 1035, section 3.1: 255 octets on the wire, which is 253 characters. */
const MAX_NAME_LENGTH = 253;

/**
 * Letters, digits and hyphens (RFC 1123, section 2.1), and the underscore, which real host names have; at most 63
 * octets (RFC 1035).
 */
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;

/** Top-level domains under which no public receiver can be. */
const RESERVED_TOP_LEVEL_DOMAINS: ReadonlySet<string> = new Set([
  'example',
  'invalid',
  'test', // RFC 6761
  'local', // RFC 6762
  'corp',
  'home',
  'intranet',
  'lan',
  'private', // RFC 6762, appendix G: in use inside networks
  'internal', // reserved by ICANN for private use (resolution 2024.07.29.06)
  'mail', // with corp and home, never to be delegated (ICANN resolution 2018.02.04.12)
  'onion', // RFC 7686
  'alt', // RFC 9476
  'arpa', // infrastructure (RFC 3172), home.arpa (RFC 8375) included
  'localdomain', // the default search domain of many systems
]);

const refuse = (why: Reason): PolicyRefusal => ({ ok: false, reason: why });

/** What is said when a name stands for an address that the policy refuses. */
export const ADDRESS_REFUSED = refuse(reason('address-not-public'));

/**
 * Judges a URL by the rules that need no network.
 *
 * @param url as its owner gave it
 * @returns the parsed URL, or the first rule that it breaks
 */
export function checkEndpointUrl(url: string, policy: EndpointPolicy): UrlVerdict {
  if (url.length > MAX_URL_LENGTH) return refuse(reason('url-too-long', { limit: MAX_URL_LENGTH }));
  // The WHATWG parser drops tabs, newlines and outer spaces, reads a backslash as a slash and supplies missing slashes.
  // Other readers of the same URL do not: what would be read in two ways is refused, and what is left has its authority
  // between "//" and the next / ? #.
  // eslint-disable-next-line no-control-regex -- the control characters are the subject
  if (/[\u0000-\u0020\u007f\\]/.test(url)) {
    return refuse(reason('url-characters-invalid'));
  }
  const authority = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]+)/i.exec(url)?.[1];
  if (authority === undefined || !URL.canParse(url)) {
    return refuse(reason('url-invalid'));
  }
  const parsed = new URL(url);
  if (parsed.href.length > MAX_URL_LENGTH) {
    return refuse(reason('url-too-long-encoded', { limit: MAX_URL_LENGTH }));
  }
  if (authority.includes('@')) {
    return refuse(reason('userinfo-not-allowed'));
  }
  if (url.includes('#')) return refuse(reason('fragment-not-allowed'));
  return (
    (policy.kind === 'production' ? breachOfProduction(parsed, policy.ports) : breachOfDevelopment(parsed)) ?? {
      ok: true,
      url: parsed,
    }
  );
}

/** Whether the policy lets a connection be made to an address: a public one, or in development a loopback one. */
export function isAddressAllowed(address: string, policy: EndpointPolicy): boolean {
  return isPublicAddress(address) || (policy.kind === 'development' && isLoopbackAddress(address));
}

/** The address that a URL's host is, when it is one: without brackets. */
export function literalAddress(hostname: string): string | undefined {
  if (hostname.startsWith('[')) return hostname.slice(1, -1);
  return isIPv4(hostname) ? hostname : undefined;
}

/**
 * RFC 6761, section 6.3: `localhost` and all names under it stand for the loopback addresses, and are never asked of
 * DNS.
 */
export function isLocalhost(hostname: string): boolean {
  const name = withoutTrailingDot(hostname);
  return name === 'localhost' || name.endsWith('.localhost');
}

/** A name as it is compared, verified and sent as SNI (RFC 6066, section 3): without the dot that marks it absolute. */
export function withoutTrailingDot(hostname: string): string {
  return hostname.endsWith('.') ? hostname.slice(0, -1) : hostname;
}

function breachOfDevelopment(url: URL): PolicyRefusal | undefined {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return refuse(reason('scheme-not-allowed', { schemes: 'https:// or http://' }));
  }
  const address = literalAddress(url.hostname);
  if (address !== undefined) return isAddressAllowed(address, DEVELOPMENT_POLICY) ? undefined : ADDRESS_REFUSED;
  return breachOfNameSyntax(url.hostname);
}

function breachOfProduction(url: URL, ports: readonly number[]): PolicyRefusal | undefined {
  if (url.protocol !== 'https:') return refuse(reason('scheme-not-allowed', { schemes: 'https://' }));
  const breach = breachOfPublicName(url.hostname);
  if (breach) return breach;
  const port = url.port === '' ? 443 : Number(url.port);
  if (!ports.includes(port)) return refuse(reason('port-not-allowed', { ports: ports.join(' or ') }));
  return undefined;
}

function breachOfPublicName(hostname: string): PolicyRefusal | undefined {
  if (literalAddress(hostname) !== undefined) {
    return refuse(reason('ip-literal-not-allowed'));
  }
  if (isLocalhost(hostname)) return refuse(reason('localhost-not-allowed'));
  const syntax = breachOfNameSyntax(hostname);
  if (syntax) return syntax;
  const labels = withoutTrailingDot(hostname).split('.');
  const topLevelDomain = labels.at(-1) ?? '';
  if (labels.length === 1) {
    return refuse(reason('single-label-name'));
  }
  if (RESERVED_TOP_LEVEL_DOMAINS.has(topLevelDomain)) {
    return refuse(reason('reserved-name', { domain: topLevelDomain }));
  }
  return undefined;
}

function breachOfNameSyntax(hostname: string): PolicyRefusal | undefined {
  const name = withoutTrailingDot(hostname);
  if (name.length <= MAX_NAME_LENGTH && name.split('.').every((label) => LABEL.test(label))) return undefined;
  return refuse(reason('name-invalid'));
}
