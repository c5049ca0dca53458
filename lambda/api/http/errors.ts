/**
 * Faults of requests, and how every error is answered: `{code, error: {message}, details?}`. No answer holds a secret,
 * a stack, or what a service of ours said.
 */
import {
  Conflict,
  Forbidden,
  InputTooLarge,
  InvalidInput,
  NotFound,
  PortUnavailable,
  RateLimited,
} from '../../core/shared/errors';

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
}

/** What was sent does not fit the operation's description. */
export class InvalidRequest extends Error {
  override readonly name = 'InvalidRequest';
  constructor(readonly details: readonly [ErrorDetail, ...ErrorDetail[]]) {
    super(`${details[0].field}: ${details[0].message}`);
  }
}

/** No credential, or none that is known. */
export class Unauthenticated extends Error {
  override readonly name = 'Unauthenticated';
}

/** The path is there, not for this method. */
export class MethodNotAllowed extends Error {
  override readonly name = 'MethodNotAllowed';
  constructor(readonly allowed: readonly string[]) {
    super(`This path takes ${allowed.join(', ')} only.`);
  }
}

export class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

export class UnsupportedMediaType extends Error {
  override readonly name = 'UnsupportedMediaType';
}

export interface ErrorAnswer {
  readonly status: 400 | 401 | 403 | 404 | 405 | 409 | 413 | 415 | 429 | 500 | 503;
  readonly body: {
    readonly code: ErrorCode;
    readonly error: { readonly message: string };
    readonly details?: readonly ErrorDetail[];
  };
  readonly headers: Readonly<Record<string, string>>;
}

/** A throttled table or queue has room again within moments. */
const UNAVAILABLE_RETRY_SECONDS = 2;
/** More do not help whoever reads them. */
const DETAILS_MAX = 20;

export function errorAnswer(error: unknown): ErrorAnswer {
  if (error instanceof InvalidRequest)
    return answer(400, 'VALIDATION_ERROR', error.message, {}, error.details.slice(0, DETAILS_MAX));
  if (error instanceof InputTooLarge) return answer(413, 'BAD_REQUEST', error.message);
  if (error instanceof InvalidInput)
    return answer(400, 'VALIDATION_ERROR', error.message, {}, [{ field: error.field, message: error.reason }]);
  if (error instanceof Unauthenticated)
    return answer(401, 'AUTHENTICATION_ERROR', error.message, { 'www-authenticate': 'Bearer' });
  if (error instanceof Forbidden) return answer(403, 'FORBIDDEN', error.message);
  if (error instanceof NotFound) return answer(404, 'NOT_FOUND', error.message);
  if (error instanceof MethodNotAllowed)
    return answer(405, 'BAD_REQUEST', error.message, { allow: error.allowed.join(', ') });
  if (error instanceof Conflict) return answer(409, 'CONFLICT', error.message);
  if (error instanceof TooLarge) return answer(413, 'BAD_REQUEST', error.message);
  if (error instanceof UnsupportedMediaType) return answer(415, 'BAD_REQUEST', error.message);
  if (error instanceof RateLimited)
    return answer(429, 'TOO_MANY_REQUESTS', error.message, { 'retry-after': String(error.retryAfterSeconds) });
  if (error instanceof PortUnavailable)
    return answer(
      503,
      'SYSTEM_ERROR',
      'A service that this needs did not answer; nothing is wrong with the request. Try again.',
      { 'retry-after': String(UNAVAILABLE_RETRY_SECONDS) },
    );
  return answer(500, 'SYSTEM_ERROR', 'Something failed on our side; the request id says which case it was.');
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

function answer(
  status: ErrorAnswer['status'],
  code: ErrorCode,
  message: string,
  headers: Record<string, string> = {},
  details: readonly ErrorDetail[] = [],
): ErrorAnswer {
  return { status, body: { code, error: { message }, details: details.length > 0 ? details : undefined }, headers };
}
