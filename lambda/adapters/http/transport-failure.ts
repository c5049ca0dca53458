/**
 * What went wrong on the way, in the delivery log's words: errors of c-ares, sockets, TLS and HTTP to a
 * {@link TransportFailure} and one sentence for the endpoint's owner. No sentence names an address; errors of sockets
 * do, so none of their messages is passed on.
 */
import { errors } from 'undici';
import type { AttemptPhase, TransportFailure } from '../../core/endpoint/endpoint';
import { reason, type Reason, type ReasonCode } from '../../core/shared/reason';
import { errorCode } from './error-code';
import type { ResolutionError } from './resolver';

export interface DescribedFailure {
  readonly failure: TransportFailure;
  readonly reason: Reason;
}

/** An HTTP answer that a well-behaved server does not give. */
export class MalformedAnswerError extends Error {
  override readonly name = 'MalformedAnswerError';
}

/** Something failed on this side before the network had a part in it. */
export class LocalFaultError extends Error {
  override readonly name = 'LocalFaultError';
}

const DAY_MS = 86_400_000;

/**
 * No files or buffers left here, a request that cannot be written, a client that was closed: nothing that an endpoint
 * could do.
 */
const OUR_OWN_FAULTS = new Set([
  'EMFILE',
  'ENFILE',
  'ENOBUFS',
  'UND_ERR_INVALID_ARG',
  'UND_ERR_NOT_SUPPORTED',
  'UND_ERR_REQ_CONTENT_LENGTH_MISMATCH',
  'UND_ERR_DESTROYED',
  'UND_ERR_CLOSED',
]);

const TIMEOUTS = {
  resolve: 'timeout-resolving',
  connect: 'timeout-connecting',
  tls: 'timeout-tls',
  headers: 'timeout-headers',
  body: 'timeout-body',
} as const satisfies Record<AttemptPhase, ReasonCode>;

const described = (failure: TransportFailure, why: Reason): DescribedFailure => ({ failure, reason: why });

/** Whether an error says nothing about the endpoint, so that it must not be recorded as the endpoint's. */
export const isOurOwnFault = (error: unknown): boolean =>
  error instanceof LocalFaultError || OUR_OWN_FAULTS.has(codeOf(error));

export function describeTimeout(phase: AttemptPhase, deadlineMs: number): DescribedFailure {
  return described('timeout', reason(TIMEOUTS[phase], { seconds: deadlineMs / 1000 }));
}

/**
 * Why no socket was opened, or none with TLS.
 *
 * @param certificateValidTo until when the server's certificate is or was valid, where one was presented
 */
export function describeConnectFailure(
  error: unknown,
  phase: AttemptPhase,
  certificateValidTo?: string,
): DescribedFailure {
  const code = codeOf(error);
  switch (code) {
    case 'ECONNREFUSED':
      return described('refused', reason('connection-refused'));
    case 'ECONNRESET':
    case 'EPIPE':
      return described('reset', phase === 'tls' ? reason('tls-closed') : reason('connection-reset'));
  }
  if (phase === 'tls') return described('tls', describeTls(code, certificateValidTo));
  return described('unreachable', reason('host-unreachable', { detail: code }));
}

/**
 * Why a request that was on its way got no whole answer.
 *
 * @param headersArrived whether the answer's status and headers had come
 */
export function describeExchangeFailure(error: unknown, headersArrived: boolean): DescribedFailure {
  if (error instanceof MalformedAnswerError)
    return described('malformed', reason('response-malformed-detail', { detail: error.message }));
  const code = codeOf(error);
  switch (code) {
    case 'UND_ERR_HEADERS_OVERFLOW':
      return described('malformed', reason('headers-too-large', { limit: '16 KiB' }));
    case 'UND_ERR_SOCKET':
      return describeSocketError(error, headersArrived);
    // also what undici says of a header that it cannot parse after a Content-Length
    case 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH':
      return headersArrived ? cutOff(true) : notHttp();
  }
  // TLS 1.3 refuses a client after its handshake
  if (code.startsWith('ERR_SSL_')) return described('tls', describeTls(code));
  if (error instanceof errors.HTTPParserError) return describeParserError(error, headersArrived);
  return cutOff(headersArrived);
}

/** @param error whose message ends in llhttp's reason, in parentheses */
function describeParserError({ message }: Error, headersArrived: boolean): DescribedFailure {
  const detail = /\((.+)\)$/.exec(message)?.[1];
  return detail?.includes('Invalid EOF state') === true ? cutOff(headersArrived) : notHttp(detail);
}

function describeSocketError(error: unknown, headersArrived: boolean): DescribedFailure {
  const message = error instanceof Error ? error.message : '';
  if (message === 'bad response') return notHttp('unexpected 100 Continue');
  if (message === 'bad upgrade') return notHttp('unexpected upgrade');
  return cutOff(headersArrived);
}

/** Why a name has no address. */
export function describeResolution({ code }: ResolutionError): DescribedFailure {
  switch (code) {
    case 'ENOTFOUND':
      return described('dns', reason('name-not-found'));
    case 'ENODATA':
      return described('dns', reason('name-without-address'));
    case 'ETIMEOUT':
      return described('dns', reason('name-servers-silent'));
    default:
      return described('dns', reason('name-unresolved', { detail: code }));
  }
}

function describeTls(code: string, certificateValidTo?: string): Reason {
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return expired(certificateValidTo);
    case 'CERT_NOT_YET_VALID':
      return reason('certificate-not-yet-valid');
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return reason('certificate-wrong-name');
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return reason('certificate-self-signed');
    case 'SELF_SIGNED_CERT_IN_CHAIN':
      return reason('certificate-untrusted');
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return reason('certificate-unknown-issuer');
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return reason('tls-not-spoken');
    case 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION':
    case 'ERR_SSL_UNSUPPORTED_PROTOCOL':
      return reason('tls-too-old');
    default:
      return reason('tls-failed', { detail: code });
  }
}

function expired(validTo: string | undefined): Reason {
  if (validTo === undefined) return reason('certificate-expired');
  const days = Math.floor((Date.now() - new Date(validTo).getTime()) / DAY_MS);
  return days < 1 ? reason('certificate-expired') : reason('certificate-expired-days', { days });
}

const cutOff = (headersArrived: boolean): DescribedFailure =>
  described('reset', reason(headersArrived ? 'connection-closed-midway' : 'connection-closed-early'));

const notHttp = (detail?: string): DescribedFailure =>
  described(
    'malformed',
    detail === undefined ? reason('response-malformed') : reason('response-malformed-detail', { detail }),
  );

function codeOf(error: unknown): string {
  return errorCode(error) ?? 'unknown error';
}
