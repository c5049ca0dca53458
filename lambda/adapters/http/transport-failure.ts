/**
 * What went wrong on the way, in the delivery log's words: errors of c-ares, sockets, TLS and HTTP to a
 * {@link TransportFailure} and one sentence for the endpoint's owner. No sentence names an address; errors of sockets
 * do, so none of their messages is passed on.
 */
import { errors } from 'undici';
import type { AttemptPhase, TransportFailure } from '../../core/endpoint/endpoint';
import { errorCode } from './error-code';
import type { ResolutionError } from './resolver';

export interface DescribedFailure {
  readonly failure: TransportFailure;
  readonly message: string;
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

const PHASE_IN_WORDS: Record<AttemptPhase, string> = {
  resolve: "resolving the host's name",
  connect: 'connecting',
  tls: 'negotiating TLS',
  headers: 'waiting for the status and headers',
  body: 'reading the body of the answer, whose status had arrived',
};

const described = (failure: TransportFailure, message: string): DescribedFailure => ({ failure, message });

/** Whether an error says nothing about the endpoint, so that it must not be recorded as the endpoint's. */
export const isOurOwnFault = (error: unknown): boolean =>
  error instanceof LocalFaultError || OUR_OWN_FAULTS.has(codeOf(error));

export function describeTimeout(phase: AttemptPhase, deadlineMs: number): DescribedFailure {
  return described('timeout', `The deadline of ${deadlineMs / 1000} s passed while ${PHASE_IN_WORDS[phase]}.`);
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
      return described('refused', 'The connection was refused.');
    case 'ECONNRESET':
    case 'EPIPE':
      return described(
        'reset',
        phase === 'tls' ? 'The server closed the connection during the TLS handshake.' : 'The connection was reset.',
      );
  }
  if (phase === 'tls') return described('tls', describeTls(code, certificateValidTo));
  return described('unreachable', `The host could not be reached (${code}).`);
}

/**
 * Why a request that was on its way got no whole answer.
 *
 * @param headersArrived whether the answer's status and headers had come
 */
export function describeExchangeFailure(error: unknown, headersArrived: boolean): DescribedFailure {
  if (error instanceof MalformedAnswerError) return described('malformed', error.message);
  const code = codeOf(error);
  switch (code) {
    case 'UND_ERR_HEADERS_OVERFLOW':
      return described('malformed', "The answer's headers are larger than 16 KiB.");
    case 'UND_ERR_SOCKET':
      return describeSocketError(error, headersArrived);
    // also what undici says of a header that it cannot parse after a Content-Length
    case 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH':
      return headersArrived ? cutOff(true) : notHttp('');
  }
  // TLS 1.3 refuses a client after its handshake
  if (code.startsWith('ERR_SSL_')) return described('tls', describeTls(code));
  if (error instanceof errors.HTTPParserError) return describeParserError(error, headersArrived);
  return cutOff(headersArrived);
}

/** @param error whose message ends in llhttp's reason, in parentheses */
function describeParserError({ message }: Error, headersArrived: boolean): DescribedFailure {
  const reason = /\(.+\)$/.exec(message)?.[0] ?? '';
  return reason.includes('Invalid EOF state') ? cutOff(headersArrived) : notHttp(` ${reason}`.trimEnd());
}

function describeSocketError(error: unknown, headersArrived: boolean): DescribedFailure {
  const reason = error instanceof Error ? error.message : '';
  if (reason === 'bad response') return notHttp(' (100 Continue that was not asked for)');
  if (reason === 'bad upgrade') return notHttp(' (an upgrade that was not asked for)');
  return cutOff(headersArrived);
}

/** Why a name has no address. */
export function describeResolution({ code }: ResolutionError): DescribedFailure {
  switch (code) {
    case 'ENOTFOUND':
      return described('dns', "The host's name does not exist.");
    case 'ENODATA':
      return described('dns', "The host's name has no address.");
    case 'ETIMEOUT':
      return described('dns', "No name server answered for the host's name in time.");
    default:
      return described('dns', `The host's name could not be resolved (${code}).`);
  }
}

function describeTls(code: string, certificateValidTo?: string): string {
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return certificateValidTo
        ? `The server's certificate expired ${daysAgo(new Date(certificateValidTo))}.`
        : "The server's certificate has expired.";
    case 'CERT_NOT_YET_VALID':
      return "The server's certificate is not valid yet.";
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return "The server's certificate is not valid for the host's name.";
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return "The server's certificate is self-signed.";
    case 'SELF_SIGNED_CERT_IN_CHAIN':
      return "The server's certificate was issued by an authority that is not trusted.";
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
      return (
        "The server's certificate was issued by an unknown authority, or the server does not send its " +
        'intermediate certificates.'
      );
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return 'The server does not speak TLS on this port.';
    case 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION':
    case 'ERR_SSL_UNSUPPORTED_PROTOCOL':
      return 'The server does not speak TLS 1.2 or later.';
    default:
      return `The TLS handshake failed (${code}).`;
  }
}

function daysAgo(date: Date): string {
  const days = Math.floor((Date.now() - date.getTime()) / DAY_MS);
  if (days < 1) return 'less than a day ago';
  return days === 1 ? '1 day ago' : `${days} days ago`;
}

const cutOff = (headersArrived: boolean): DescribedFailure =>
  described(
    'reset',
    headersArrived
      ? 'The connection was closed before the whole answer had arrived.'
      : 'The connection was closed before an answer arrived.',
  );

const notHttp = (detail: string): DescribedFailure =>
  described('malformed', `The answer is not valid HTTP/1.1${detail}.`);

function codeOf(error: unknown): string {
  return errorCode(error) ?? 'unknown error';
}
