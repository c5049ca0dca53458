/**
 * Reasons that people see: why an attempt, a delivery or a request failed, why a webhook was disabled. A reason is a
 * code with parameters. The English sentence follows from both, and the API gives all three, so that a client can
 * translate by code. Codes and the names of parameters are part of the API.
 */

/** A parameter: a text or a number as it is to be shown, or another reason that caused this one. */
export type ReasonValue = string | number | Reason;

export interface Reason {
  readonly code: ReasonCode;
  /** By name, as the code's sentence uses them. */
  readonly params: Readonly<Record<string, ReasonValue>>;
}

interface Caused {
  readonly cause: Reason;
}

/** The sentence of each code, but for those of fields. */
const OUTCOMES = {
  // What came of an attempt.
  'endpoint-responded': ({ status }: { status: number }) => `The endpoint responded with ${status}.`,
  'redirect-not-followed': ({ status }: { status: number }) =>
    `The endpoint responded with ${status}. Redirects are not followed.`,
  'endpoint-gone': () => 'The endpoint responded with 410 Gone.',
  'timeout-resolving': ({ seconds }: Seconds) => `The ${seconds} s deadline passed while resolving the host name.`,
  'timeout-connecting': ({ seconds }: Seconds) => `The ${seconds} s deadline passed while connecting.`,
  'timeout-tls': ({ seconds }: Seconds) => `The ${seconds} s deadline passed during the TLS handshake.`,
  'timeout-headers': ({ seconds }: Seconds) =>
    `The ${seconds} s deadline passed while waiting for the response status and headers.`,
  'timeout-body': ({ seconds }: Seconds) =>
    `The ${seconds} s deadline passed while reading the response body. The status had arrived.`,
  'connection-refused': () => 'The connection was refused.',
  'connection-reset': () => 'The connection was reset.',
  'connection-closed-early': () => 'The connection was closed before a response arrived.',
  'connection-closed-midway': () => 'The connection was closed before the whole response arrived.',
  'host-unreachable': ({ detail }: Detail) => `The host could not be reached (${detail}).`,
  'headers-too-large': ({ limit }: { limit: string }) => `The response headers are larger than ${limit}.`,
  'response-malformed': () => 'The response is not valid HTTP/1.1.',
  'response-malformed-detail': ({ detail }: Detail) => `The response is not valid HTTP/1.1 (${detail}).`,
  'name-not-found': () => 'The host name does not exist.',
  'name-without-address': () => 'The host name has no address.',
  'name-servers-silent': () => 'No name server answered for the host name in time.',
  'name-unresolved': ({ detail }: Detail) => `The host name could not be resolved (${detail}).`,
  'certificate-expired': () => "The server's certificate has expired.",
  'certificate-expired-days': ({ days }: { days: number }) =>
    `The server's certificate expired ${days} ${days === 1 ? 'day' : 'days'} ago.`,
  'certificate-not-yet-valid': () => "The server's certificate is not valid yet.",
  'certificate-wrong-name': () => "The server's certificate is not valid for the host name.",
  'certificate-self-signed': () => "The server's certificate is self-signed.",
  'certificate-untrusted': () => "The server's certificate was issued by an authority that is not trusted.",
  'certificate-unknown-issuer': () =>
    "The server's certificate was issued by an unknown authority, or the server does not send its intermediate " +
    'certificates.',
  'tls-closed': () => 'The server closed the connection during the TLS handshake.',
  'tls-not-spoken': () => 'The server does not use TLS on this port.',
  'tls-too-old': () => 'The server does not support TLS 1.2 or later.',
  'tls-failed': ({ detail }: Detail) => `The TLS handshake failed (${detail}).`,

  // Why a delivery ended without being delivered.
  'last-attempt-failed': ({ cause }: Caused) => `The last attempt failed. ${reasonText(cause)}`,
  'rate-limit-exhausted': () => "Not sent within 24 hours because of the webhook's rate limit.",
  'payload-expired': () => "The event's payload is no longer stored.",
  'payload-not-an-object': () => 'The payload is not a JSON object. This text is what is sent.',
  'webhook-deleted': () => 'The webhook was deleted.',
  'webhook-disabled': () => 'The webhook was disabled.',
  'plan-without-webhooks': ({ plan }: { plan: string }) => `The plan "${plan}" does not include webhooks.`,

  unknown: () => 'The reason is not known.',

  // Why a webhook is disabled.
  'disabled-by-owner': () => 'Disabled by its owner.',
  'consecutive-failures': ({ count, cause }: Caused & { count: number }) =>
    `${count} consecutive deliveries failed. Last failure: ${reasonText(cause)}`,

  // The endpoint policy.
  'url-too-long': ({ limit }: Limit) => `The endpoint URL must have at most ${limit} characters.`,
  'url-too-long-encoded': ({ limit }: Limit) =>
    `The endpoint URL must have at most ${limit} characters after percent-encoding.`,
  'url-characters-invalid': () =>
    'The endpoint URL contains a space, a control character or a backslash. Percent-encode it.',
  'url-invalid': () => 'Enter an absolute URL, such as https://hooks.your-company.com/path.',
  'scheme-not-allowed': ({ schemes }: { schemes: string }) => `The endpoint URL must start with ${schemes}.`,
  'userinfo-not-allowed': () =>
    'The endpoint URL must not contain a user name or password. Verify the signature instead.',
  'fragment-not-allowed': () => 'The endpoint URL must not contain a fragment (#...), because it is never sent.',
  'port-not-allowed': ({ ports }: { ports: string }) => `The port must be ${ports}.`,
  'ip-literal-not-allowed': () => 'The host must be a name, not an IP address.',
  'localhost-not-allowed': () => 'The host must not be localhost.',
  'single-label-name': () => 'The host must be a full name, such as hooks.your-company.com.',
  'reserved-name': ({ domain }: { domain: string }) =>
    `The host is under .${domain}, which is not on the public internet.`,
  'name-invalid': () => 'The host is not a valid host name.',
  'address-not-public': () => 'The host resolves to an address that is not on the public internet.',

  // Why a recovery stopped.
  'recovery-webhook-disabled': () => 'The webhook is disabled. Enable it, then start the recovery again.',

  // Why a request to the API failed.
  'path-not-found': () => 'There is nothing at this path.',
  'webhook-not-found': () => 'Webhook not found.',
  'delivery-not-found': () => 'Delivery not found.',
  'event-not-found': () => 'Event not found, or no longer stored.',
  'recovery-not-found': () => 'This webhook has had no recovery.',
  'method-not-allowed': ({ methods }: { methods: string }) => `This path accepts only ${methods}.`,
  'body-too-large': ({ bytes, limit }: Limit & { bytes: number }) =>
    `The body has ${bytes} bytes. At most ${limit} are allowed.`,
  'content-type-not-json': () => 'The body must be JSON, with the header Content-Type: application/json.',
  'credential-missing': () =>
    'A credential is required. Send a key as X-API-KEY, or a key or token as Authorization: Bearer.',
  'credential-unknown': () => 'The credential is unknown or no longer valid.',
  'operator-only': () => 'Only the platform itself may do this, with its operator key or by IAM.',
  'scope-missing': ({ scopes }: { scopes: string }) => `This credential lacks the scope ${scopes}.`,
  'service-unavailable': () => 'A service that this request needs did not respond. Try again.',
  'internal-error': () => 'Something failed on our side. Quote the request id when you contact support.',
  'cursor-mismatch': () =>
    'The cursor does not belong to this list (tenant and filters must be the same). Start again without it.',
  'webhook-changing': () => 'The webhook was changed at the same time. Try again.',
  'secret-changing': () => 'The secret was changed at the same time. Try again.',
  'plan-changing': () => 'The plan was changed at the same time. Try again.',
  'plan-limit-reached': ({ plan, limit }: Limit & { plan: string }) =>
    `The plan "${plan}" is limited to ${limit} webhooks. Delete one or upgrade the plan.`,
  'plan-upgrade-needed': ({ plan, plans }: { plan: string; plans: string }) =>
    `The plan "${plan}" does not include webhooks. Plans that do: ${plans}.`,
  'headers-for-another-host': () =>
    'Custom headers are not copied to a different host. Send "headers" together with the new URL, or {} to remove ' +
    'them.',
  'retry-payload-expired': () => "The event's payload is no longer stored, so this delivery cannot be sent again.",
  'retry-limit-reached': ({ limit }: Limit) =>
    `This delivery has been retried ${limit} times, the maximum. Fix the endpoint and wait for new events.`,
  'retry-before-first-attempt': () =>
    'This delivery is still pending. Its first attempt is about to be made. Retry it after it has failed.',
  'retry-before-next-attempt': ({ at }: { at: string }) =>
    `This delivery is still pending. Its next attempt is due at ${at}. Retry it after it has failed.`,
  'retry-webhook-deleted': () =>
    'The webhook of this delivery was deleted, so it cannot be sent again. A new webhook receives new events only.',
  'retry-webhook-disabled': () => 'The webhook is disabled. Enable it, then retry.',
  'recover-since-future': () => '"since" must not be in the future.',
  'recover-webhook-disabled': () => 'The webhook is disabled. Enable it, then recover missed events.',
  'test-limit-reached': ({ limit }: Limit) => `At most ${limit} tests and health checks a minute. Wait a minute.`,
  'test-host-limit-reached': () => 'This host is being tested too often. Wait a minute.',
} satisfies Sentences;

/** What is wrong with a field. The field's name stands before these. */
const FIELD_FAULTS = {
  required: () => 'is required',
  repeated: () => 'is given more than once',
  'not-known': () => 'is not a field of this request',
  'not-known-parameter': () => 'is not a parameter of this operation',
  'not-known-event-field': ({ known }: { known: string }) => `is not a field of an event. Fields: ${known}`,
  'not-known-beside-events': () => 'is not allowed beside "events"',
  'name-forbidden': () => 'is not an allowed field name',
  'not-a-string': () => 'must be a string',
  'not-a-boolean': () => 'must be true or false',
  'not-a-number': () => 'must be a number',
  'not-a-whole-number': () => 'must be a whole number',
  'not-a-list': () => 'must be a list',
  'not-an-object': () => 'must be an object',
  'not-this': ({ value }: { value: string }) => `must be ${value}`,
  'page-limit-invalid': ({ limit }: Limit) => `must be a whole number from 1 to ${limit}`,
  'not-one-of': ({ values }: { values: string }) => `must be one of ${values}`,
  'too-short': ({ limit }: Limit) => `must have at least ${limit} ${limit === 1 ? 'character' : 'characters'}`,
  'too-long': ({ limit }: Limit) => `must have at most ${limit} ${limit === 1 ? 'character' : 'characters'}`,
  'too-few': ({ limit }: Limit) => `must have at least ${limit} ${limit === 1 ? 'item' : 'items'}`,
  'too-many': ({ limit }: Limit) => `must have at most ${limit} ${limit === 1 ? 'item' : 'items'}`,
  'too-small': ({ limit }: Limit) => `must be at least ${limit}`,
  'too-large': ({ limit }: Limit) => `must be at most ${limit}`,
  'target-invalid': () => 'must be the id of a webhook, a UUID, or of an origin, url: and 32 hexadecimal digits',
  'target-required': () => 'is required: the id of a webhook, or of an origin',
  'webhook-id-invalid': () => 'must be a UUID',
  'delivery-id-invalid': () => 'must be the id of a delivery',
  unfit: () => 'is not valid',
  'cursor-invalid': () => 'is not a cursor. Start again without it',
  'not-json': () => 'is not JSON',
  'not-json-detail': ({ detail }: Detail) => `is not JSON: ${detail}`,
  'not-utf8': () => 'is not UTF-8',
  'not-json-object': () => 'must be a JSON object',
  'too-deep': () => 'is nested too deeply',
  'unpaired-surrogate': () => 'contains an unpaired surrogate, which has no bytes in UTF-8',
  'event-too-large': ({ bytes, limit }: Limit & { bytes: number }) =>
    `has ${bytes} bytes. At most ${limit} are allowed. Send a reference to the data instead`,
  'event-id-invalid': () => 'must have 1 to 128 characters of A-Z a-z 0-9 _ : -',
  'event-type-unknown': ({ type, known }: { type: string; known: string }) =>
    `"${type}" is not in the event catalog (${known})`,
  'payload-type-wrong': () => 'must be an object or a string',
  'time-invalid': () => 'must be an RFC 3339 time, such as 2026-03-19T10:21:44Z',
  'tenant-id-parts-wrong': ({ count, limit }: Limit & { count: number }) =>
    `has ${count} ${count === 1 ? 'part' : 'parts'} joined by "/". The tenant ids of this platform have ${limit}`,
  'tenant-id-part-reserved': () => 'must not have a part "." or ".."',
  'tenant-id-part-invalid': () => 'must have parts of 1 to 64 characters of A-Z a-z 0-9 _ . -',
  'tenant-mismatch': () => 'must be the tenant of the path, or be left out',
  'events-shape-wrong': () => 'must be an event, or {"events": [...]}',
  'events-count-wrong': ({ limit }: Limit) => `must be a list of 1 to ${limit} events`,
  'event-types-count-wrong': ({ count, limit }: Limit & { count: number }) =>
    `must name 1 to ${limit} event types, not ${count}`,
  'rate-limit-invalid': ({ limit }: Limit) =>
    `must be a whole number of deliveries a second from 1 to ${limit}, or null for no limit`,
  'overlap-invalid': ({ limit }: Limit) => `must be a whole number from 0 to ${limit}`,
  'plan-invalid': () => 'must have 1 to 64 characters of a-z 0-9 _ -, such as growth',
  'header-name-invalid': () => 'must be a header name of 1 to 100 characters (RFC 9110, section 5.1)',
  'header-name-reserved': () => 'is a header that the sender or the connection sets. Choose another name',
  'header-value-invalid': () => 'must be printable ASCII, not empty, and must not begin or end with a space',
  'header-name-repeated': () => 'is given twice. Header names are not case-sensitive',
  'headers-too-many': ({ count, limit }: Limit & { count: number }) =>
    `has ${count} headers. At most ${limit} are allowed`,
  'headers-size-exceeded': ({ bytes, limit }: Limit & { bytes: number }) =>
    `has ${bytes} bytes of names and values. At most ${limit} are allowed`,
} satisfies Sentences;

type Sentences = Readonly<Record<string, (params: never) => string>>;

interface Seconds {
  readonly seconds: number;
}

interface Detail {
  readonly detail: string;
}

interface Limit {
  readonly limit: number;
}

type SentenceOf = typeof OUTCOMES & typeof FIELD_FAULTS;

export type ReasonCode = keyof SentenceOf;

/** The parameters of a code; `undefined` where it has none. */
export type ReasonParams<C extends ReasonCode> = Parameters<SentenceOf[C]>[0];

export function reasonCodes(): readonly ReasonCode[] {
  return [...Object.keys(OUTCOMES), ...Object.keys(FIELD_FAULTS)] as ReasonCode[];
}

/** @example reason('endpoint-responded', { status: 500 }) */
export function reason<C extends ReasonCode>(
  code: C,
  ...[params]: ReasonParams<C> extends undefined ? [] : [ReasonParams<C>]
): Reason {
  return { code, params: (params ?? {}) as Reason['params'] };
}

/** The reason in English. A code of a later version is its own text. */
export function reasonText(reason: Reason): string {
  return sentence(OUTCOMES, reason) ?? fieldFaultText(reason);
}

/** {@link reasonText} for what can only be wrong with a field. Bundles without other reasons leave those out. */
export function fieldFaultText(reason: Reason): string {
  return sentence(FIELD_FAULTS, reason) ?? reason.code;
}

function sentence(table: Sentences, { code, params }: Reason): string | undefined {
  return table[code]?.(params as never);
}
