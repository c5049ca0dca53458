/**
 * The management API: every operation behind the same steps. In their order: the path, who is calling and whether they
 * may, the query, the body, the operation, the audit trail. Hono routes, and the steps are here.
 */
import { reason } from '../../core/shared/reason';
import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context, MiddlewareHandler } from 'hono';
import { NotFound } from '../../core/shared/errors';
import type { TenantId } from '../../core/shared/identifiers';
import { ACCESS, authorize } from '../auth/access';
import { Authenticator } from '../auth/authenticate';
import type { Principal } from '../auth/principal';
import { type ApiPorts, type ApiSettings, contextOf } from '../context';
import { operationsOf } from '../operations';
import { allowedMethods } from './allowed-methods';
import { errorAnswer, errorFields, MethodNotAllowed } from './errors';
import { API_PREFIX, type Operation } from './operation';
import { performOperation } from './perform-operation';
import { readBody } from './request-body';
import { tenantOf } from './tenant-path';
import { queryObject, validated } from './validation';

/** What API Gateway says of a request. */
export interface GatewayFacts {
  readonly requestId: string;
  /** The caller whose signature it has verified. */
  readonly iamArn?: string;
}

/** The facts about a request that are known when its log line is written. */
interface Progress {
  route?: string;
  actor?: string;
  tenant?: TenantId;
}

interface Environment {
  Bindings: GatewayFacts;
  Variables: { progress: Progress };
}

export type Api = OpenAPIHono<Environment>;

export function createApi(settings: ApiSettings, ports: ApiPorts): Api {
  const operations = operationsOf(contextOf(settings, ports));
  const authenticator = new Authenticator(
    { service: settings.service, tenantParts: settings.profile.tenantParts, auth: settings.auth },
    ports,
  );
  const api: Api = new OpenAPIHono<Environment>();

  api.use(recordRequest(ports));
  for (const operation of operations) {
    const path = API_PREFIX + operation.path.replaceAll(/\{(.+?)\}/g, ':$1');
    api.on(operation.method.toUpperCase(), path, answerOperation(operation, authenticator, ports));
  }

  // The dashboard's routes lack the path that ends in a slash. A reader who types it arrives here.
  if (settings.portalUrl !== undefined) api.get('/portal/', (c) => c.redirect('../portal', 308));

  api.notFound((c) => {
    const allowed = allowedMethods(c.req.path, operations);
    const error = allowed.length > 0 ? new MethodNotAllowed(allowed) : new NotFound(reason('path-not-found'));
    return answerError(c, error, ports);
  });
  api.onError((error, c) => answerError(c, error, ports));
  return api;
}

/** Gives every answer its headers, and every request its log line. */
function recordRequest({ clock, requests }: ApiPorts): MiddlewareHandler<Environment> {
  return async (c, next) => {
    const startedAt = clock.now();
    const progress: Progress = {};
    c.set('progress', progress);
    await next();
    const { requestId } = c.env;
    c.header('x-request-id', requestId);
    c.header('x-content-type-options', 'nosniff');
    if (c.res.headers.get('cache-control') === null) c.header('cache-control', 'no-store');
    requests.record({
      requestId,
      method: c.req.method,
      ...progress,
      status: c.res.status,
      latencyMs: clock.now() - startedAt,
    });
  };
}

function answerOperation(
  operation: Operation,
  authenticator: Authenticator,
  ports: ApiPorts,
): MiddlewareHandler<Environment> {
  return async (c, next) => {
    const params = operation.params.safeParse(c.req.param());
    const tenantId =
      operation.tenant === undefined || !params.success ? undefined : tenantOf(operation.tenant, params.data);
    // The path belongs to another operation, or to none.
    if (!params.success || (operation.tenant !== undefined && tenantId === undefined)) return next();
    const progress = c.get('progress');
    progress.route = API_PREFIX + operation.path;
    const principal = ACCESS[operation.id] === 'anyone' ? undefined : await principalOf(c, authenticator);
    if (principal !== undefined) {
      progress.actor = principal.kind;
      authorize(operation.id, principal, tenantId, operation.unknown);
    }
    if (tenantId !== undefined) progress.tenant = tenantId;
    const query = validated(queryObject(new URL(c.req.url).searchParams), operation.query, 'query');
    const body = await bodyOf(c, operation);
    const outcome = await performOperation(operation, { params: params.data, query, body, tenantId }, principal, ports);
    const { status } = operation.success;
    if (status === 204) return c.body(null, status);
    return c.body(JSON.stringify(outcome.body), status, { 'content-type': 'application/json', ...outcome.headers });
  };
}

async function bodyOf(c: Context<Environment>, { body }: Operation): Promise<unknown> {
  if (body === undefined) return undefined;
  return readBody(new Uint8Array(await c.req.arrayBuffer()), c.req.header('content-type'), body);
}

function principalOf(c: Context<Environment>, authenticator: Authenticator): Promise<Principal> {
  return authenticator.principal({
    apiKey: c.req.header('x-api-key'),
    authorization: c.req.header('authorization'),
    iamArn: c.env.iamArn,
  });
}

function answerError(c: Context<Environment>, error: unknown, { log }: ApiPorts): Response {
  const { status, body, headers } = errorAnswer(error);
  if (status >= 500) log.error('request failed', { request_id: c.env.requestId, ...errorFields(error) });
  return c.json(body, status, headers);
}
