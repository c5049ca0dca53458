/** Every operation by every kind of principal. */
import { ACCESS, type OperationId, type Rule } from '../../../lambda/api/auth/access';
import { makePortalToken, type PortalScope } from '../../../lambda/api/auth/portal-token';
import type { Scope } from '../../../lambda/api/auth/principal';
import {
  type Answer,
  type CallOptions,
  type Harness,
  OPERATOR_KEY,
  OTHER,
  PORTAL_KEY,
  SERVICE,
  setUp,
  T,
  TENANT,
} from '../harness';
import { requestsFor, sendRequest } from '../requests';

const OPERATIONS = Object.keys(ACCESS) as OperationId[];
const ARN = 'arn:aws:iam::123456789012:user/backend';
const AUTH = { iam: true, lambda: { functionName: 'credentials', cacheSeconds: 60 } };

interface Caller {
  /** Undefined: it has no tenant, and may do everything. */
  readonly scopes?: readonly Scope[];
  credential(api: Harness): Promise<CallOptions> | CallOptions;
  readonly refused?: boolean;
}

const portal = async (api: Harness, scopes: readonly PortalScope[], tenantId = TENANT) => ({
  bearer: (
    await makePortalToken(
      { tenantId, userId: 'user_1', scopes, seconds: 3600 },
      { name: 'k1', value: PORTAL_KEY },
      SERVICE,
      api.clock.now(),
    )
  ).token,
});
const ofFunction = (api: Harness, answer: object) => {
  api.credentialFunction.known.set('customers-key', answer);
  return { key: 'customers-key' };
};

const CALLERS: Record<string, Caller> = {
  'the operator, by X-API-KEY': { credential: () => ({ key: OPERATOR_KEY }) },
  'the operator, as bearer': { credential: () => ({ bearer: OPERATOR_KEY }) },
  IAM: { credential: () => ({ iamArn: ARN }) },
  'a portal token': {
    scopes: ['webhooks:read', 'webhooks:write'],
    credential: (api) => portal(api, ['webhooks:read', 'webhooks:write']),
  },
  'a portal token that reads': { scopes: ['webhooks:read'], credential: (api) => portal(api, ['webhooks:read']) },
  'a portal token with secrets': {
    scopes: ['webhooks:write', 'webhooks:secrets'],
    credential: (api) => portal(api, ['webhooks:write', 'webhooks:secrets']),
  },
  "a customer's key": {
    scopes: ['webhooks:read', 'webhooks:write', 'webhooks:secrets'],
    credential: (api) => ofFunction(api, { tenant_id: TENANT }),
  },
  "a customer's key for producing": {
    scopes: ['events:write'],
    credential: (api) => ofFunction(api, { tenant_id: TENANT, scopes: ['events:write', 'else'] }),
  },
  "a customer's key without rights": {
    scopes: [],
    credential: (api) => ofFunction(api, { tenant_id: TENANT, scopes: [] }),
  },
  nobody: { credential: () => ({ key: null }), refused: true },
  'an unknown key': { credential: () => ({ key: 'nobody-knows-this' }), refused: true },
  'an unknown bearer': { credential: () => ({ bearer: 'nobody-knows-this' }), refused: true },
  'another scheme': {
    credential: () => ({
      key: null,
      headers: { authorization: `Basic ${Buffer.from(`x:${OPERATOR_KEY}`).toString('base64')}` },
    }),
    refused: true,
  },
};

function expected({ refused, scopes }: Caller, rule: Rule): number | 'success' {
  if (rule === 'anyone') return 'success';
  if (refused) return 401;
  if (scopes === undefined || rule === 'principal') return 'success';
  return rule !== 'operator' && rule.every((scope) => scopes.includes(scope)) ? 'success' : 403;
}

async function asCaller(caller: Caller, operation: OperationId): Promise<{ api: Harness; answer: Answer }> {
  const api = setUp({ auth: AUTH });
  const requests = await requestsFor(api, TENANT);
  if (operation === 'getRecovery') await sendRequest(api, requests.startRecovery, {});
  api.audit.length = 0;
  const credential = await caller.credential(api);
  const request = requests[operation];
  return { api, answer: await sendRequest(api, request, credential) };
}

describe.each(Object.entries(CALLERS))('%s', (_name, caller) => {
  test.each(OPERATIONS)('%s', async (operation) => {
    const { api, answer } = await asCaller(caller, operation);
    const { status: success } = api.operations.find(({ id }) => id === operation)!.success;
    const should = expected(caller, ACCESS[operation]);
    expect(answer.status).toBe(should === 'success' ? success : should);
    if (answer.status === 401)
      expect(answer).toMatchObject({
        headers: { 'www-authenticate': 'Bearer' },
        json: { code: 'AUTHENTICATION_ERROR' },
      });
    if (answer.status === 403) expect(answer.json).toMatchObject({ code: 'FORBIDDEN' });
    if (answer.status >= 400) expect(api.audit).toEqual([]);
  });
});

describe("a tenant's principal on another tenant's paths", () => {
  test.each(
    OPERATIONS.filter(
      (operation) =>
        !['getOpenApi', 'listEventTypes', 'getEventCatalog', 'getSignatureSchemes', 'createPortalSession'].includes(
          operation,
        ),
    ),
  )('%s finds nothing, whatever is there', async (operation) => {
    const api = setUp({ auth: AUTH });
    const request = (await requestsFor(api, TENANT))[operation];
    const credential = await portal(api, ['webhooks:read', 'webhooks:write', 'webhooks:secrets'], OTHER);
    api.audit.length = 0;
    const before = JSON.stringify([api.subscriptions.subscriptions, api.deliveries.records]);
    const there = await sendRequest(api, request, credential);
    expect(there).toMatchObject({ status: 404, json: { code: 'NOT_FOUND' } });
    expect(JSON.stringify([api.subscriptions.subscriptions, api.deliveries.records])).toBe(before);
    expect([api.audit, api.publisher.published, api.endpoint.requests, api.queues.sent]).toEqual([[], [], [], []]);
    const nowhere = await sendRequest(
      api,
      { ...request, path: request.path.replace(T, '/organizations/nobody/teams/none') },
      credential,
    );
    expect({ status: nowhere.status, text: nowhere.text }).toEqual({ status: there.status, text: there.text });
  });
});

describe('IAM', () => {
  const event = (api: Harness, path: string, iamArn?: string) =>
    api.send({
      rawPath: path,
      rawQueryString: '',
      headers: {},
      isBase64Encoded: false,
      requestContext: {
        http: { method: 'GET', path, protocol: '', sourceIp: '', userAgent: '' },
        requestId: 'r',
        ...(iamArn !== undefined && { authorizer: { iam: { userArn: iamArn } } }),
      },
    });

  test('is taken under its prefix, where the construct has the route', async () => {
    const api = setUp({ auth: { iam: true } });
    expect((await event(api, `/iam/api/v1${T}/plan`, ARN)).status).toBe(200);
    expect(api.lines.at(-1)).toMatchObject({
      actor: 'iam',
      tenant: TENANT,
      route: '/api/v1/organizations/{organization_id}/teams/{team_id}/plan',
    });
  });

  test('is nothing without the prefix, without a signature, or where there is no such route', async () => {
    const api = setUp({ auth: { iam: true } });
    expect((await event(api, `/api/v1${T}/plan`, ARN)).status).toBe(401);
    expect((await event(api, `/iam/api/v1${T}/plan`)).status).toBe(404);
    expect((await event(setUp(), `/iam/api/v1${T}/plan`, ARN)).status).toBe(404);
  });
});

describe('where both headers are sent, X-API-KEY counts', () => {
  test('for better', async () => {
    expect(
      (
        await setUp().call('GET', `${T}/plan`, {
          key: OPERATOR_KEY,
          headers: { authorization: 'Bearer nobody-knows-this' },
        })
      ).status,
    ).toBe(200);
  });

  test('for worse', async () => {
    expect(
      (
        await setUp().call('GET', `${T}/plan`, {
          key: 'nobody-knows-this',
          headers: { authorization: `Bearer ${OPERATOR_KEY}` },
        })
      ).status,
    ).toBe(401);
  });
});

describe('a secret', () => {
  const secretIn = async (scopes: readonly PortalScope[]) => {
    const api = setUp();
    return (
      await api.call('POST', `${T}/webhooks`, {
        ...(await portal(api, scopes)),
        body: { url: 'https://hooks.example.com/', events: ['job.failed'] },
      })
    ).json as { secret?: string; user_id: string };
  };

  test('is in the answer to creating for those who may see secrets', async () => {
    expect(await secretIn(['webhooks:write', 'webhooks:secrets'])).toMatchObject({
      secret: expect.stringMatching(/^whsec_/) as string,
      user_id: 'user_1',
    });
  });

  test('is not for those who may not', async () => {
    expect(await secretIn(['webhooks:read', 'webhooks:write'])).not.toHaveProperty('secret');
  });
});

describe('the audit trail', () => {
  const CHANGES = OPERATIONS.filter(
    (operation) =>
      ![
        ...['getOpenApi', 'listEventTypes', 'getEventCatalog', 'checkWebhookUrl', 'publishEvents'],
        ...OPERATIONS.filter((each) => /^(get|list)/.test(each) && each !== 'getAccountSecret'),
      ].includes(operation),
  );

  test.each(CHANGES)('has one line for %s, that says who and whose', async (operation) => {
    const { api } = await asCaller(CALLERS['the operator, by X-API-KEY']!, operation);
    expect(api.audit).toEqual([
      {
        action: expect.stringMatching(/^[a-z-]+\.[a-z-]+$/) as string,
        actor: 'operator:k1',
        tenantId: TENANT,
        ...(api.audit[0]?.resource !== undefined && { resource: api.audit[0].resource }),
      },
    ]);
  });

  test('has what may have been done before it failed, and says that nobody can confirm it', async () => {
    const api = setUp();
    const { deleteWebhook, createWebhook: create } = await requestsFor(api, TENANT);
    api.audit.length = 0;
    api.subscriptions.faults.refuse(1);
    expect((await sendRequest(api, deleteWebhook, {})).status).toBe(503);
    expect(api.audit).toEqual([
      {
        action: 'subscription.deleted-unconfirmed',
        actor: 'operator:k1',
        tenantId: TENANT,
        resource: deleteWebhook.path.split('/').at(-1),
      },
    ]);
    expect((await sendRequest(api, { ...create, options: { body: {} } }, {})).status).toBe(400);
    expect(api.audit).toHaveLength(1);
  });

  test('names the user and the key of a portal token', async () => {
    const { api } = await asCaller(CALLERS['a portal token']!, 'deleteWebhook');
    expect(api.audit).toMatchObject([{ action: 'subscription.deleted', actor: 'portal:k1:user_1' }]);
  });
});
