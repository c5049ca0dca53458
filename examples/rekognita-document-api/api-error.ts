/**
 * The errors of the API, in the form that its customers know: `{"error": {"code", "message", "param"?, "doc_url"?}}`.
 */

const STATUS = {
  invalid_request: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  file_too_large: 413,
  invalid_file_type: 415,
  internal_error: 500,
  service_unavailable: 503,
} as const;

export type ErrorCode = keyof typeof STATUS;

/** What a request is answered with when it cannot be done. The message is for whoever sent it. */
export class ApiError extends Error {
  /** @param param the field of the request that is at fault */
  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly param?: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = 'ApiError';
  }

  get status(): number {
    return STATUS[this.code];
  }

  /** @param docsUrl a page that says what errors mean, by `#` and their code */
  body(docsUrl?: string): object {
    const { code, message, param } = this;
    return {
      error: {
        code,
        message,
        ...(param !== undefined && { param }),
        ...(docsUrl !== undefined && { doc_url: `${docsUrl}#${code}` }),
      },
    };
  }
}
