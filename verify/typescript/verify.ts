/**
 * Verifies that a webhook comes from who holds the secret: HMAC-SHA256 over the raw bytes of the body, as each sender
 * spells it. One file, no dependency, WebCrypto alone: Node.js >= 20, Deno, Bun, edge runtimes, browsers. The same in
 * Python, Go and PHP; test/vectors/verification.json binds all four.
 */

const STATUS = {
  missing_header: 400,
  malformed_header: 401,
  malformed_body: 400,
  signature_mismatch: 401,
  timestamp_out_of_tolerance: 401,
  invalid_secret: 500,
} as const;
/** What was wrong. `malformed_body` (signed, and yet not JSON) comes from {@link verifyEvent} alone. */
export type ErrorCode = keyof typeof STATUS;

/**
 * The only error that a request can cause, whatever is in it. Its message names headers, and never a value, a secret or
 * an expected signature.
 */
export class VerificationError extends Error {
  override readonly name = 'VerificationError';
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/**
 * The HTTP status to answer with: 400, 401, or 500 for a fault of one's own, which anything but a
 * {@link VerificationError} is too.
 */
export function statusOf(error: unknown): 400 | 401 | 500 {
  return error instanceof VerificationError ? STATUS[error.code] : 500;
}

/** Names in any case. A name that comes twice counts as in HTTP: its values joined by a comma and a space. */
export type Headers =
  Iterable<readonly [string, string]> | Readonly<Record<string, string | readonly string[] | undefined>>;

export interface WebhookRequest {
  /** As received, before anything parsed it. A string counts as its UTF-8 bytes; nothing, as no bytes. */
  readonly body: Uint8Array | ArrayBuffer | string | null | undefined;
  /** `request.headers` of Node.js, Express, Fastify or fetch; a Map or an object. */
  readonly headers: Headers;
  /** One, or two during a rotation. */
  readonly secrets: readonly string[];
  /**
   * Unix seconds.
   *
   * @default - the current time
   */
  readonly now?: number;
  /**
   * How far a signed time may be from now, before or after.
   *
   * @default 300
   */
  readonly toleranceSeconds?: number;
}

export interface Verified {
  /** The scheme's name. */
  readonly scheme: string;
  /** The event's id, where the scheme has a header for it. Standard Webhooks signs it; GitHub and Shopify do not. */
  readonly id?: string;
  /** Unix seconds, where the scheme signs a time: when this attempt was made. */
  readonly timestamp?: number;
}

/** A header's value without the blanks around it; undefined when there is none, or nothing in it. */
type GetHeader = (name: string) => string | undefined;

/** Where a sender puts what. */
interface Layout {
  /** Carries the signature; with a separator, several. */
  readonly header: string;
  readonly separator?: ',' | ' ';
  readonly prefix?: string;
  readonly encoding: 'hex' | 'base64';
  /** Carries a signed time in unix seconds. The prefix is that of such a time among the items of `header`. */
  readonly timestampHeader?: string;
  readonly timestampPrefix?: string;
  readonly idHeader?: string;
  readonly idIsSigned?: boolean;
  /**
   * What is signed before the body.
   *
   * @default - the signed time and a dot, or nothing
   */
  readonly before?: (timestamp: string, id: string) => string;
}

/** How a sender signs: one of the constants below, or {@link hmac}. */
export interface Scheme {
  readonly name: string;
  /** @internal */
  readonly keyOf: (secret: string) => Uint8Array<ArrayBuffer>;
  /** @internal */
  readonly layoutOf: (get: GetHeader) => Layout;
}

const MAX_HEADER_LENGTH = 8192;
/** That are looked at, of a header that can carry many. */
const MAX_DIGESTS = 16;
const PRINTABLE = /^[\t\x20-\x7e]*$/;
const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/;
const TIMESTAMP = /^[0-9]{1,12}$/;
/** No comma and no blank: an id that came twice is none. */
const ID = /^[\x21-\x2b\x2d-\x7e]{1,256}$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
/** A SHA-256 as text. Of base64 only the one spelling that encoders make. */
const DIGEST = { hex: /^[0-9a-fA-F]{64}$/, base64: /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/ };

const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/**
 * @throws VerificationError whatever the request holds, and nothing else; TypeError if the body is no bytes, because
 *   something parsed it before
 */
export async function verify(scheme: Scheme, request: WebhookRequest): Promise<Verified> {
  const { now = Math.floor(Date.now() / 1000), toleranceSeconds = 300 } = request;
  const keys = keysOf(scheme, request.secrets);
  const get = headerReader(request.headers);
  const { digests, encoding, before, ...claimed } = claimOf(scheme.layoutOf(get), get);
  const [prefix, body] = [utf8(before), bytesOf(request.body)];
  const content = new Uint8Array(prefix.length + body.length);
  content.set(prefix);
  content.set(body, prefix.length);
  let matches = false;
  for (const key of keys) {
    const expected = await digestOf(key, content, encoding);
    for (const digest of digests) matches = equalInConstantTime(digest, expected) || matches;
  }
  if (!matches)
    throw new VerificationError(
      'signature_mismatch',
      'no signature in the request matches the body for any of the given secrets',
    );
  // After the signature: so this error speaks of the sender's own request, late or sent again, or of a clock. Written
  // so that NaN is refused.
  if (claimed.timestamp !== undefined && !(Math.abs(now - claimed.timestamp) <= toleranceSeconds)) {
    throw new VerificationError(
      'timestamp_out_of_tolerance',
      `the request was signed more than ${toleranceSeconds} s from now`,
    );
  }
  return { scheme: scheme.name, ...claimed };
}

/** {@link verify}, and the body parsed as JSON. */
export async function verifyEvent<T = unknown>(
  scheme: Scheme,
  request: WebhookRequest,
): Promise<Verified & { readonly event: T }> {
  const verified = await verify(scheme, request);
  try {
    return {
      ...verified,
      event: JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytesOf(request.body))) as T,
    };
  } catch {
    throw new VerificationError('malformed_body', 'the body is signed, but it is not JSON');
  }
}

function keysOf(scheme: Scheme, secrets: unknown): Uint8Array<ArrayBuffer>[] {
  if (!Array.isArray(secrets) || secrets.length < 1 || secrets.length > 2)
    throw new VerificationError('invalid_secret', 'secrets must be a list of one or two');
  return secrets.map((secret: unknown) => {
    // Anybody can sign with an empty key.
    if (typeof secret !== 'string' || secret === '')
      throw new VerificationError('invalid_secret', 'a secret is empty, or not a string');
    return scheme.keyOf(secret);
  });
}

function bytesOf(body: unknown): Uint8Array {
  if (body === undefined || body === null) return new Uint8Array();
  if (typeof body === 'string') return utf8(body);
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer, body.byteOffset, body.byteLength);
  // By its tag: one of another realm is no instance.
  if (Object.prototype.toString.call(body) === '[object ArrayBuffer]') return new Uint8Array(body as ArrayBuffer);
  throw new TypeError('body must be the raw bytes or the text of the request; was it parsed before?');
}

async function digestOf(
  key: Uint8Array<ArrayBuffer>,
  content: Uint8Array<ArrayBuffer>,
  encoding: Layout['encoding'],
): Promise<string> {
  const imported = await crypto.subtle.importKey('raw', key, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign']);
  const mac = new Uint8Array(await crypto.subtle.sign('HMAC', imported, content));
  return encoding === 'hex'
    ? Array.from(mac, (byte) => byte.toString(16).padStart(2, '0')).join('')
    : btoa(String.fromCharCode(...mac));
}

/** Of digests in one encoding, so of one length. Looks at every character, wherever the first difference is. */
function equalInConstantTime(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let index = 0; index < b.length; index++) difference |= a.charCodeAt(index) ^ b.charCodeAt(index);
  return difference === 0;
}

function headerReader(headers: Headers): GetHeader {
  const entries: (readonly [string, unknown])[] = Symbol.iterator in headers ? [...headers] : Object.entries(headers);
  return (name) => {
    const values = entries
      .filter(([key]) => key.toLowerCase() === name.toLowerCase())
      .flatMap(([, value]) => value)
      .filter((value) => typeof value === 'string');
    const value = values.join(', ');
    if (value.length > MAX_HEADER_LENGTH || !PRINTABLE.test(value)) throw malformed(name);
    return value.trim() || undefined;
  };
}

function malformed(header: string): VerificationError {
  return new VerificationError('malformed_header', `${header} is not what its sender would write`);
}

function needed(get: GetHeader, header: string): string {
  const value = get(header);
  if (value === undefined) throw new VerificationError('missing_header', `there is no ${header} header`);
  return value;
}

/**
 * What a request says of itself: well-formed digests, of which one must be right, and what is signed before the body.
 */
function claimOf(
  {
    header,
    separator,
    prefix = '',
    encoding,
    timestampHeader,
    timestampPrefix,
    idHeader,
    idIsSigned,
    before = (time) => time && `${time}.`,
  }: Layout,
  get: GetHeader,
) {
  const value = needed(get, header);
  // A comma at the end of an item is where two headers were joined.
  const items = separator === undefined ? [value] : value.split(separator).map((item) => item.trim().replace(/,$/, ''));
  // Items of other prefixes are passed over: they may be of versions to come.
  const after = (start: string) =>
    items.filter((item) => item.startsWith(start)).map((item) => item.slice(start.length));
  let times: readonly string[] | undefined;
  if (timestampHeader !== undefined) times = [needed(get, timestampHeader)];
  else if (timestampPrefix !== undefined) times = after(timestampPrefix);
  let id: string | undefined;
  if (idHeader !== undefined) id = idIsSigned ? needed(get, idHeader) : get(idHeader);
  if (idHeader !== undefined && id !== undefined && !ID.test(id)) throw malformed(idHeader);
  const [timestamp = ''] = times ?? [];
  if (times !== undefined && (times.length !== 1 || !TIMESTAMP.test(timestamp)))
    throw malformed(timestampHeader ?? header);
  const digests = after(prefix)
    .filter((text) => DIGEST[encoding].test(text))
    .slice(0, MAX_DIGESTS);
  if (digests.length === 0) throw malformed(header);
  return {
    ...(id !== undefined && { id }),
    ...(times !== undefined && { timestamp: Number(timestamp) }),
    digests: encoding === 'hex' ? digests.map((text) => text.toLowerCase()) : digests,
    encoding,
    before: before(timestamp, id ?? ''),
  };
}

/** Of one layout, keyed on the secret's UTF-8 bytes. */
function plain(name: string, layout: Layout): Scheme {
  return { name, keyOf: utf8, layoutOf: () => layout };
}

export interface HmacOptions extends Pick<Layout, 'header' | 'prefix' | 'encoding' | 'timestampHeader'> {
  /**
   * `timestamp.body` needs a `timestampHeader`, `body` refuses one: a time that is not signed proves nothing.
   *
   * @default 'body'
   */
  readonly signedContent?: 'body' | 'timestamp.body';
}

/**
 * Any sender of one HMAC-SHA256 in one header; hex is read in either case.
 *
 * @throws TypeError when the options are not that
 */
export function hmac({ header, encoding, prefix, signedContent = 'body', timestampHeader }: HmacOptions): Scheme {
  if (![header, timestampHeader ?? header].every((name) => HEADER_NAME.test(name)))
    throw new TypeError('hmac: header and timestampHeader must be names of headers');
  if (!Object.hasOwn(DIGEST, encoding)) throw new TypeError('hmac: encoding must be hex or base64');
  if (signedContent !== (timestampHeader === undefined ? 'body' : 'timestamp.body'))
    throw new TypeError('hmac: timestampHeader goes with the signedContent timestamp.body');
  return plain('hmac', { header, encoding, prefix, timestampHeader });
}

/** https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries */
export const github = plain('github', {
  header: 'X-Hub-Signature-256',
  prefix: 'sha256=',
  encoding: 'hex',
  idHeader: 'X-GitHub-Delivery',
});
/** https://docs.stripe.com/webhooks/signature */
export const stripe = plain('stripe', {
  header: 'Stripe-Signature',
  separator: ',',
  prefix: 'v1=',
  encoding: 'hex',
  timestampPrefix: 't=',
});
/** https://shopify.dev/docs/apps/build/webhooks/verify-deliveries */
export const shopify = plain('shopify', {
  header: 'X-Shopify-Hmac-Sha256',
  encoding: 'base64',
  idHeader: 'X-Shopify-Webhook-Id',
});
/** https://docs.slack.dev/authentication/verifying-requests-from-slack */
export const slack = plain('slack', {
  header: 'X-Slack-Signature',
  prefix: 'v0=',
  encoding: 'hex',
  timestampHeader: 'X-Slack-Request-Timestamp',
  before: (time) => `v0:${time}:`,
});
export const rekognita = plain('rekognita', { header: 'X-Rekognita-Signature', encoding: 'hex' });

const LEAPOCR: Layout = { header: 'X-Webhook-Signature', encoding: 'hex', timestampHeader: 'X-Webhook-Timestamp' };
const LEAPOCR_FIRST: Layout = { header: 'X-R2-Signature', encoding: 'hex' };
/** LeapOCR's two generations: where there is anything of the newer one, it alone decides. */
export const leapOcr: Scheme = {
  ...plain('leapOcr', LEAPOCR),
  layoutOf: (get) =>
    (get('X-Webhook-Signature') ?? get('X-Webhook-Timestamp')) === undefined ? LEAPOCR_FIRST : LEAPOCR,
};

const withStandardNames = (family: 'webhook' | 'svix'): Layout => ({
  header: `${family}-signature`,
  separator: ' ',
  prefix: 'v1,',
  encoding: 'base64',
  timestampHeader: `${family}-timestamp`,
  idHeader: `${family}-id`,
  idIsSigned: true,
  before: (time, id) => `${id}.${time}.`,
});
/**
 * The symmetric signatures of https://www.standardwebhooks.com, version 1.0.0; and Svix, which has its own names for
 * the headers.
 */
export const standardWebhooks: Scheme = {
  name: 'standardWebhooks',
  keyOf: (secret) => {
    const base64 = secret.replace(/^whsec_/, '');
    if (base64 === '' || !BASE64.test(base64))
      throw new VerificationError('invalid_secret', 'a secret is not base64 after whsec_');
    return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  },
  layoutOf: (get) =>
    withStandardNames(
      get('webhook-signature') === undefined && get('svix-signature') !== undefined ? 'svix' : 'webhook',
    ),
};
