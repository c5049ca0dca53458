/** What a call came to when it did not come to its answer. */
import type { ServerReason } from './reason';
import type { components } from './schema';

type ErrorBody = components['schemas']['Error'];

/** The API's reason beside its sentence. */
type WithReason<Sentence> = Sentence & Omit<ServerReason, 'text'>;

/** The fault of one field of a request. */
export interface FieldReason {
  readonly field: string;
  readonly reason: ServerReason;
}

/** The API answered, and not as hoped. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  constructor(
    readonly status: number,
    readonly reason: ServerReason,
    readonly details: readonly FieldReason[] = [],
    readonly requestId?: string,
    readonly retryAfterSeconds?: number,
  ) {
    super(reason.text);
  }
}

/** There was no answer: the connection, or a server that is not there. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
}

/** The request may have been carried out: no response came, or only one from a proxy in between. */
export function mayBeDone(error: Error | null): boolean {
  return error instanceof Unreachable || (error instanceof ApiError && (error.status === 502 || error.status === 504));
}

/** @param body as it was parsed: API Gateway's own answers are `{"message": "..."}` */
export function apiError({ status, headers }: Pick<Response, 'status' | 'headers'>, body: unknown): ApiError {
  const {
    error,
    details = [],
    message,
  } = (typeof body === 'object' && body !== null ? body : {}) as {
    error?: WithReason<ErrorBody['error']>;
    details?: readonly WithReason<NonNullable<ErrorBody['details']>[number]>[];
    message?: unknown;
  };
  const seconds = Number(headers.get('retry-after') ?? NaN);
  return new ApiError(
    status,
    error === undefined ? { text: typeof message === 'string' ? message : '' } : reasonOf(error),
    details.map((detail) => ({ field: detail.field, reason: reasonOf(detail) })),
    headers.get('x-request-id') ?? undefined,
    Number.isFinite(seconds) ? seconds : undefined,
  );
}

function reasonOf({ message: text, code, params }: WithReason<{ readonly message: string }>): ServerReason {
  return { text, ...(code !== undefined && { code }), ...(params !== undefined && { params }) };
}
