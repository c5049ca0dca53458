import { reason } from '../../../lambda/core/shared/reason';
import { KeyRing } from '../../../lambda/core/signing/key-ring';
import type { SubscriptionId } from '../../../lambda/core/shared/identifiers';
import { PortUnavailable } from '../../../lambda/core/shared/errors';
import { ROOT_SECRET } from '../../builders/subscription';
import { answered, refusedConnection, timedOut } from '../../fakes/endpoint';
import { createWebhook, type Harness, OTHER, setUp, T, TENANT, tenantPathOf, URL_OF_ENDPOINT } from '../harness';
import { secretOwner } from '../../../lambda/core/subscriptions/subscription';

const BODY = { url: URL_OF_ENDPOINT, events: ['job.completed'] };
const UNKNOWN_ID = '0199d1c2-7f1a-7c3e-9a55-3f0c2b7d4e10';

let api: Harness;
beforeEach(() => {
  api = setUp();
});

describe('creating a webhook', () => {
  test('answers with all of it, and with its secret, which rests sealed', async () => {
    const { status, json } = await api.call('POST', `${T}/webhooks`, {
      body: { ...BODY, description: 'ours', headers: { 'X-Env': 'prod', authorization: 'Bearer 1' } },
    });
    expect(status).toBe(201);
    expect(json).toEqual({
      organization_id: 'org_1',
      team_id: 'team_1',
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      url: URL_OF_ENDPOINT,
      events: ['job.completed'],
      description: 'ours',
      enabled: true,
      failure_count: 0,
      secret: expect.stringMatching(/^whsec_/) as string,
      header_names: ['x-env', 'authorization'],
      created_at: '2026-03-19T10:21:44.000Z',
      updated_at: '2026-03-19T10:21:44.000Z',
    });
    const [stored] = api.subscriptions.subscriptions;
    expect(KeyRing.parse(ROOT_SECRET).unseal(stored!.sealedSecret, secretOwner(stored!))).toBe(
      (json as { secret: string }).secret,
    );
  });

  test('disabled from the start says by whom and since when', async () => {
    const { json } = await api.call('POST', `${T}/webhooks`, { body: { ...BODY, enabled: false } });
    expect(json).toMatchObject({
      enabled: false,
      disabled_reason: 'Disabled by its owner.',
      disabled_at: '2026-03-19T10:21:44.000Z',
    });
  });

  test.each<[string, object, string]>([
    ['no URL', { url: undefined }, 'url'],
    ['http', { url: 'http://hooks.example.com/' }, 'url'],
    ['an address', { url: 'https://203.0.113.7/' }, 'url'],
    ['a URL that is no text', { url: 1 }, 'url'],
    ['null', { description: null }, 'description'],
    ['no events', { events: [] }, 'events'],
    ['eleven events', { events: Array(11).fill('job.failed') }, 'events'],
    ['an unknown event', { events: ['job.completed', 'job.paused'] }, 'events.1'],
    ['a long description', { description: 'x'.repeat(501) }, 'description'],
    ['half a character', { description: '\ud800' }, 'description'],
    ['an enabled flag in quotes', { enabled: 'true' }, 'enabled'],
    ['a header of ours', { headers: { 'Webhook-Id': 'x' } }, 'headers.Webhook-Id'],
    ['a rate limit of 0', { rate_limit: 0 }, 'rate_limit'],
    ['a rate limit in words', { rate_limit: 'ten' }, 'rate_limit'],
    ['a rate limit of 1,001', { rate_limit: 1001 }, 'rate_limit'],
    ['a header with a line break', { headers: { 'x-a': 'b\r\nc: d' } }, 'headers.x-a'],
    ['a name that gets lost', { headers: JSON.parse('{"__proto__": "x"}') as object }, '__proto__'],
    ['an unknown field', { secret: 'whsec_mine' }, 'secret'],
  ])('with %s is refused by name', async (_what, changes, field) => {
    const { status, json } = await api.call('POST', `${T}/webhooks`, { body: { ...BODY, ...changes } });
    expect(status).toBe(400);
    expect(json).toMatchObject({ code: 'VALIDATION_ERROR', details: [{ field }] });
    expect(api.subscriptions.subscriptions).toEqual([]);
    expect(api.audit).toEqual([]);
  });

  test('names every field at fault, and no header value', async () => {
    const { json } = await api.call('POST', `${T}/webhooks`, { body: { events: 'all', extra: 1 } });
    expect((json as { details: { field: string }[] }).details.map(({ field }) => field)).toEqual([
      'url',
      'events',
      'extra',
    ]);
    const { text } = await api.call('POST', `${T}/webhooks`, { body: { ...BODY, headers: { 'x-a': ' hunter2' } } });
    expect(text).not.toContain('hunter2');
  });

  test('needs a plan with webhooks, and says which plans have them', async () => {
    await api.call('PUT', `${T}/plan`, { body: { plan: 'free' } });
    const { status, json } = await api.call('POST', `${T}/webhooks`, { body: BODY });
    expect(status).toBe(403);
    expect(json).toMatchObject({
      code: 'FORBIDDEN',
      error: { message: 'The plan "free" does not include webhooks. Plans that do: Starter, Growth.' },
    });
  });

  test("stops at the plan's limit", async () => {
    await api.call('PUT', `${T}/plan`, { body: { plan: 'starter' } });
    await createWebhook(api);
    await createWebhook(api);
    expect(await api.call('POST', `${T}/webhooks`, { body: BODY })).toMatchObject({
      status: 403,
      json: { code: 'FORBIDDEN' },
    });
  });
});

describe('the list of webhooks', () => {
  test('comes newest first, in pages', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) {
      api.clock.advance(1000);
      ids.unshift((await createWebhook(api)).id);
    }
    await createWebhook(api, OTHER);
    const seen: string[] = [];
    let query = 'limit=2';
    for (;;) {
      const { json } = await api.call('GET', `${T}/webhooks`, { query });
      const {
        data,
        has_more: more,
        next_cursor: cursor,
      } = json as { data: { id: string; secret?: string }[]; has_more: boolean; next_cursor?: string };
      expect(data.every(({ secret }) => secret === undefined)).toBe(true);
      seen.push(...data.map(({ id }) => id));
      expect(more).toBe(cursor !== undefined);
      if (cursor === undefined) break;
      query = `limit=2&cursor=${cursor}`;
    }
    expect(seen).toEqual(ids);
  });

  test('shows those that are enabled, or those that are not, however few there are', async () => {
    const off = await createWebhook(api, TENANT, { enabled: false });
    for (let count = 0; count < 4; count += 1) {
      api.clock.advance(1000);
      await createWebhook(api);
    }
    const ids = async (query: string) =>
      ((await api.call('GET', `${T}/webhooks`, { query })).json as { data: { id: string }[] }).data.map(({ id }) => id);
    expect(await ids('enabled=false&limit=1')).toEqual([off.id]);
    expect(await ids('enabled=true')).toHaveLength(4);
  });

  test('with a filter comes in pages that join to the whole, too', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 7; count += 1) {
      api.clock.advance(1000);
      const { id } = await createWebhook(api, TENANT, { enabled: count % 3 > 0 });
      if (count % 3 > 0) ids.unshift(id);
    }
    const seen: string[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined;) {
      const { data, next_cursor: next } = (
        await api.call('GET', `${T}/webhooks`, { query: `enabled=true&limit=1${cursor}` })
      ).json as { data: { id: string }[]; next_cursor?: string };
      seen.push(...data.map(({ id }) => id));
      cursor = next === undefined ? undefined : `&cursor=${next}`;
    }
    expect(seen).toEqual(ids);
  });

  test('shows when each was last triggered, or nothing where that cannot be read', async () => {
    const { id } = await createWebhook(api);
    await api.figures.apply({
      kind: 'triggered',
      tenantId: TENANT,
      target: id as SubscriptionId,
      at: Date.parse('2026-03-19T09:00:00Z'),
    });
    const first = async () => ((await api.call('GET', `${T}/webhooks`)).json as { data: object[] }).data[0];
    expect(await first()).toMatchObject({ last_triggered_at: '2026-03-19T09:00:00.000Z' });
    api.figures.faults.refuse(1);
    expect(await first()).not.toHaveProperty('last_triggered_at');
    expect(api.log.lines).toMatchObject([{ level: 'warn' }]);
  });

  test.each([
    'limit=0',
    'limit=101',
    'limit=1.0',
    'limit=ten',
    'limit=',
    'enabled=1',
    'enabled=TRUE',
    'color=red',
    'limit=1&limit=2',
    'cursor=',
    'cursor=!',
  ])('refuses %s', async (query) => {
    expect(await api.call('GET', `${T}/webhooks`, { query })).toMatchObject({
      status: 400,
      json: { details: [{ field: query.split('=')[0] }] },
    });
  });
});

describe('changing a webhook', () => {
  test('leaves what is left out, and takes away what is empty', async () => {
    const { id } = await createWebhook(api, TENANT, { description: 'ours', headers: { 'x-a': 'b' } });
    const path = `${T}/webhooks/${id}`;
    api.clock.advance(1000);
    const { json } = await api.call('PUT', path, { body: { events: ['job.failed'] } });
    expect(json).toMatchObject({
      events: ['job.failed'],
      url: URL_OF_ENDPOINT,
      description: 'ours',
      header_names: ['x-a'],
      updated_at: '2026-03-19T10:21:45.000Z',
    });
    const emptied = await api.call('PUT', path, { body: { events: ['job.failed'], description: '', headers: {} } });
    expect(Object.keys(emptied.json as object)).toEqual(expect.not.arrayContaining(['description', 'header_names']));
    expect((await api.call('GET', path)).json).toEqual(emptied.json);
  });

  test('sets a rate limit, shows it, and takes it away', async () => {
    const { id } = await createWebhook(api, TENANT, { rate_limit: 50 });
    const path = `${T}/webhooks/${id}`;
    expect((await api.call('GET', path)).json).toMatchObject({ rate_limit: 50 });
    expect((await api.call('PUT', path, { body: { events: ['job.failed'], rate_limit: 5 } })).json).toMatchObject({
      rate_limit: 5,
    });
    expect((await api.call('PUT', path, { body: { events: ['job.failed'] } })).json).toMatchObject({ rate_limit: 5 });
    const { status, json } = await api.call('PUT', path, { body: { events: ['job.failed'], rate_limit: null } });
    expect(status).toBe(200);
    expect(json).not.toHaveProperty('rate_limit');
  });

  test('enables one that failures had disabled, and its count begins anew', async () => {
    const { id } = await createWebhook(api);
    const [seen] = api.subscriptions.subscriptions;
    api.subscriptions.change(seen!, {
      count: 7,
      countAtLastSuccess: 2,
      enabled: false,
      disabledReason: reason('consecutive-failures', {
        count: 5,
        cause: reason('endpoint-responded', { status: 500 }),
      }),
      disabledAt: api.clock.now(),
    });
    const path = `${T}/webhooks/${id}`;
    expect((await api.call('GET', path)).json).toMatchObject({
      enabled: false,
      failure_count: 5,
      disabled_reason: '5 consecutive deliveries failed. Last failure: The endpoint responded with 500.',
      disabled_reason_code: 'consecutive-failures',
      disabled_reason_params: { count: 5, cause: { code: 'endpoint-responded', params: { status: 500 } } },
    });
    const { json } = await api.call('PUT', path, { body: { events: ['job.completed'], enabled: true } });
    expect(json).toMatchObject({ enabled: true, failure_count: 0 });
    expect(json).not.toHaveProperty('disabled_reason');
  });

  test('asks for events, as the published client does', async () => {
    const { id } = await createWebhook(api);
    expect(await api.call('PUT', `${T}/webhooks/${id}`, { body: { enabled: false } })).toMatchObject({
      status: 400,
      json: { details: [{ field: 'events', message: 'is required' }] },
    });
  });

  test('gives up when others keep changing it', async () => {
    const { id } = await createWebhook(api);
    const stubborn = setUp({
      ports: {
        subscriptions: Object.assign(Object.create(api.subscriptions) as typeof api.subscriptions, {
          update: () => Promise.resolve(false),
        }),
      },
    });
    expect(await stubborn.call('PUT', `${T}/webhooks/${id}`, { body: { events: ['job.failed'] } })).toMatchObject({
      status: 409,
      json: { code: 'CONFLICT' },
    });
  });
});

test('a webhook that is deleted is gone', async () => {
  const { id } = await createWebhook(api);
  const path = `${T}/webhooks/${id}`;
  expect(await api.call('DELETE', path)).toMatchObject({ status: 204, text: '' });
  for (const method of ['GET', 'DELETE']) expect((await api.call(method, path)).status).toBe(404);
});

describe('regenerating the secret', () => {
  const path = async () => `${T}/webhooks/${(await createWebhook(api)).id}/regenerate-secret`;

  test('shows the new one, once; a body is not needed', async () => {
    const { id, secret } = await createWebhook(api);
    const { status, json } = await api.call('POST', `${T}/webhooks/${id}/regenerate-secret`);
    expect(status).toBe(200);
    const renewed = (json as { secret: string }).secret;
    expect(renewed).toMatch(/^whsec_/);
    expect(renewed).not.toBe(secret);
    expect(json).not.toHaveProperty('previous_secret_expires_at');
    expect((await api.call('GET', `${T}/webhooks/${id}`)).json).not.toHaveProperty('secret');
  });

  test('with an overlap says until when the old one signs, and no longer than that', async () => {
    const where = await path();
    const { json } = await api.call('POST', where, { body: { overlap_seconds: 60 } });
    expect(json).toMatchObject({ previous_secret_expires_at: '2026-03-19T10:22:44.000Z' });
    api.clock.advance(60_000);
    expect((await api.call('GET', where.replace('/regenerate-secret', ''))).json).not.toHaveProperty(
      'previous_secret_expires_at',
    );
  });

  test.each([-1, 604_801, 1.5, '60'])('refuses an overlap of %p', async (seconds) => {
    expect(await api.call('POST', await path(), { body: { overlap_seconds: seconds } })).toMatchObject({
      status: 400,
      json: { details: [{ field: 'overlap_seconds' }] },
    });
  });
});

describe('a test', () => {
  test('is one signed delivery, and tells how it was taken', async () => {
    const { id } = await createWebhook(api);
    api.endpoint.results.push(answered(202, 'taken'));
    const { status, json } = await api.call('POST', `${T}/webhooks/${id}/test`);
    expect(status).toBe(200);
    expect(json).toMatchObject({
      success: true,
      event_type: 'webhook.test',
      http_status: 202,
      latency_ms: 12,
      response: 'taken',
    });
    expect(api.endpoint.requests[0]!.headers).toMatchObject({
      'webhook-id': (json as { event_id: string }).event_id,
      'webhook-signature': expect.stringMatching(/^v1,/) as string,
    });
  });

  test('sends the example of an event type', async () => {
    const { id } = await createWebhook(api);
    expect(
      (await api.call('POST', `${T}/webhooks/${id}/test`, { body: { event_type: 'job.failed' } })).json,
    ).toMatchObject({ event_type: 'job.failed' });
    expect(JSON.parse(Buffer.from(api.endpoint.requests[0]!.body).toString())).toMatchObject({
      event_type: 'job.failed',
    });
    expect((await api.call('POST', `${T}/webhooks/${id}/test`, { body: { event_type: 'job.paused' } })).status).toBe(
      400,
    );
  });

  test.each([
    [
      'an error',
      answered(500, 'oops'),
      { success: false, http_status: 500, response: 'oops', error: 'The endpoint responded with 500.' },
    ],
    [
      'a redirect',
      answered(301),
      { success: false, http_status: 301, error: 'The endpoint responded with 301. Redirects are not followed.' },
    ],
    ['no answer', refusedConnection(), { success: false, latency_ms: 3, error: 'The connection was refused.' }],
  ])('of an endpoint with %s is a call that worked', async (_what, result, expected) => {
    const { id } = await createWebhook(api);
    api.endpoint.results.push(result);
    expect(await api.call('POST', `${T}/webhooks/${id}/test`)).toMatchObject({ status: 200, json: expected });
  });

  test('is not made too often', async () => {
    const { id } = await createWebhook(api);
    for (let count = 0; count < 30; count += 1)
      expect(
        (await api.call(count % 2 === 0 ? 'POST' : 'GET', `${T}/webhooks/${id}/${count % 2 === 0 ? 'test' : 'health'}`))
          .status,
      ).toBe(200);
    expect(await api.call('POST', `${T}/webhooks/${id}/test`)).toMatchObject({
      status: 429,
      headers: { 'retry-after': '16' },
      json: { code: 'TOO_MANY_REQUESTS' },
    });
    expect((await api.call('GET', `${T}/webhooks/${id}/health`)).status).toBe(429);
  });
});

describe('health', () => {
  test.each([
    ['any answer', answered(404), { healthy: true, reachable: true, http_status: 404 }],
    ['a server that does not know HEAD', answered(501), { healthy: true, reachable: true, http_status: 501 }],
    [
      'a failing server',
      answered(503),
      { healthy: false, reachable: true, http_status: 503, error: 'The endpoint responded with 503.' },
    ],
    [
      'silence',
      timedOut(),
      {
        healthy: false,
        reachable: false,
        error: 'The 10 s deadline passed while waiting for the response status and headers.',
      },
    ],
  ])('of %s', async (_what, result, expected) => {
    const { id } = await createWebhook(api);
    api.endpoint.results.push(result);
    expect((await api.call('GET', `${T}/webhooks/${id}/health`)).json).toMatchObject({
      ...expected,
      enabled: true,
      failure_count: 0,
      circuit: 'closed',
    });
    expect(api.endpoint.requests).toEqual([]);
  });

  test('tells of an open circuit', async () => {
    const { id } = await createWebhook(api);
    await api.subscriptions.open(
      { tenantId: TENANT, subscriptionId: id as SubscriptionId },
      { openedAt: 1, probeAt: 2 },
    );
    expect((await api.call('GET', `${T}/webhooks/${id}/health`)).json).toMatchObject({ circuit: 'open' });
  });
});

describe("another tenant's webhook is answered like one that is not there", () => {
  test.each([
    ['GET', '', undefined],
    ['PUT', '', { events: ['job.failed'] }],
    ['DELETE', '', undefined],
    ['POST', '/regenerate-secret', undefined],
    ['POST', '/test', undefined],
    ['GET', '/health', undefined],
    ['POST', '/recoveries', { since: '2026-03-19T00:00:00Z' }],
    ['GET', '/recoveries', undefined],
  ])('%s %s', async (method, suffix, body) => {
    const { id } = await createWebhook(api);
    const answers = await Promise.all(
      [id, UNKNOWN_ID].map((each) => api.call(method, `${tenantPathOf(OTHER)}/webhooks/${each}${suffix}`, { body })),
    );
    for (const { status, text } of answers)
      expect({ status, text }).toEqual({
        status: 404,
        text: '{"code":"NOT_FOUND","error":{"message":"Webhook not found.","code":"webhook-not-found"}}',
      });
    expect(api.subscriptions.subscriptions).toHaveLength(1);
  });
});

describe('without webhooks in the plan', () => {
  test('what makes or sends something is refused, the rest stays possible', async () => {
    const { id } = await createWebhook(api);
    await api.call('PUT', `${T}/plan`, { body: { plan: 'free' } });
    const path = `${T}/webhooks/${id}`;
    const events = ['job.completed'];
    const refused: [string, string, object?][] = [
      ['PUT', path, { events, enabled: true }],
      ['POST', `${path}/regenerate-secret`],
      ['POST', `${path}/test`],
      ['POST', `${path}/recoveries`, { since: '2026-03-19T00:00:00Z' }],
      ['POST', `${T}/webhooks/account-secret/regenerate`],
    ];
    for (const [method, where, body] of refused)
      expect(await api.call(method, where, { body })).toMatchObject({
        status: 403,
        json: { error: { message: expect.stringContaining('Plans that do') as string } },
      });
    for (const where of [path, `${T}/webhooks`, `${path}/health`, `${T}/webhooks/account-secret`])
      expect((await api.call('GET', where)).status).toBe(200);
    expect((await api.call('DELETE', path)).status).toBe(204);
  });
});

test('a table that does not answer is 503, and says when to come again', async () => {
  api.subscriptions.faults.refuse(
    1,
    () => new PortUnavailable('subscriptions table', new Error('throttled by arn:aws:dynamodb')),
  );
  const answer = await api.call('GET', `${T}/webhooks`);
  expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '2' }, json: { code: 'SYSTEM_ERROR' } });
  expect(answer.text).not.toContain('arn:aws');
  expect(api.log.lines).toMatchObject([
    { level: 'error', fields: { error: 'PortUnavailable', reason: expect.stringContaining('throttled') as string } },
  ]);
});

test('a fault of ours is 500, without what it was', async () => {
  api.subscriptions.faults.refuse(1, () => new TypeError('cannot read properties of undefined'));
  const answer = await api.call('GET', `${T}/webhooks`);
  expect(answer).toMatchObject({ status: 500, json: { code: 'SYSTEM_ERROR' } });
  expect(answer.text).not.toMatch(/properties|at /);
});
