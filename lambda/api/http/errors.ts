/**
 * Faults of requests, and how every error is answered: `{code, error: {message, code, params?}, details?}`. No answer
 * holds a secret, a stack, or what a service of ours said.
 */
import {
  Conflict,
  Forbidden,
  InputTooLarge,
  InvalidInput,
  NotFound,
  PortUnavailable,
  RaceLost,
  RateLimited,
  Refusal,
} from '../../core/shared/errors';
import { reason, type Reason, type ReasonCode, reasonText } from '../../core/shared/reason';
import { reasonParams } from './reason-resource';

/** As LeapOCR's published clients know them. */
export const ERROR_CODES = [
  'VALIDATION_ERROR',
  'BAD_REQUEST',
  'AUTHENTICATION_ERROR',
  'FORBIDDEN',
  'NOT_FOUND',
  'CONFLICT',
  'TOO_MANY_REQUESTS',
  'SYSTEM_ERROR',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

export interface ErrorDetail {
  /** Dotted path of a field of the body, a parameter's name, or `body`. */
  readonly field: string;
  readonly message: string;
  readonly code: ReasonCode;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** A field, and what is wrong with it. */
export interface FieldFault {
  readonly field: string;
  readonly reason: Reason;
}

/** The request does not fit the operation's description. */
export class InvalidRequest extends Error {
  override readonly name = 'InvalidRequest';
  constructor(readonly faults: readonly [FieldFault, ...FieldFault[]]) {
    super(`${faults[0].field}: ${reasonText(faults[0].reason)}`);
  }
}

/** No credential, or none that is known. */
export class Unauthenticated extends Refusal {
  override readonly name = 'Unauthenticated';
}

/** The path exists, but not for this method. */
export class MethodNotAllowed extends Refusal {
  override readonly name = 'MethodNotAllowed';
  constructor(readonly allowed: readonly string[]) {
    super(reason('method-not-allowed', { methods: allowed.join(', ') }));
  }
}

export class TooLarge extends Refusal {
  override readonly name = 'TooLarge';
}

export class UnsupportedMediaType extends Refusal {
  override readonly name = 'UnsupportedMediaType';
}

export interface ErrorAnswer {
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 429 | 500 | 503;
  readonly body: {
    readonly code: ErrorCode;
    readonly error: {
      readonly message: string;
      readonly code: ReasonCode;
      readonly params?: Readonly<Record<string, unknown>>;
    };
    readonly details?: readonly ErrorDetail[];
  };
  readonly headers: Readonly<Record<string, string>>;
}

/** A throttled table or queue has room again within moments. */
const UNAVAILABLE_RETRY_SECONDS = 2;
/** More would not help the reader. */
const DETAILS_MAX = 20;

export function errorAnswer(error: unknown): ErrorAnswer {
  if (error instanceof InvalidRequest) return invalid(error.message, error.faults.slice(0, DETAILS_MAX));
  if (error instanceof InputTooLarge) return answer(413, 'BAD_REQUEST', error);
  if (error instanceof InvalidInput) return invalid(error.message, [error]);
  if (error instanceof Unauthenticated) {
    return answer(401, 'AUTHENTICATION_ERROR', error, { 'www-authenticate': 'Bearer' });
  }
  if (error instanceof Forbidden) return answer(403, 'FORBIDDEN', error);
  if (error instanceof NotFound) return answer(404, 'NOT_FOUND', error);
  if (error instanceof MethodNotAllowed) return answer(405, 'BAD_REQUEST', error, { allow: error.allowed.join(', ') });
  if (error instanceof Conflict) return answer(409, 'CONFLICT', error);
  if (error instanceof TooLarge) return answer(413, 'BAD_REQUEST', error);
  if (error instanceof UnsupportedMediaType) return answer(415, 'BAD_REQUEST', error);
  if (error instanceof RateLimited) {
    return answer(429, 'TOO_MANY_REQUESTS', error, { 'retry-after': String(error.retryAfterSeconds) });
  }
  if (error instanceof PortUnavailable || error instanceof RaceLost) {
    const headers = { 'retry-after': String(UNAVAILABLE_RETRY_SECONDS) };
    return answer(503, 'SYSTEM_ERROR', saying(reason('service-unavailable')), headers);
  }
  return answer(500, 'SYSTEM_ERROR', saying(reason('internal-error')));
}

/** What the log says of an error that is answered by 5xx. A parser's message quotes what it read, and is left out. */
export function errorFields(error: unknown): Record<string, string | undefined> {
  if (!(error instanceof Error)) return { error: typeof error };
  const stack = (error.stack ?? '')
    .split('\n')
    .filter((line) => line.startsWith('    at '))
    .slice(0, 8)
    .join('\n');
  return { error: error.name, reason: error instanceof SyntaxError ? undefined : error.message, stack };
}

interface Said {
  readonly message: string;
  readonly reason: Reason;
}

function saying(why: Reason): Said {
  return { message: reasonText(why), reason: why };
}

function answer(
  status: ErrorAnswer['status'],
  code: ErrorCode,
  { message, reason: why }: Said,
  headers: Record<string, string> = {},
): ErrorAnswer {
  return { status, body: { code, error: { message, code: why.code, params: reasonParams(why) } }, headers };
}

function invalid(message: string, faults: readonly FieldFault[]): ErrorAnswer {
  const { body, ...rest } = answer(400, 'VALIDATION_ERROR', { message, reason: faults[0]!.reason });
  const details = faults.map(({ field, reason: why }) => ({
    field,
    message: reasonText(why),
    code: why.code,
    params: reasonParams(why),
  }));
  return { ...rest, body: { ...body, details } };
}
