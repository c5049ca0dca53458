/**
 * The OpenAPI 3.1 document, made when it is first asked for, of the same operations and schemas that requests are
 * checked by.
 */
import { REASON_CODE, REASON_PARAMS, reasonParams } from './reason-resource';
import { reason, type Reason, reasonText } from '../../core/shared/reason';
import { OpenAPIHono, type RouteConfig, z } from '@hono/zod-openapi';
import type { EventCatalogue, Profile } from '../../core/shared/profile';
import { ACCESS, describeRule, type Rule } from '../auth/access';
import type { ApiSettings } from '../context';
import { requestHeaders } from '../deliveries/delivery-resource';
import { ERROR_CODES, type ErrorCode } from './errors';
import { API_PREFIX, type Operation, serviceOperation, type Tag } from './operation';

const CACHE_SECONDS = 300;

const TAGS: Record<Tag, string> = {
  Account: "A tenant's own secret and plan.",
  Catalogue: 'What events there are.',
  Deliveries: 'What went where, and how it ended.',
  Events: 'Producing events by HTTP, and what receivers get of them.',
  Portal: "Tokens for a tenant's browser.",
  Recovery: 'Sending what failed once more.',
  Webhooks: 'Where events go: subscriptions, their secrets, and trying them out.',
};

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

export type OpenApiDocument = ReturnType<OpenAPIHono['getOpenAPI31Document']>;

/** The operation that serves the document of the others, and of itself. */
export function documentOperation(settings: ApiSettings, others: readonly Operation[]): Operation {
  let document: OpenApiDocument | undefined;
  const operation: Operation = serviceOperation({
    id: 'getOpenApi',
    method: 'get',
    path: '/openapi.json',
    tag: 'Catalogue',
    summary: 'Read this document',
    description: 'OpenAPI 3.1.',
    success: {
      status: 200,
      description: 'The document.',
      schema: z.record(z.string(), z.unknown()),
      example: { openapi: '3.1.0' },
    },
    run: () => {
      document ??= openApiDocument(settings, [operation, ...others]);
      return Promise.resolve({
        body: { ...document },
        headers: { 'cache-control': `public, max-age=${CACHE_SECONDS}` },
      });
    },
  });
  return operation;
}

export function openApiDocument(
  { profile, catalogue }: ApiSettings,
  operations: readonly Operation[],
): OpenApiDocument {
  const api = new OpenAPIHono();
  const registry = api.openAPIRegistry;
  registry.registerComponent('securitySchemes', 'ApiKey', {
    type: 'apiKey',
    in: 'header',
    name: 'X-API-KEY',
    description: 'A key of the platform, or of its customer where the platform lets it.',
  });
  registry.registerComponent('securitySchemes', 'Bearer', {
    type: 'http',
    scheme: 'bearer',
    description: 'A key, a portal token, or a token of the platform.',
  });
  registry.register('Error', errorSchema);
  for (const [status, { name, code, description, reason: why }] of Object.entries(ERRORS)) {
    const example = {
      code,
      error: {
        message: messageOf(why, status === '400' ? 'url' : undefined),
        code: why.code,
        params: reasonParams(why),
      },
      ...(status === '400' && { details: [{ field: 'url', message: reasonText(why), code: why.code }] }),
    };
    registry.registerComponent('responses', name, {
      description,
      headers: headersOf(Number(status)),
      content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' }, example } },
    });
  }
  for (const operation of operations) registry.registerPath(routeOf(operation));
  for (const eventType of catalogue.eventTypes) registry.registerWebhook(webhookOf(eventType, profile));
  return api.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'Webhooks',
      version: '1.0.0',
      description:
        'Subscribe to events, see what became of their deliveries, and send them again. Errors are `{code, ' +
        'error: {message, code, params?}, details?}`; unset fields are left out; times are RFC 3339 in UTC.',
      contact: { name: 'cdk-webhooks', url: 'https://github.com/cdk-webhooks/cdk-webhooks' },
    },
    servers: [{ url: API_PREFIX, description: 'This API.' }],
    tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
  });
}

function routeOf({
  id,
  method,
  path,
  tag,
  summary,
  description,
  params,
  query,
  body,
  success,
  tenant,
  unknown: _unknown,
  ...operation
}: Operation): RouteConfig {
  const rule: Rule = ACCESS[id];
  return {
    ...{ method, path, operationId: id, tags: [tag], summary },
    description: `${description}\n\nWho may: ${describeRule(rule)}.`,
    security: rule === 'anyone' ? [] : [{ ApiKey: [] }, { Bearer: [] }],
    request: {
      params,
      query,
      ...(body !== undefined && {
        body: {
          required: body.kind === 'text' || body.required,
          content: { 'application/json': { schema: body.schema, example: body.example } },
        },
      }),
    },
    responses: {
      [success.status]: {
        description: success.description,
        ...(success.status !== 204 && {
          content: { 'application/json': { schema: success.schema, example: success.example } },
        }),
        ...(success.leadsTo !== undefined && { links: linksOf(success.leadsTo, tenant?.parameters ?? []) }),
      },
      ...Object.fromEntries(
        errorsOf(rule, tenant !== undefined, body !== undefined, operation.errors ?? []).map((status) => [
          status,
          { $ref: `#/components/responses/${ERRORS[status].name}` },
        ]),
      ),
    },
  };
}

/**
 * All that can come of an operation but its success. A path with a parameter has 404: not everything that fits its
 * schema is there.
 */
function errorsOf(rule: Rule, tenant: boolean, body: boolean, own: readonly ErrorStatus[]): ErrorStatus[] {
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

function linksOf(
  leadsTo: NonNullable<Operation['success']['leadsTo']>,
  tenantParameters: readonly string[],
): Record<string, { operationId: string; parameters: Record<string, string> }> {
  const tenant = Object.fromEntries(tenantParameters.map((name) => [name, `$request.path.${name}`]));
  return Object.fromEntries(
    Object.entries(leadsTo).map(([operationId, parameters]) => [
      operationId,
      { operationId, parameters: { ...tenant, ...parameters } },
    ]),
  );
}

function headersOf(status: number): Record<string, { description: string; schema: { type: 'string' | 'integer' } }> {
  if (status === 401)
    return { 'WWW-Authenticate': { description: 'How to send a credential.', schema: { type: 'string' } } };
  return status === 503 || status === 429
    ? { 'Retry-After': { description: 'Seconds.', schema: { type: 'integer' } } }
    : {};
}

/** What a webhook's endpoint gets of an event type. */
function webhookOf(
  { name, description, schema, example }: EventCatalogue['eventTypes'][number],
  profile: Profile,
): Parameters<OpenAPIHono['openAPIRegistry']['registerWebhook']>[0] {
  const sent = requestHeaders(profile, 'EVENT_ID', []).filter(({ name: header }) => header !== 'content-type');
  const headers = sent.map(
    ({ name: header, value }) =>
      [
        header,
        z.string().openapi({
          description: headerDescription(header, profile),
          ...(value !== undefined && header !== 'webhook-id' && { example: value }),
        }),
      ] as const,
  );
  return {
    method: 'post',
    path: name,
    operationId: `receive ${name}`.replaceAll(/[^A-Za-z0-9]+(.)/g, (_match, next: string) => next.toUpperCase()),
    tags: ['Events'],
    summary: name,
    description:
      `${description}\n\nAnswer with 2xx at once, verify the signature over the raw body, and drop an event that ` +
      `you know already (\`webhook-id\`, \`event_id\`).`,
    security: [],
    request: {
      headers: z.object(Object.fromEntries(headers)),
      body: { required: true, content: { 'application/json': { schema, example } } },
    },
    responses: {
      '2XX': {
        description: 'It is taken. Anything else is no success; what is tried again, and when, is the retry schedule.',
      },
    },
  };
}

function headerDescription(header: string, { signatures }: Profile): string {
  const scheme = signatures.find(
    (each) => each.kind === 'hmac' && [each.header, each.timestampHeader].includes(header),
  );
  if (scheme?.kind === 'hmac') {
    if (header === scheme.timestampHeader) return 'Unix time of the attempt, in seconds.';
    const content =
      scheme.content === 'body'
        ? 'the raw body'
        : `the value of ${scheme.timestampHeader ?? 'the time'}, a dot and the raw body`;
    return (
      `${scheme.prefix === '' ? '' : `\`${scheme.prefix}\` and `}HMAC-SHA256 of ${content} in ` +
      `${scheme.encoding}; the key is the whole secret, as text.`
    );
  }
  if (header === 'webhook-id') return 'The event; the same for every attempt and retry (Standard Webhooks 1.0.0).';
  if (header === 'webhook-timestamp') return 'Unix time of the attempt, in seconds (Standard Webhooks 1.0.0).';
  if (header === 'webhook-signature')
    return (
      'Signatures separated by spaces, each `v1,` and base64 of HMAC-SHA256 of `id.timestamp.body`; the key is ' +
      'the secret after `whsec_`, base64-decoded (Standard Webhooks 1.0.0).'
    );
  return 'The same on every delivery.';
}

function messageOf(why: Reason, field: string | undefined): string {
  return field === undefined ? reasonText(why) : `${field}: ${reasonText(why)}`;
}
