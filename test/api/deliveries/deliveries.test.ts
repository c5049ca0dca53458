import { reason } from '../../../lambda/core/shared/reason';
import { type EventId, publicDeliveryId, urlTarget } from '../../../lambda/core/shared/identifiers';
import {
  createWebhook,
  type Harness,
  OTHER,
  recordDelivery,
  setUp,
  T,
  TENANT,
  tenantPathOf,
  URL_OF_ENDPOINT,
} from '../harness';
import type { DeliveryRecord } from '../../../lambda/core/delivery/delivery-record';

const UNKNOWN = publicDeliveryId({
  subscriptionId: '0199d1c2-7f1a-7c3e-9a55-3f0c2b7d4e10',
  deliveryId: '0199d1c2-7f1a-7c3e-9a55-3f0c2b7d4e11',
} as unknown as DeliveryRecord);

interface Listed {
  readonly data: { id: string; event_id: string; processing_status: string }[];
  readonly has_more: boolean;
  readonly next_cursor?: string;
}

let api: Harness;
let webhook: string;
beforeEach(async () => {
  api = setUp();
  webhook = (await createWebhook(api)).id;
});

const list = async (query: string): Promise<Listed> =>
  (await api.call('GET', `${T}/webhooks/events`, { query })).json as Listed;

/** A failed one a second, alternating with delivered ones. */
async function several(
  count: number,
  target: { subscriptionId: string } | { url: string } = { subscriptionId: webhook },
): Promise<DeliveryRecord[]> {
  const records: DeliveryRecord[] = [];
  for (let index = 0; index < count; index += 1) {
    api.clock.advance(1000);
    const ends =
      index % 2 === 0
        ? {}
        : ({
            status: 'delivered',
            reason: undefined,
            eventType: 'job.failed',
            history: [{ at: api.clock.now(), latencyMs: 5, status: 200 }],
          } as const);
    records.unshift(await recordDelivery(api, TENANT, target, { eventId: `event-${index}` as EventId, ...ends }));
  }
  return records;
}

describe('the log of a webhook', () => {
  test('shows a delivery with what became of it, and nothing that is unset', async () => {
    const record = await recordDelivery(api, TENANT, { subscriptionId: webhook }, { eventId: 'event-1' as EventId });
    expect((await list(`subscription_id=${webhook}`)).data).toEqual([
      {
        id: publicDeliveryId(record),
        subscription_id: webhook,
        event_id: 'event-1',
        event_type: 'job.completed',
        webhook_url: URL_OF_ENDPOINT,
        processing_status: 'failed',
        processing_attempts: 1,
        processing_error: 'The endpoint responded with 503.',
        error_code: 'endpoint-responded',
        error_params: { status: 503 },
        http_status: 503,
        created_at: '2026-03-19T10:21:44.000Z',
        updated_at: '2026-03-19T10:21:44.087Z',
      },
    ]);
  });

  test('tells of one on its way why its last attempt failed, and when the next is', async () => {
    const dueAt = api.clock.now() + 10_000;
    await recordDelivery(
      api,
      TENANT,
      { subscriptionId: webhook },
      { status: 'pending', dueAt, reason: undefined, settledAt: undefined },
    );
    expect((await list(`subscription_id=${webhook}`)).data[0]).toMatchObject({
      processing_status: 'pending',
      processing_error: 'The endpoint responded with 503.',
      next_attempt_at: '2026-03-19T10:21:54.000Z',
    });
  });

  test('comes newest first, in pages that join to the whole', async () => {
    const records = await several(7);
    const seen: string[] = [];
    let cursor = '';
    do {
      const page = await list(`subscription_id=${webhook}&limit=3${cursor}`);
      expect(page.data.length).toBeLessThanOrEqual(3);
      seen.push(...page.data.map(({ id }) => id));
      cursor = page.next_cursor === undefined ? '' : `&cursor=${page.next_cursor}`;
    } while (cursor !== '');
    expect(seen).toEqual(records.map(publicDeliveryId));
  });

  test('is filtered by status and event type', async () => {
    await several(6);
    const statuses = new Set(
      (await list(`subscription_id=${webhook}&processing_status=delivered`)).data.map(
        ({ processing_status: status }) => status,
      ),
    );
    expect([...statuses]).toEqual(['delivered']);
    expect((await list(`subscription_id=${webhook}&processing_status=failed`)).data).toHaveLength(3);
    expect((await list(`subscription_id=${webhook}&event_type=job.failed`)).data).toHaveLength(3);
    expect((await list(`subscription_id=${webhook}&event_type=job.failed&processing_status=cancelled`)).data).toEqual(
      [],
    );
  });

  test('of a URL that events named is by its origin, and has no webhook', async () => {
    const record = await recordDelivery(api, TENANT, { url: 'https://elsewhere.example.com/a?b=c' });
    const { data } = await list(`subscription_id=${urlTarget('https://elsewhere.example.com/other')}`);
    expect(data).toMatchObject([{ id: publicDeliveryId(record), webhook_url: 'https://elsewhere.example.com/a?b=c' }]);
    expect(data[0]).not.toHaveProperty('subscription_id');
    expect(data[0]!.id).toMatch(/^dlu_/);
  });

  test('of an event is that of all webhooks', async () => {
    const other = (await createWebhook(api)).id;
    for (const subscriptionId of [webhook, other])
      await recordDelivery(api, TENANT, { subscriptionId }, { eventId: 'event-1' as EventId });
    await several(1);
    const ofEvent = async (id: string, query = ''): Promise<Listed> =>
      (await api.call('GET', `${T}/webhooks/events/${id}/deliveries`, { query })).json as Listed;
    const { data } = await ofEvent('event-1');
    expect(data.map(({ event_id: id }) => id)).toEqual(['event-1', 'event-1']);
    const first = await ofEvent('event-1', 'limit=1');
    const second = await ofEvent('event-1', `limit=1&cursor=${first.next_cursor}`);
    expect([...first.data, ...second.data]).toEqual(data);
    expect([first.has_more, second.has_more]).toEqual([true, false]);
    expect(await api.call('GET', `${T}/webhooks/events/nobody-sent-this/deliveries`)).toMatchObject({ status: 404 });
  });

  test.each([
    '',
    'limit=5',
    'subscription_id=x',
    'subscription_id=url:12',
    'subscription_id=0199d1c2-7f1a-7c3e-9a55-3f0c2b7d4e10&event_id=e',
    'event_id=a',
  ])('refuses the query "%s"', async (query) => {
    const { status, json } = await api.call('GET', `${T}/webhooks/events`, { query });
    expect(status).toBe(400);
    expect(json).toMatchObject({ code: 'VALIDATION_ERROR' });
  });

  test('says what is missing', async () => {
    expect((await api.call('GET', `${T}/webhooks/events`)).json).toMatchObject({
      error: { message: 'subscription_id: is required: the id of a webhook, or of an origin' },
    });
  });

  test("of a webhook that was deleted stays; another tenant's is empty", async () => {
    await several(2);
    expect(
      (await api.call('GET', `${tenantPathOf(OTHER)}/webhooks/events`, { query: `subscription_id=${webhook}` })).json,
    ).toEqual({ data: [], has_more: false });
    await api.call('DELETE', `${T}/webhooks/${webhook}`);
    expect((await list(`subscription_id=${webhook}`)).data).toHaveLength(2);
  });
});

describe('a cursor', () => {
  const take = async (query = '') => (await list(`subscription_id=${webhook}&limit=1${query}`)).next_cursor!;
  const refused = (path: string, query: string) =>
    api
      .call('GET', path, { query })
      .then(({ status, json }) => [status, (json as { error: { message: string } }).error.message]);
  const refusal = (status: number) => [status, expect.stringContaining('Start again without it') as string];

  beforeEach(() => several(4));

  test.each<[string, (cursor: string) => [string, string]]>([
    [
      'another tenant',
      (cursor) => [`${tenantPathOf(OTHER)}/webhooks/events`, `subscription_id=${webhook}&cursor=${cursor}`],
    ],
    [
      'another filter',
      (cursor) => [`${T}/webhooks/events`, `subscription_id=${webhook}&processing_status=failed&cursor=${cursor}`],
    ],
    [
      'another webhook',
      (cursor) => [`${T}/webhooks/events`, `subscription_id=0199d1c2-7f1a-7c3e-9a55-3f0c2b7d4e10&cursor=${cursor}`],
    ],
    ['another list', (cursor) => [`${T}/webhooks`, `cursor=${cursor}`]],
    ['the list of origins', (cursor) => [`${T}/webhooks/origins`, `cursor=${cursor}`]],
  ])('is not taken by %s', async (_what, request) => {
    expect(await refused(...request(await take()))).toEqual(refusal(409));
  });

  test.each<[string, 400 | 409, (cursor: string) => string]>([
    ['cut short', 400, (cursor) => cursor.slice(0, -4)],
    ['made longer', 400, (cursor) => `${cursor}AAAA`],
    ['altered', 409, (cursor) => `${cursor.slice(0, 10)}${cursor[10] === 'A' ? 'B' : 'A'}${cursor.slice(11)}`],
    [
      'of another version',
      409,
      (cursor) => Buffer.concat([Buffer.from([9]), Buffer.from(cursor, 'base64url').subarray(1)]).toString('base64url'),
    ],
    [
      'of other bits for the same bytes',
      409,
      (cursor) => `${cursor.slice(0, -1)}${String.fromCharCode(cursor.charCodeAt(cursor.length - 1) + 1)}`,
    ],
    ['made up', 400, () => 'AAAA'],
  ])('that is %s is not taken', async (_what, status, change) => {
    expect(await refused(`${T}/webhooks/events`, `subscription_id=${webhook}&cursor=${change(await take())}`)).toEqual(
      refusal(status),
    );
  });

  test('goes on whatever the limit is', async () => {
    expect((await list(`subscription_id=${webhook}&limit=50&cursor=${await take()}`)).data).toHaveLength(3);
  });
});

describe('one delivery', () => {
  const read = async (record: DeliveryRecord) =>
    (await api.call('GET', `${T}/webhooks/events/${publicDeliveryId(record)}`)).json as Record<string, unknown>;

  test('comes with its attempts, its payload and what a request carries', async () => {
    const { id } = await createWebhook(api, TENANT, { headers: { 'x-token': 'hunter2' } });
    const at = api.clock.now();
    const history = [
      { at, latencyMs: 10_000, error: reason('connection-refused') },
      { at: at + 20_000, latencyMs: 87.4, status: 503, answer: 'busy' },
    ];
    const record = await recordDelivery(
      api,
      TENANT,
      { subscriptionId: id },
      { payload: '{"n":12345678901234567890}', history, attempts: 2, eventId: 'event-1' as EventId },
    );
    const { text, json } = await api.call('GET', `${T}/webhooks/events/${publicDeliveryId(record)}`);
    expect(json).toMatchObject({
      attempts: [
        {
          at: '2026-03-19T10:21:44.000Z',
          latency_ms: 10_000,
          error: 'The connection was refused.',
          error_code: 'connection-refused',
        },
        { at: '2026-03-19T10:22:04.000Z', latency_ms: 87, http_status: 503, answer: 'busy' },
      ],
      request_headers: [
        { name: 'content-type', value: 'application/json' },
        { name: 'user-agent', value: 'LeapOCR-Webhook/1.0' },
        { name: 'X-R2-Signature' },
        { name: 'X-Webhook-Timestamp' },
        { name: 'X-Webhook-Signature' },
        { name: 'webhook-id', value: 'event-1' },
        { name: 'webhook-timestamp' },
        { name: 'webhook-signature' },
        { name: 'x-token' },
      ],
    });
    expect(text).toContain('"payload":{"n":12345678901234567890}');
    expect(text).not.toContain('hunter2');
  });

  test.each([['text'], ['[1]'], ['"a"'], ['12345678901234567890']])(
    'shows the payload %s as the text that it is',
    async (payload) => {
      const json = await read(await recordDelivery(api, TENANT, { subscriptionId: webhook }, { payload }));
      expect(json.payload_text).toBe(payload);
      expect(json).not.toHaveProperty('payload');
    },
  );

  test('is there after its payload, and after its webhook', async () => {
    const record = await recordDelivery(api, TENANT, { subscriptionId: webhook });
    await api.call('DELETE', `${T}/webhooks/${webhook}`);
    api.clock.advance(31 * 86_400_000);
    const json = await read(record);
    expect(json).toMatchObject({ processing_status: 'failed' });
    expect(json).not.toHaveProperty('payload');
  });

  test('is gone after its time', async () => {
    const record = await recordDelivery(api, TENANT, { subscriptionId: webhook });
    api.clock.advance(60 * 86_400_000);
    expect((await api.call('GET', `${T}/webhooks/events/${publicDeliveryId(record)}`)).status).toBe(404);
  });
});

describe('a payload', () => {
  const read = async (id: string) => (await api.call('GET', `${T}/webhooks/events/${id}/payload`)).json;

  test('is read by event, and by delivery', async () => {
    const record = await recordDelivery(
      api,
      TENANT,
      { subscriptionId: webhook },
      { eventId: 'event-1' as EventId, payload: '{"amount":1.10}' },
    );
    const expected = { event_id: 'event-1', event_type: 'job.completed', payload: { amount: 1.1 }, enriched: false };
    expect(await read('event-1')).toEqual(expected);
    expect(await read(publicDeliveryId(record))).toEqual(expected);
    expect((await api.call('GET', `${T}/webhooks/events/event-1/payload`)).text).toContain('1.10');
  });

  test('that is no object is text, with a note', async () => {
    await recordDelivery(api, TENANT, { subscriptionId: webhook }, { eventId: 'event-1' as EventId, payload: 'a=1' });
    expect(await read('event-1')).toEqual({
      event_id: 'event-1',
      event_type: 'job.completed',
      payload_text: 'a=1',
      enriched: false,
      note: 'The payload is not a JSON object. This text is what is sent.',
      note_code: 'payload-not-an-object',
    });
  });

  test('that is kept no longer is a note', async () => {
    const record = await recordDelivery(api, TENANT, { subscriptionId: webhook }, { eventId: 'event-1' as EventId });
    api.clock.advance(31 * 86_400_000);
    expect(await read(publicDeliveryId(record))).toEqual({
      event_id: 'event-1',
      event_type: 'job.completed',
      enriched: false,
      note: "The event's payload is no longer stored.",
      note_code: 'payload-expired',
    });
    expect((await api.call('GET', `${T}/webhooks/events/event-1/payload`)).status).toBe(404);
  });
});

describe('retrying', () => {
  const retry = (record: DeliveryRecord) =>
    api.call('POST', `${T}/webhooks/events/${publicDeliveryId(record)}/retry`, { body: {} });

  test('makes a delivery of its own, known to both', async () => {
    const record = await recordDelivery(api, TENANT, { subscriptionId: webhook }, { eventId: 'event-1' as EventId });
    api.clock.advance(1000);
    const { status, json } = await retry(record);
    expect(status).toBe(202);
    const { id } = json as { id: string };
    expect(json).toEqual({ id: expect.stringMatching(/^dlv_/) as string, event_id: 'event-1' });
    expect(api.queues.sent).toHaveLength(1);
    expect((await api.call('GET', `${T}/webhooks/events/${id}`)).json).toMatchObject({
      processing_status: 'pending',
      replay_of: publicDeliveryId(record),
    });
    expect((await api.call('GET', `${T}/webhooks/events/${publicDeliveryId(record)}`)).json).toMatchObject({
      replays: [id],
    });
    expect(api.audit.at(-1)).toMatchObject({
      action: 'delivery.retried',
      tenantId: TENANT,
      resource: publicDeliveryId(record),
    });
  });

  test('is a conflict while it is on its way, and when its webhook is disabled', async () => {
    const pending = await recordDelivery(
      api,
      TENANT,
      { subscriptionId: webhook },
      { status: 'pending', dueAt: api.clock.now() + 10_000, eventId: 'event-1' as EventId },
    );
    expect(await retry(pending)).toMatchObject({
      status: 409,
      json: { code: 'CONFLICT', error: { message: expect.stringContaining('2026-03-19T10:21:54.000Z') as string } },
    });
    const failed = await recordDelivery(api, TENANT, { subscriptionId: webhook }, { eventId: 'event-2' as EventId });
    await api.call('PUT', `${T}/webhooks/${webhook}`, { body: { events: ['job.completed'], enabled: false } });
    expect((await retry(failed)).status).toBe(409);
  });

  test('is 503 when the queue does not take it', async () => {
    const record = await recordDelivery(api, TENANT, { subscriptionId: webhook });
    api.queues.answers.push('unanswered');
    expect((await retry(record)).status).toBe(503);
  });

  test('takes no fields', async () => {
    const record = await recordDelivery(api, TENANT, { subscriptionId: webhook });
    expect(
      (await api.call('POST', `${T}/webhooks/events/${publicDeliveryId(record)}/retry`, { body: { force: true } }))
        .status,
    ).toBe(400);
  });
});

describe("another tenant's delivery is answered like one that is not there", () => {
  test.each([
    ['GET', '', 'Delivery not found.', 'delivery-not-found'],
    ['POST', '/retry', 'Delivery not found.', 'delivery-not-found'],
    ['GET', '/payload', 'Event not found, or no longer stored.', 'event-not-found'],
  ])('%s %s', async (method, suffix, words, code) => {
    const id = publicDeliveryId(await recordDelivery(api, TENANT, { subscriptionId: webhook }));
    const answers = await Promise.all(
      [id, UNKNOWN].map((each) => api.call(method, `${tenantPathOf(OTHER)}/webhooks/events/${each}${suffix}`)),
    );
    for (const { status, text } of answers)
      expect({ status, text }).toEqual({
        status: 404,
        text: `{"code":"NOT_FOUND","error":{"message":${JSON.stringify(words)},"code":"${code}"}}`,
      });
    expect(api.queues.sent).toEqual([]);
  });
});
