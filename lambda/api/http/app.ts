/**
 * The management API: every operation behind the same steps, in this order: its path; who is calling, and whether they
 * may; the query; the body; the operation; the audit trail. Hono routes, the steps are here.
 */
import { reason } from '../../core/shared/reason';
import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { NotFound } from '../../core/shared/errors';
import type { TenantId } from '../../core/shared/identifiers';
import { ACCESS, authorise } from '../auth/access';
import { Authenticator } from '../auth/authenticate';
import type { ApiContext, ApiPorts, ApiSettings } from '../context';
import { errorAnswer, errorFields, MethodNotAllowed } from './errors';
import { documentOperation, type OpenApiDocument, openApiDocument } from './openapi';
import { API_PREFIX, type Operation, type Outcome } from './operation';
import { accountOperations } from '../account/operations';
import { catalogOperations } from '../catalog/operations';
import { deliveryOperations } from '../deliveries/operations';
import { eventOperations } from '../events/operations';
import { portalSessionOperations } from '../portal-sessions/operations';
import { recoveryOperations } from '../recoveries/operations';
import { statisticsOperations } from '../statistics/operations';
import { webhookOperations } from '../webhooks/operations';
import { isTenantPrincipal, mayReadSecrets, type Principal } from '../auth/principal';
import { readBody } from './request-body';
import { tenantOf, tenantPath } from './tenant-path';
import { queryObject, validated } from './validation';

/** What API Gateway says of a request. */
export interface GatewayFacts {
  readonly requestId: string;
  /** The caller whose signature it has verified. */
  readonly iamArn?: string;
}

/** What is known of a request by the time that its line is written. */
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

export function contextOf(settings: ApiSettings, ports: ApiPorts): ApiContext {
  const { profile, catalogue } = settings;
  const rules = {
    tenantParts: profile.tenantParts,
    eventTypes: new Set(catalogue.eventTypes.map(({ name }) => name)),
    endpoints: profile.endpoints,
    headers: profile.headers,
    signatures: profile.signatures,
  };
  return { settings, tenant: tenantPath(catalogue.tenantPath), rules, ports };
}

/** In the order in which paths are tried: those with a fixed name before those with a parameter in its place. */
export function operationsOf(context: ApiContext): readonly Operation[] {
  const operations = [
    ...catalogOperations(context),
    ...portalSessionOperations(context),
    ...accountOperations(context),
    ...eventOperations(context),
    ...statisticsOperations(context),
    ...deliveryOperations(context),
    ...recoveryOperations(context),
    ...webhookOperations(context),
  ];
  return [documentOperation(context.settings, operations), ...operations];
}

/** The document that the API serves. Nothing is called to make it, so there are no ports. */
export function documentOf(settings: ApiSettings): OpenApiDocument {
  return openApiDocument(settings, operationsOf(contextOf(settings, {} as ApiPorts)));
}

export function createApi(settings: ApiSettings, ports: ApiPorts): Api {
  const context = contextOf(settings, ports);
  const operations = operationsOf(context);
  const authenticator = new Authenticator(
    { service: settings.service, tenantParts: settings.profile.tenantParts, auth: settings.auth },
    ports,
  );
  const api: Api = new OpenAPIHono<Environment>();

  api.use(async (c, next) => {
    const startedAt = ports.clock.now();
    const progress: Progress = {};
    c.set('progress', progress);
    await next();
    const { requestId } = c.env;
    c.header('x-request-id', requestId);
    c.header('x-content-type-options', 'nosniff');
    if (c.res.headers.get('cache-control') === null) c.header('cache-control', 'no-store');
    ports.requests.record({
      requestId,
      method: c.req.method,
      ...progress,
      status: c.res.status,
      latencyMs: ports.clock.now() - startedAt,
    });
  });

  for (const operation of operations) {
    api.on(
      operation.method.toUpperCase(),
      API_PREFIX + operation.path.replaceAll(/\{(.+?)\}/g, ':$1'),
      async (c, next) => {
        const params = operation.params.safeParse(c.req.param());
        const tenantId =
          operation.tenant === undefined || !params.success ? undefined : tenantOf(operation.tenant, params.data);
        // another path's, or none's
        if (!params.success || (operation.tenant !== undefined && tenantId === undefined)) return next();
        const progress = c.get('progress');
        progress.route = API_PREFIX + operation.path;
        const principal = ACCESS[operation.id] === 'anyone' ? undefined : await principalOf(c, authenticator);
        if (principal !== undefined) {
          progress.actor = principal.kind;
          authorise(operation.id, principal, tenantId, operation.unknown);
        }
        if (tenantId !== undefined) progress.tenant = tenantId;
        const query = validated(queryObject(new URL(c.req.url).searchParams), operation.query, 'query');
        const body =
          operation.body === undefined
            ? undefined
            : readBody(new Uint8Array(await c.req.arrayBuffer()), c.req.header('content-type'), operation.body);
        const outcome = await perform(operation, { params: params.data, query, body, tenantId }, principal, ports);
        const { status } = operation.success;
        if (status === 204) return c.body(null, status);
        return c.body(JSON.stringify(outcome.body), status, { 'content-type': 'application/json', ...outcome.headers });
      },
    );
  }

  // The dashboard's routes do not have the path that ends in a slash, as somebody may type it: it comes here.
  if (settings.portalUrl !== undefined) api.get('/portal/', (c) => c.redirect('../portal', 308));

  api.notFound((c) => {
    const allowed = allowedMethods(c.req.path, operations);
    return answered(
      c,
      allowed.length > 0 ? new MethodNotAllowed(allowed) : new NotFound(reason('path-not-found')),
      ports,
    );
  });
  api.onError((error, c) => answered(c, error, ports));
  return api;
}

interface CheckedRequest {
  readonly params: Readonly<Record<string, unknown>>;
  readonly query: unknown;
  readonly body: unknown;
  readonly tenantId: TenantId | undefined;
}

/**
 * Runs an operation for somebody who may, and puts what it changes on the audit trail.
 *
 * @param principal absent: anybody
 */
async function perform(
  operation: Operation,
  request: CheckedRequest,
  principal: Principal | undefined,
  { audit }: ApiPorts,
): Promise<Outcome<unknown>> {
  const { change } = operation;
  const note = (action: string, tenantId: TenantId | undefined, resource: string | undefined) => {
    if (principal !== undefined)
      audit.record({
        action,
        actor: principal.actor,
        ...(tenantId !== undefined && { tenantId }),
        ...(resource !== undefined && { resource }),
      });
  };
  const userId = principal !== undefined && isTenantPrincipal(principal) ? principal.userId : undefined;
  try {
    const outcome = await operation.run({
      ...request,
      userId,
      seesSecrets: principal !== undefined && mayReadSecrets(principal),
    });
    if (change !== undefined) note(change, request.tenantId ?? outcome.tenantId, outcome.resource);
    return outcome;
  } catch (error) {
    // It may have been done before what failed: a change that nobody can confirm is on the trail, too.
    if (change !== undefined && errorAnswer(error).status >= 500)
      note(`${change}-unconfirmed`, request.tenantId, ownId(operation, request.params));
    throw error;
  }
}

/** The id in the path behind the tenant's part. */
function ownId({ tenant }: Operation, params: Readonly<Record<string, unknown>>): string | undefined {
  const [id] = Object.entries(params).flatMap(([name, value]) =>
    tenant?.parameters.includes(name) || typeof value !== 'string' ? [] : [value],
  );
  return id;
}

function principalOf(c: Context<Environment>, authenticator: Authenticator): Promise<Principal> {
  return authenticator.principal({
    apiKey: c.req.header('x-api-key'),
    authorization: c.req.header('authorization'),
    iamArn: c.env.iamArn,
  });
}

function answered(c: Context<Environment>, error: unknown, { log }: ApiPorts): Response {
  const { status, body, headers } = errorAnswer(error);
  if (status >= 500) log.error('request failed', { request: c.env.requestId, ...errorFields(error) });
  return c.json(body, status, headers);
}

/** The methods of a path, HEAD where there is GET; none: there is no such path. */
function allowedMethods(path: string, operations: readonly Operation[]): string[] {
  const methods = new Set(
    operations.filter((operation) => isPathOf(operation, path)).map(({ method }) => method.toUpperCase()),
  );
  if (methods.has('GET')) methods.add('HEAD');
  return [...methods].sort();
}

function isPathOf({ path: template, params: schema, tenant }: Operation, path: string): boolean {
  const [names, values] = [(API_PREFIX + template).split('/'), path.split('/')];
  if (names.length !== values.length) return false;
  const params: Record<string, string> = {};
  for (const [index, name] of names.entries()) {
    const value = decodedPart(values[index]!);
    if (name.startsWith('{')) params[name.slice(1, -1)] = value;
    else if (name !== value) return false;
  }
  return schema.safeParse(params).success && (tenant === undefined || tenantOf(tenant, params) !== undefined);
}

function decodedPart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // what no id has
  }
}
