/** What every operation has in common: methods, bodies, encodings, headers, the line of the log. */
import { answerEvent } from '../../../lambda/api/http/lambda-event';
import { CATALOG, createWebhook, type Harness, httpEvent, OPERATOR_KEY, setUp, T, TENANT } from '../harness';
import { requestsFor } from '../requests';

const BODY = { url: 'https://hooks.example.com/', events: ['job.completed'] };
const KIB = 1024;

let api: Harness;
beforeEach(() => {
  api = setUp();
});

describe('a method that a path does not take', () => {
  test.each<[string, string, string]>([
    ['PATCH', '/webhooks/event-types', 'GET, HEAD'],
    ['POST', '/openapi.json', 'GET, HEAD'],
    ['GET', '/portal-sessions', 'POST'],
    ['DELETE', `${T}/webhooks`, 'GET, HEAD, POST'],
    ['POST', `${T}/webhooks/0199d1c2-7f1a-7c3e-9a55-3f0c2b7d4e10`, 'DELETE, GET, HEAD, PUT'],
    ['DELETE', `${T}/webhooks/events`, 'GET, HEAD'],
    ['DELETE', `${T}/webhooks/account-secret`, 'GET, HEAD'],
    ['GET', `${T}/webhooks/account-secret/regenerate`, 'POST'],
    ['PUT', `${T}/webhooks/events/event%3A1/payload`, 'GET, HEAD'],
    ['POST', `${T}/plan`, 'GET, HEAD, PUT'],
    ['GET', `${T}/events`, 'POST'],
    ['OPTIONS', `${T}/events`, 'POST'],
    ['TRACE', `${T}/webhooks`, 'GET, HEAD, POST'],
    ['CONNECT', `${T}/webhooks`, 'GET, HEAD, POST'],
  ])('%s %s is told which it does', async (method, path, allow) => {
    expect(await api.call(method, path)).toMatchObject({
      status: 405,
      headers: { allow },
      json: { code: 'BAD_REQUEST' },
    });
    expect((await api.call(method, path, { key: null })).status).toBe(405);
  });
});

describe('a path that is not there', () => {
  test.each([
    '',
    '/',
    '/webhooks',
    '/nothing',
    `${T}`,
    `${T}/webhooks/`,
    `${T}/webhooks/not-a-uuid`,
    `${T}/webhooks/events/not-a-delivery`,
    `${T}/webhooks/events/dlv_short`,
    `${T}/webhooks/events/a%20b/payload`,
    '/organizations/org_1/webhooks',
    '/organizations/../teams/team_1/webhooks',
    '/organizations/org%2F1/teams/team_1/webhooks',
    '/organizations/org%231/teams/team_1/webhooks',
    '/organizations/org_1/teams//webhooks',
    `/organizations/${'o'.repeat(65)}/teams/team_1/webhooks`,
    `/organizations/${'o'.repeat(64)}/teams/${'t'.repeat(64)}/webhooks`,
    '/organizations/%E0%A4%A/teams/team_1/webhooks',
    '/organizations/org_1/teams/team_1/webhooks?x/1',
  ])('%s', async (path) => {
    expect(await api.call('GET', path)).toMatchObject({ status: 404, json: { code: 'NOT_FOUND' } });
  });

  test('has no prefix of the API', async () => {
    expect((await api.send(httpEvent('GET', `${T}/webhooks`, {}, 'r'))).status).toBe(404);
  });
});

describe('the dashboard’s path with a slash behind it, which API Gateway gives to the API', () => {
  test('leads to the dashboard where there is one', async () => {
    const ask = (own: Harness, path: string) => answerEvent(httpEvent('GET', path, { key: null }, 'r'), own.api, false);
    const withDashboard = setUp({ portalUrl: 'https://hooks.acme.com/portal' });
    expect(await ask(withDashboard, '/portal/')).toMatchObject({ statusCode: 308, headers: { location: '../portal' } });
    expect(await ask(withDashboard, '/portal/other')).toMatchObject({ statusCode: 404 });
    expect(await ask(api, '/portal/')).toMatchObject({ statusCode: 404 });
  });
});

describe('HEAD', () => {
  test('answers as GET does, without a body', async () => {
    for (const { method, path, options } of Object.values(await requestsFor(api, TENANT))) {
      if (method !== 'GET') continue;
      const [get, head] = [await api.call('GET', path, options), await api.call('HEAD', path, options)];
      expect({ path, status: head.status, text: head.text, type: head.headers['content-type'] }).toEqual({
        path,
        status: get.status,
        text: '',
        type: get.headers['content-type'],
      });
    }
  });
});

describe('a body', () => {
  const post = (given: object) => api.call('POST', `${T}/webhooks`, given);

  test.each([
    ['that is not JSON', '{"url":', 'is not JSON'],
    ['that is no UTF-8', Buffer.from([0x22, 0xc3, 0x28, 0x22]), 'is not UTF-8'],
    ['with a mark before it', Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d]), 'is not JSON'],
    ['that is a list', '[]', 'must be an object'],
    ['that is null', 'null', 'must be an object'],
  ])('%s is refused', async (_what, raw, message) => {
    expect(await post({ raw })).toMatchObject({
      status: 400,
      json: { code: 'VALIDATION_ERROR', details: [{ field: 'body', message }] },
    });
  });

  test('that is missing is said to be', async () => {
    expect(await post({})).toMatchObject({
      status: 400,
      json: { details: [{ field: 'body', message: 'is required' }] },
    });
  });

  test.each([
    ['text/plain'],
    ['application/x-www-form-urlencoded'],
    ['application/jsonp'],
    ['application/merge-patch+json'],
    [''],
  ])('said to be "%s" is 415', async (type) => {
    expect(await post({ body: BODY, headers: { 'content-type': type } })).toMatchObject({
      status: 415,
      json: { code: 'BAD_REQUEST' },
    });
  });

  test.each([['application/json'], ['Application/JSON; charset=utf-8']])('said to be "%s" is taken', async (type) => {
    expect((await post({ body: BODY, headers: { 'content-type': type } })).status).toBe(201);
  });

  test('of 64 KiB is read, a larger one is not', async () => {
    const padded = (bytes: number) => ({
      ...BODY,
      description: 'x'.repeat(bytes - Buffer.byteLength(JSON.stringify({ ...BODY, description: '' }))),
    });
    expect((await post({ body: padded(64 * KIB) })).status).toBe(400);
    expect(await post({ body: padded(64 * KIB + 1) })).toMatchObject({ status: 413, json: { code: 'BAD_REQUEST' } });
  });

  test('is read the same from text and from base64', async () => {
    const raw = JSON.stringify({ ...BODY, description: 'größer €' });
    for (const given of [raw, Buffer.from(raw)])
      expect((await post({ raw: given })).json).toMatchObject({ description: 'größer €' });
  });

  test('of GET means nothing', async () => {
    expect((await api.call('GET', `${T}/webhooks`, { raw: '{"limit":' })).status).toBe(200);
  });

  test('that may be left out may also be there and empty', async () => {
    const { id } = await createWebhook(api);
    for (const given of [{}, { body: {} }, { headers: { 'content-type': 'application/json' } }])
      expect((await api.call('POST', `${T}/webhooks/${id}/test`, given)).status).toBe(200);
    expect((await api.call('POST', `${T}/webhooks/${id}/test`, { body: { type: 'job.failed' } })).status).toBe(400);
  });

  test('of somebody unknown is not read at all', async () => {
    expect((await post({ raw: '{"url":', key: null })).status).toBe(401);
  });
});

describe('a query', () => {
  test('with a parameter that nobody knows is refused by every operation', async () => {
    for (const { method, path, options } of Object.values(await requestsFor(api, TENANT))) {
      const answer = await api.call(method, path, {
        ...options,
        query: [options.query, 'debug=1'].filter((each) => each !== undefined).join('&'),
      });
      expect({ path, status: answer.status, details: (answer.json as { details: unknown }).details }).toEqual({
        path,
        status: 400,
        details: [{ field: 'debug', message: 'is not a parameter of this operation', code: 'not-known-parameter' }],
      });
    }
  });
});

describe('every answer', () => {
  test('says that it is not to be kept or guessed at, and whose it is', async () => {
    const { id } = await createWebhook(api);
    const answers = await Promise.all([
      api.call('GET', `${T}/webhooks`),
      api.call('GET', '/nothing'),
      api.call('PATCH', `${T}/webhooks`),
      api.call('GET', `${T}/plan`, { key: null }),
      api.call('DELETE', `${T}/webhooks/${id}`),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 405, 401, 204]);
    for (const { headers } of answers)
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
        'x-request-id': expect.stringMatching(/^request-\d+$/) as string,
      });
  });

  test('with a body is JSON', async () => {
    for (const path of [`${T}/webhooks`, '/nothing'])
      expect((await api.call('GET', path)).headers['content-type']).toBe('application/json');
  });
});

describe('a request', () => {
  test('is one line, of what it was and never of what it held', async () => {
    await api.call('POST', `${T}/webhooks`, {
      raw: '{"url":"https://hidden.example.com"',
      query: '',
      headers: { 'x-note': 'hidden' },
    });
    await api.call('GET', '/hidden', { query: 'token=hidden' });
    await api.call('GET', `${T}/plan`, { key: 'hidden' });
    expect(api.lines).toEqual([
      {
        requestId: 'request-1',
        method: 'POST',
        route: '/api/v1/organizations/{organization_id}/teams/{team_id}/webhooks',
        actor: 'operator',
        tenant: TENANT,
        status: 400,
        latencyMs: 0,
      },
      { requestId: 'request-2', method: 'GET', status: 404, latencyMs: 0 },
      {
        requestId: 'request-3',
        method: 'GET',
        route: '/api/v1/organizations/{organization_id}/teams/{team_id}/plan',
        status: 401,
        latencyMs: 0,
      },
    ]);
    expect(JSON.stringify([api.lines, api.log.lines, api.audit])).not.toContain('hidden');
  });

  test('with headers that cannot be is answered all the same', async () => {
    const headers = { 'x-odd': 'a\u0000b', 'x-other': '€' };
    expect((await api.call('GET', `${T}/webhooks`, { headers })).status).toBe(200);
    expect((await api.call('GET', `${T}/webhooks`, { key: `${OPERATOR_KEY}€` })).status).toBe(401);
  });
});

test("the tenant path is the profile's", async () => {
  api = setUp({ profile: { tenantParts: 1 }, catalog: { ...CATALOG, tenantPath: '/tenants/{tenant_id}' } });
  const { status, json } = await api.call('POST', '/tenants/acme/webhooks', { body: BODY });
  expect(status).toBe(201);
  expect(json).toMatchObject({ tenant_id: 'acme' });
  expect((await api.call('GET', '/tenants/acme/other/webhooks')).status).toBe(404);
  expect((await api.call('POST', '/portal-sessions', { body: { tenant_id: 'acme/other' } })).status).toBe(400);
});

test("a tenant path whose parameter is one of the API's own is refused", () => {
  expect(() => setUp({ catalog: { ...CATALOG, tenantPath: '/accounts/{id}' } })).toThrow(
    /\{id\} is one of the API's own/,
  );
});
