// The receiver's side of the signatures, written from the guides alone and sharing nothing with lambda/core, so that
// each checks the other.
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** How far a signed timestamp may be from now: 5 minutes, as the Standard Webhooks libraries have it. */
const TOLERANCE_SECONDS = 300;

export interface Verdict {
  /** The header that carries the signature. */
  readonly scheme: string;
  readonly valid: boolean;
  /** Why it is not valid. */
  readonly reason?: string;
}

function equal(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function header(headers: IncomingHttpHeaders, name: string): string {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
}

const hexHmac = (secret: string, ...parts: (string | Buffer)[]): string =>
  parts.reduce((hmac, part) => hmac.update(part), createHmac('sha256', secret)).digest('hex');

function staleReason(timestamp: string, nowSeconds: number): string | undefined {
  if (!/^\d+$/.test(timestamp)) return 'the timestamp header is not a number of seconds';
  const away = Math.abs(Number(timestamp) - nowSeconds);
  return away > TOLERANCE_SECONDS ? `the timestamp is ${Math.round(away)} s away` : undefined;
}

/**
 * X-R2-Signature: lower-case hex HMAC-SHA256 of the raw body, keyed with the whole secret string (LeapOCR's webhook
 * guide).
 */
function r2Signature(secret: string, headers: IncomingHttpHeaders, body: Buffer): string | undefined {
  const given = header(headers, 'x-r2-signature');
  if (given === '') return 'the header is missing';
  return equal(given, hexHmac(secret, body)) ? undefined : 'the signature is of other bytes or by another secret';
}

/** X-Webhook-Signature: the same of `{X-Webhook-Timestamp}.{raw body}` (LeapOCR's client libraries 2.x). */
function timestampedSignature(
  secret: string,
  headers: IncomingHttpHeaders,
  body: Buffer,
  nowSeconds: number,
): string | undefined {
  const given = header(headers, 'x-webhook-signature');
  if (given === '') return 'the header is missing';
  const timestamp = header(headers, 'x-webhook-timestamp');
  const stale = staleReason(timestamp, nowSeconds);
  if (stale !== undefined) return stale;
  return equal(given, hexHmac(secret, `${timestamp}.`, body))
    ? undefined
    : 'the signature is of other bytes or by another secret';
}

/**
 * webhook-signature: space-separated `v1,` + base64 HMAC-SHA256 of `{webhook-id}.{webhook-timestamp}.{raw body}`, keyed
 * with the decoded secret (Standard Webhooks 1.0.0).
 */
function standardSignature(
  secret: string,
  headers: IncomingHttpHeaders,
  body: Buffer,
  nowSeconds: number,
): string | undefined {
  const given = header(headers, 'webhook-signature');
  if (given === '') return 'the header is missing';
  const [id, timestamp] = [header(headers, 'webhook-id'), header(headers, 'webhook-timestamp')];
  if (id === '') return 'the header webhook-id is missing';
  const stale = staleReason(timestamp, nowSeconds);
  if (stale !== undefined) return stale;
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const expected = `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64')}`;
  return given.split(' ').some((signature) => equal(signature, expected))
    ? undefined
    : 'no signature is of these bytes by this secret';
}

const SCHEMES = {
  'X-R2-Signature': r2Signature,
  'X-Webhook-Signature': timestampedSignature,
  'webhook-signature': standardSignature,
};

/** Checks each of the schemes that a LeapOCR delivery carries. */
export function checkSignatures(
  secret: string,
  headers: IncomingHttpHeaders,
  body: Buffer,
  nowSeconds: number,
): readonly Verdict[] {
  return Object.entries(SCHEMES).map(([scheme, check]) => {
    const reason = check(secret, headers, body, nowSeconds);
    return { scheme, valid: reason === undefined, ...(reason !== undefined && { reason }) };
  });
}
