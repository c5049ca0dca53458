/** The management API as it is deployed: what its calls do to deliveries. */
import { createHmac, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { Webhook } from 'standardwebhooks';
import { urlTarget } from '../../lambda/core/shared/identifiers';
import { clientConfig } from '../../local/aws-client';
import { eventMessage } from '../builders/event';
import { loggedLines } from './handler-logs';
import { HOSTILE_NAMES } from './harness/hostile-names';
import { ManagementClient } from './management-client';
import { Platform } from './platform';
import { type Arrival, Receiver } from './receiver';

const leapocr = new Platform('leapocr');
const rekognita = new Platform('rekognita');
const receiver = new Receiver();
const operator = new ManagementClient(leapocr.stack.apiUrl, leapocr.stack.operatorApiKey);
const rekognitaOperator = new ManagementClient(rekognita.stack.apiUrl, rekognita.stack.operatorApiKey);
/** Everything that must never be seen in a log, a queue or a list. */
const secrets = new Set<string>([leapocr.stack.operatorApiKey, rekognita.stack.operatorApiKey]);

beforeAll(() => receiver.listen());
afterAll(() => receiver.close());

interface Webhook_ {
  readonly id: string;
  readonly secret: string;
  readonly enabled: boolean;
  readonly failure_count: number;
}
interface Delivery {
  readonly id: string;
  readonly event_id: string;
  readonly processing_status: string;
}
interface Page<T> {
  readonly data: readonly T[];
  readonly has_more: boolean;
  readonly next_cursor?: string;
}

async function setUp(path = `/${randomUUID()}`, changes: object = {}) {
  const tenant = leapocr.newTenant();
  const [organization, team] = tenant.split('/');
  const at = `/organizations/${organization}/teams/${team}`;
  const webhook = await operator.done<Webhook_>('POST', `${at}/webhooks`, {
    url: receiver.url(path),
    events: ['job.completed', 'job.failed'],
    ...changes,
  });
  secrets.add(webhook.secret);
  const send = (...ids: string[]) =>
    leapocr.publish(ids.map((event_id) => eventMessage({ tenant_id: tenant, event_id })));
  const deliveries = async (query = '') =>
    (await operator.done<Page<Delivery>>('GET', `${at}/webhooks/events?subscription_id=${webhook.id}${query}`)).data;
  return { tenant, at, path, webhook, send, deliveries };
}

const signedBy = (secret: string, { headers, body }: Arrival) =>
  headers['x-r2-signature'] === createHmac('sha256', secret).update(body).digest('hex');

/** Polls what comes about by a stream or a queue. */
async function eventually<T>(read: () => Promise<T>, holds: (value: T) => boolean, withinMs = 15_000): Promise<T> {
  for (const end = Date.now() + withinMs; ; await sleep(100)) {
    const value = await read();
    if (holds(value)) return value;
    if (Date.now() > end) throw new Error(`it did not come about within ${withinMs} ms: ${JSON.stringify(value)}`);
  }
}

describe("a secret's regeneration", () => {
  test('is in force at the very next delivery', async () => {
    const { at, path, webhook, send } = await setUp();
    await send('evt_1');
    await receiver.arrived(path, 1);
    const { secret } = await operator.done<Webhook_>('POST', `${at}/webhooks/${webhook.id}/regenerate-secret`);
    secrets.add(secret);
    await send('evt_2');
    const [before, after] = await receiver.arrived(path, 2);
    expect([signedBy(webhook.secret, before!), signedBy(secret, after!), signedBy(webhook.secret, after!)]).toEqual([
      true,
      true,
      false,
    ]);
    expect(after!.headers['webhook-signature']).toMatch(/^v1,\S+$/);
  });

  test('with an overlap lets receivers of either secret verify', async () => {
    const { at: base, path, webhook, send } = await setUp();
    const { secret } = await operator.done<Webhook_>('POST', `${base}/webhooks/${webhook.id}/regenerate-secret`, {
      overlap_seconds: 3600,
    });
    secrets.add(secret);
    await send('evt_1');
    const [arrival] = await receiver.arrived(path, 1);
    // Not verify(): it asks the machine's clock, and the stack's may have been moved.
    const at = new Date(Number(arrival!.headers['webhook-timestamp']) * 1000);
    const signatures = [secret, webhook.secret].map((each) =>
      new Webhook(each).sign('evt_1', at, arrival!.body.toString()),
    );
    expect(arrival!.headers['webhook-signature']).toBe(signatures.join(' '));
  });
});

describe('a plan without webhooks', () => {
  test('cancels deliveries and refuses new webhooks, and the way back brings what was missed', async () => {
    const { at, path, webhook, send, deliveries, tenant } = await setUp();
    expect(await operator.done('PUT', `${at}/plan`, { plan: 'free' })).toMatchObject({ plan: 'free', webhooks: false });
    await send('evt_1', 'evt_2');
    await leapocr.recorded(tenant, 2);
    expect(await deliveries()).toMatchObject([
      { processing_status: 'cancelled', processing_error: 'The plan "free" does not include webhooks.' },
      { processing_status: 'cancelled' },
    ]);
    const refused = await operator.call('POST', `${at}/webhooks`, {
      url: receiver.url(path),
      events: ['job.completed'],
    });
    expect([refused.status, refused.body]).toEqual([
      403,
      {
        code: 'FORBIDDEN',
        error: {
          message: 'The plan "free" does not include webhooks. Plans that do: Starter, Growth, Scale, Enterprise.',
          code: 'plan-upgrade-needed',
          params: { plan: 'free', plans: 'Starter, Growth, Scale, Enterprise' },
        },
      },
    ]);
    await operator.done('PUT', `${at}/plan`, { plan: 'growth' });
    await operator.done('POST', `${at}/webhooks/${webhook.id}/recoveries`, {
      since: new Date(leapocr.now() * 1000 - 3_600_000).toISOString(),
    });
    const arrivals = await receiver.arrived(path, 2);
    expect(arrivals.map(({ headers }) => headers['webhook-id']).sort()).toEqual(['evt_1', 'evt_2']);
  });
});

describe('an endpoint that fails', () => {
  test('is disabled with its reason; enabled and recovered, it gets all that it missed and nothing twice', async () => {
    const { at, path, webhook, send, tenant, deliveries } = await setUp();
    receiver.answer(path, [400, 400, 400, 400, 400]);
    for (const id of ['evt_1', 'evt_2', 'evt_3', 'evt_4', 'evt_5']) await send(id);
    const disabled = await eventually(
      () => operator.done<Webhook_>('GET', `${at}/webhooks/${webhook.id}`),
      ({ enabled }) => !enabled,
    );
    expect(disabled).toMatchObject({
      failure_count: 5,
      disabled_reason: '5 consecutive deliveries failed. Last failure: The endpoint responded with 400.',
      disabled_at: expect.any(String) as string,
    });
    await send('evt_6', 'evt_7');
    await leapocr.recorded(tenant, 7);

    const [one] = (await deliveries('&processing_status=failed')).filter(({ event_id: id }) => id === 'evt_1');
    expect(await operator.call('POST', `${at}/webhooks/events/${one!.id}/retry`)).toMatchObject({
      status: 409,
      body: { code: 'CONFLICT' },
    });
    expect(
      await operator.done('PUT', `${at}/webhooks/${webhook.id}`, { events: ['job.completed'], enabled: true }),
    ).toMatchObject({ enabled: true, failure_count: 0 });
    const retried = await operator.call<{ id: string }>('POST', `${at}/webhooks/events/${one!.id}/retry`);
    expect(retried.status).toBe(202);
    expect(retried.body.id).not.toBe(one!.id);
    await receiver.arrived(path, 6);
    await eventually(
      () => operator.done<Delivery>('GET', `${at}/webhooks/events/${retried.body.id}`),
      ({ processing_status: status }) => status === 'delivered',
    );

    const started = await operator.call('POST', `${at}/webhooks/${webhook.id}/recoveries`, {
      since: new Date(leapocr.now() * 1000 - 3_600_000).toISOString(),
    });
    expect(started).toMatchObject({ status: 202, body: { status: 'running' } });
    const finished = await eventually(
      () => operator.done<{ status: string }>('GET', `${at}/webhooks/${webhook.id}/recoveries`),
      ({ status }) => status !== 'running',
      30_000,
    );
    expect(finished).toMatchObject({ status: 'completed', resent: 6, skipped: 1 });
    const arrivals = await receiver.arrived(path, 12);
    expect(
      arrivals
        .slice(6)
        .map(({ headers }) => headers['webhook-id'])
        .sort(),
    ).toEqual(['evt_2', 'evt_3', 'evt_4', 'evt_5', 'evt_6', 'evt_7']);
    await leapocr.settled(tenant);
    expect(receiver.at(path)).toHaveLength(12);
  }, 90_000);
});

describe('the delivery log', () => {
  test('shows attempts, filters and pages, and the figures follow', async () => {
    const { at, path, webhook, send, tenant, deliveries } = await setUp();
    receiver.answer(path, [200, 404]);
    await send('evt_1');
    await receiver.arrived(path, 1);
    await send('evt_2');
    await receiver.arrived(path, 2);
    await send('evt_3');
    await leapocr.recorded(tenant, 3);
    expect((await deliveries()).map(({ event_id: id }) => id)).toEqual(['evt_3', 'evt_2', 'evt_1']);
    const [failed, ...others] = await deliveries('&processing_status=failed');
    expect(others).toEqual([]);
    expect(await operator.done('GET', `${at}/webhooks/events/${failed!.id}`)).toMatchObject({
      event_id: 'evt_2',
      processing_status: 'failed',
      processing_error: 'The endpoint responded with 404.',
      attempts: [{ http_status: 404, answer: 'ok', latency_ms: expect.any(Number) as number }],
    });
    const first = await operator.done<Page<Delivery>>(
      'GET',
      `${at}/webhooks/events?subscription_id=${webhook.id}&limit=2`,
    );
    expect(first.has_more).toBe(true);
    const second = await operator.done<Page<Delivery>>(
      'GET',
      `${at}/webhooks/events?subscription_id=${webhook.id}&limit=2&cursor=${first.next_cursor}`,
    );
    expect([...first.data, ...second.data].map(({ event_id: id }) => id)).toEqual(['evt_3', 'evt_2', 'evt_1']);
    const byEvent = await operator.done<Page<Delivery>>('GET', `${at}/webhooks/events/evt_2/deliveries`);
    expect(byEvent.data).toMatchObject([{ id: failed!.id }]);
    const stats = await eventually(
      () => operator.done('GET', `${at}/webhooks/stats?subscription_id=${webhook.id}&period=day`),
      ({ totals }) => (totals as { delivered: number }).delivered === 2,
    );
    expect(stats).toMatchObject({ totals: { delivered: 2, failed: 1, cancelled: 0 } });
    expect(await operator.done('GET', `${at}/webhooks/${webhook.id}`)).toMatchObject({
      last_triggered_at: expect.any(String) as string,
    });
  });
});

describe("an owner's headers", () => {
  test('are sent, and shown by name alone', async () => {
    secrets.add('Basic dXNlcjpodXNo');
    const { at, path, webhook, send, tenant } = await setUp(undefined, {
      headers: { Authorization: 'Basic dXNlcjpodXNo' },
    });
    await send('evt_1');
    const [arrival] = await receiver.arrived(path, 1);
    expect(arrival!.headers.authorization).toBe('Basic dXNlcjpodXNo');
    expect(await operator.done('GET', `${at}/webhooks/${webhook.id}`)).toMatchObject({
      header_names: ['authorization'],
    });
    await leapocr.recorded(tenant, 1);
  });
});

describe('a test send', () => {
  test('tells in words why an endpoint cannot be reached', async () => {
    const { at, webhook } = await setUp(undefined, { url: `https://${HOSTILE_NAMES.missing}/` });
    const { status, body } = await operator.call('POST', `${at}/webhooks/${webhook.id}/test`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ success: false, error: expect.stringMatching(/name|resolve/i) as string });
    expect(await operator.done('GET', `${at}/webhooks/${webhook.id}`)).toMatchObject({ failure_count: 0 });
  });

  test("sends a type's example", async () => {
    const { at, path, webhook } = await setUp();
    expect(
      await operator.done('POST', `${at}/webhooks/${webhook.id}/test`, { event_type: 'job.failed' }),
    ).toMatchObject({ success: true, http_status: 200, event_type: 'job.failed' });
    expect(JSON.parse(receiver.at(path)[0]!.body.toString())).toMatchObject({
      event_type: 'job.failed',
      error_message: 'Document processing failed',
    });
    expect(signedBy(webhook.secret, receiver.at(path)[0]!)).toBe(true);
  });
});

describe('events come in', () => {
  test('by HTTP, one or many, and a copy is one event', async () => {
    const { at, path, tenant } = await setUp();
    const event = (event_id: string) => ({ event_id, event_type: 'job.completed', payload: { event_id, n: 1 } });
    expect(await operator.call('POST', `${at}/events`, event('evt_1'))).toMatchObject({ status: 202 });
    expect(
      await operator.call('POST', `${at}/events`, { events: [event('evt_1'), event('evt_2'), event('evt_3')] }),
    ).toMatchObject({ status: 202, body: { accepted: 3 } });
    await receiver.arrived(path, 3);
    await leapocr.recorded(tenant, 3);
    expect(
      receiver
        .at(path)
        .map(({ headers }) => headers['webhook-id'])
        .sort(),
    ).toEqual(['evt_1', 'evt_2', 'evt_3']);
  });

  test('of nearly the size that the contract allows', async () => {
    const { at, path } = await setUp();
    const payload = 'x'.repeat(900 * 1024);
    expect(
      await operator.call('POST', `${at}/events`, { event_id: 'evt_large', event_type: 'job.completed', payload }),
    ).toMatchObject({ status: 202 });
    const [arrival] = await receiver.arrived(path, 1);
    expect(arrival!.body.length).toBe(payload.length);
  });

  test('by the bus', async () => {
    const { path, tenant } = await setUp();
    const Detail = JSON.stringify({
      event_id: 'evt_bus',
      event_type: 'job.completed',
      tenant_id: tenant,
      payload: { via: 'bus' },
    });
    const { FailedEntryCount } = await new EventBridgeClient(clientConfig(leapocr.local)).send(
      new PutEventsCommand({
        Entries: [
          { EventBusName: leapocr.stack.eventBus as string, Source: 'ocr', DetailType: 'webhook.event', Detail },
        ],
      }),
    );
    expect(FailedEntryCount).toBe(0);
    const [arrival] = await receiver.arrived(path, 1);
    expect(arrival!.body.toString()).toBe('{"via":"bus"}');
  });
});

describe('a platform whose events name their URL', () => {
  test('has an account secret, a log by URL, and retries', async () => {
    const tenant = rekognita.newTenant();
    const at = `/tenants/${tenant}`;
    const path = `/${randomUUID()}`;
    const { secret } = await rekognitaOperator.done<{ secret: string }>('GET', `${at}/webhooks/account-secret`);
    secrets.add(secret);
    receiver.answer(path, [500]);
    const url = receiver.url(path);
    await rekognitaOperator.done('POST', `${at}/events`, {
      event_id: 'evt_url',
      event_type: 'document.completed',
      webhook_url: url,
      payload: { document_id: 'doc_1' },
    });
    const [arrival] = await receiver.arrived(path, 1);
    expect(arrival!.headers['x-rekognita-signature']).toBe(
      createHmac('sha256', secret).update(arrival!.body).digest('hex'),
    );
    const pending = await eventually(
      () => rekognitaOperator.done<Page<Delivery>>('GET', `${at}/webhooks/events?subscription_id=${urlTarget(url)}`),
      ({ data }) => data.length === 1,
    );
    expect(pending.data).toMatchObject([
      {
        event_id: 'evt_url',
        processing_status: 'pending',
        webhook_url: url,
        next_attempt_at: expect.any(String) as string,
      },
    ]);
    await rekognita.moveClock(31);
    await receiver.arrived(path, 2);
    await rekognita.recorded(tenant, 1);
    const [delivered] = (
      await rekognitaOperator.done<Page<Delivery>>('GET', `${at}/webhooks/events/evt_url/deliveries`)
    ).data;
    expect(delivered).toMatchObject({ processing_status: 'delivered', processing_attempts: 2 });
    expect(await rekognitaOperator.call('POST', `${at}/webhooks/events/${delivered!.id}/retry`)).toMatchObject({
      status: 202,
    });
    await receiver.arrived(path, 3);
    const regenerated = await rekognitaOperator.done<{ secret: string }>(
      'POST',
      `${at}/webhooks/account-secret/regenerate`,
    );
    secrets.add(regenerated.secret);
    expect(regenerated.secret).not.toBe(secret);
    const { data } = await eventually(
      () => rekognitaOperator.done<Page<{ id: string; origin: string }>>('GET', `${at}/webhooks/origins`),
      (page) => page.data.length === 1,
    );
    expect(data).toMatchObject([{ id: urlTarget(url), origin: new URL(url).origin }]);
  }, 60_000);
});

describe('a portal link', () => {
  test("opens its tenant's webhooks, and nobody else's, without a secret unless it is scoped", async () => {
    const [mine, other] = [await setUp(), await setUp()];
    const { token } = await operator.done<{ token: string }>('POST', '/portal-sessions', {
      tenant_id: mine.tenant,
      user_id: 'user_1',
    });
    secrets.add(token);
    const portal = new ManagementClient(leapocr.stack.apiUrl, `Bearer ${token}`);
    expect((await portal.done<Page<Webhook_>>('GET', `${mine.at}/webhooks`)).data.map(({ id }) => id)).toEqual([
      mine.webhook.id,
    ]);
    expect(await portal.call('GET', `${other.at}/webhooks`)).toMatchObject({ status: 404 });
    expect(await portal.call('PUT', `${mine.at}/plan`, { plan: 'scale' })).toMatchObject({ status: 403 });
    expect(await portal.call('POST', `${mine.at}/webhooks/${mine.webhook.id}/regenerate-secret`)).toMatchObject({
      status: 403,
    });
    const made = await portal.done('POST', `${mine.at}/webhooks`, {
      url: receiver.url('/portal'),
      events: ['job.created'],
    });
    expect(made).not.toHaveProperty('secret');
    expect(await new ManagementClient(leapocr.stack.apiUrl).call('GET', `${mine.at}/webhooks`)).toMatchObject({
      status: 401,
    });
  });
});

/** Last: what all of the above has left behind. */
test('no secret is in any log line, queue message or list', async () => {
  const { tenant, at, webhook } = await setUp();
  await leapocr.settled(tenant);
  const list = JSON.stringify(await operator.done('GET', `${at}/webhooks`));
  const log = (await loggedLines(leapocr.local)).join('\n');
  const queued = JSON.stringify([...(await leapocr.allQueued()), ...(await rekognita.allQueued())]);
  expect(list).toContain(webhook.id);
  expect(log).toContain(`"resource":"${webhook.id}"`);
  for (const secret of secrets) {
    for (const [where, text] of Object.entries({ list, log, queued })) {
      if (text.includes(secret)) throw new Error(`the ${where} holds a secret that begins with ${secret.slice(0, 8)}`);
    }
  }
});
