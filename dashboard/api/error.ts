/** What a call came to when it did not come to its answer. */
import type { components } from './schema';

type ErrorBody = components['schemas']['Error'];

/** The API answered, and not as hoped. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(
    readonly status: number,
    /** In the server's words, for people. */
    override readonly message: string,
    readonly details: NonNullable<ErrorBody['details']> = [],
    readonly requestId?: string,
    readonly retryAfterSeconds?: number,
  ) {
    super(message);
  }
}

/** There was no answer: the connection, or a server that is not there. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/** What was asked for may have been done all the same: no answer came, or only one of what stands between. */
export function mayBeDone(error: Error | null): boolean {
  return error instanceof Unreachable || (error instanceof ApiError && (error.status === 502 || error.status === 504));
}

/** @param body as it was parsed: API Gateway's own answers are `{"message": "..."}` */
export function apiError({ status, headers }: Pick<Response, 'status' | 'headers'>, body: unknown): ApiError {
  const { error, details, message } = (typeof body === 'object' && body !== null ? body : {}) as Partial<ErrorBody> & {
    message?: unknown;
  };
  const said = error?.message ?? (typeof message === 'string' ? message : '');
  const seconds = Number(headers.get('retry-after') ?? NaN);
  return new ApiError(
    status,
    said,
    details ?? [],
    headers.get('x-request-id') ?? undefined,
    Number.isFinite(seconds) ? seconds : undefined,
  );
}
