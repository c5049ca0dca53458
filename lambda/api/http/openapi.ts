/**
 * The OpenAPI 3.1 document, made on the first request for it. It comes from the operations and schemas that requests
 * are checked by.
 */
import { OpenAPIHono, type RouteConfig } from '@hono/zod-openapi';
import { ACCESS, describeRule, type Rule } from '../auth/access';
import type { ApiSettings } from '../context';
import { errorResponses, errorsOf, registerErrors } from './openapi-errors';
import { webhookOf } from './openapi-webhooks';
import { API_PREFIX, type Operation, type Tag } from './operation';

const TAGS: Record<Tag, string> = {
  Account: "A tenant's own secret and plan.",
  Catalog: 'What events there are.',
  Deliveries: 'What went where, and how it ended.',
  Events: 'Producing events by HTTP, and what receivers get of them.',
  Portal: "Tokens for a tenant's browser.",
  Recovery: 'Sending what failed once more.',
  Webhooks: 'Where events go: subscriptions, their secrets, and trying them out.',
};

export type OpenApiDocument = ReturnType<OpenAPIHono['getOpenAPI31Document']>;

export function openApiDocument({ profile, catalog }: ApiSettings, operations: readonly Operation[]): OpenApiDocument {
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
  registerErrors(registry);
  for (const operation of operations) registry.registerPath(routeOf(operation));
  for (const eventType of catalog.eventTypes) registry.registerWebhook(webhookOf(eventType, profile));
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
    method,
    path,
    operationId: id,
    tags: [tag],
    summary,
    description: `${description}\n\nWho may: ${describeRule(rule)}.`,
    security: rule === 'anyone' ? [] : [{ ApiKey: [] }, { Bearer: [] }],
    request: {
      params,
      query,
      body: body && requestBodyOf(body),
    },
    responses: {
      [success.status]: successResponse(success, tenant?.parameters ?? []),
      ...errorResponses(errorsOf(rule, tenant !== undefined, body !== undefined, operation.errors ?? [])),
    },
  };
}

function requestBodyOf(body: NonNullable<Operation['body']>): NonNullable<RouteConfig['request']>['body'] {
  return {
    required: body.kind === 'text' || body.required,
    content: { 'application/json': { schema: body.schema, example: body.example } },
  };
}

function successResponse(
  { status, description, schema, example, leadsTo }: Operation['success'],
  tenantParameters: readonly string[],
): RouteConfig['responses'][string] {
  return {
    description,
    content: status === 204 ? undefined : { 'application/json': { schema, example } },
    links: leadsTo && linksOf(leadsTo, tenantParameters),
  };
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
