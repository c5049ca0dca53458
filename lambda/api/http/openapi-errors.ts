/** Errors in the OpenAPI document: the responses that operations share, and which of them an operation has. */
import { type OpenAPIHono, z } from '@hono/zod-openapi';
import { reason, type Reason, reasonText } from '../../core/shared/reason';
import type { Rule } from '../auth/access';
import { ERROR_CODES, type ErrorCode } from './errors';
import { REASON_CODE, REASON_PARAMS, reasonParams } from './reason-resource';

const ERRORS = {
  400: {
    name: 'InvalidRequest',
    code: 'VALIDATION_ERROR',
    description: 'What was sent does not fit: `details` names the fields.',
    reason: reason('required'),
  },
  401: {
    name: 'Unauthenticated',
    code: 'AUTHENTICATION_ERROR',
    description: 'No credential, or none that is known.',
    reason: reason('credential-unknown'),
  },
  403: {
    name: 'Forbidden',
    code: 'FORBIDDEN',
    description: "The credential may not do this, or the tenant's plan does not allow it.",
    reason: reason('scope-missing', { scopes: 'webhooks:write' }),
  },
  404: {
    name: 'NotFound',
    code: 'NOT_FOUND',
    description: "There is no such thing; another tenant's is not told apart from it.",
    reason: reason('webhook-not-found'),
  },
  409: {
    name: 'Conflict',
    code: 'CONFLICT',
    description: 'It does not go with how things stand; the message says what to do first.',
    reason: reason('recover-webhook-disabled'),
  },
  413: {
    name: 'TooLarge',
    code: 'BAD_REQUEST',
    description: 'The body is too large.',
    reason: reason('body-too-large', { bytes: 70_000, limit: 65_536 }),
  },
  415: {
    name: 'UnsupportedMediaType',
    code: 'BAD_REQUEST',
    description: 'The body is not said to be JSON.',
    reason: reason('content-type-not-json'),
  },
  429: {
    name: 'TooManyRequests',
    code: 'TOO_MANY_REQUESTS',
    description:
      "Too often; `Retry-After` says when again. API Gateway's own throttling answers with this status and a " +
      'body of its own.',
    reason: reason('test-limit-reached', { limit: 30 }),
  },
  500: {
    name: 'Failed',
    code: 'SYSTEM_ERROR',
    description: 'Something failed on our side.',
    reason: reason('internal-error'),
  },
  503: {
    name: 'Unavailable',
    code: 'SYSTEM_ERROR',
    description: 'A service that this needs did not answer; `Retry-After` says when to try again.',
    reason: reason('service-unavailable'),
  },
} as const satisfies Record<number, { name: string; code: ErrorCode; description: string; reason: Reason }>;
type ErrorStatus = keyof typeof ERRORS;

const errorSchema = z
  .object({
    code: z.enum(ERROR_CODES),
    error: z.object({
      message: z.string().openapi({ description: 'For people: what was wrong, and what to do.' }),
      code: REASON_CODE,
      params: REASON_PARAMS.optional(),
    }),
    details: z
      .array(z.object({ field: z.string(), message: z.string(), code: REASON_CODE, params: REASON_PARAMS.optional() }))
      .optional()
      .openapi({ description: 'Of a request that does not fit, field by field.' }),
  })
  .openapi('Error');

/** Registers the error and its responses as components. */
export function registerErrors(registry: OpenAPIHono['openAPIRegistry']): void {
  registry.register('Error', errorSchema);
  for (const [status, { name, code, description, reason: why }] of Object.entries(ERRORS)) {
    const words = reasonText(why);
    const [message, details] =
      status === '400' ? [`url: ${words}`, [{ field: 'url', message: words, code: why.code }]] : [words];
    registry.registerComponent('responses', name, {
      description,
      headers: headersOf(Number(status)),
      content: {
        'application/json': {
          schema: { $ref: '#/components/schemas/Error' },
          example: { code, error: { message, code: why.code, params: reasonParams(why) }, details },
        },
      },
    });
  }
}

/** @returns the errors of an operation by status */
export function errorResponses(statuses: readonly ErrorStatus[]): Record<string, { $ref: string }> {
  return Object.fromEntries(
    statuses.map((status) => [status, { $ref: `#/components/responses/${ERRORS[status].name}` }]),
  );
}

/**
 * All that can come of an operation but its success. A path with a parameter has 404, because what fits its schema need
 * not exist.
 */
export function errorsOf(rule: Rule, tenant: boolean, body: boolean, own: readonly ErrorStatus[]): ErrorStatus[] {
  const all: [ErrorStatus, boolean][] = [
    [400, true],
    [401, rule !== 'anyone'],
    [403, rule !== 'anyone' && rule !== 'principal'],
    [404, tenant],
    [409, own.includes(409)],
    [413, body],
    [415, body],
    [429, true],
    [500, true],
    [503, rule !== 'anyone'],
  ];
  return all.filter(([, comes]) => comes).map(([status]) => status);
}

function headersOf(status: number): Record<string, { description: string; schema: { type: 'string' | 'integer' } }> {
  if (status === 401)
    return { 'WWW-Authenticate': { description: 'How to send a credential.', schema: { type: 'string' } } };
  return status === 503 || status === 429
    ? { 'Retry-After': { description: 'Seconds.', schema: { type: 'integer' } } }
    : {};
}
