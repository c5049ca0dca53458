import { execFileSync } from 'node:child_process';
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { PYTHON } from '../builders/python';
import { Platform } from './platform';
import { type Arrival, Receiver } from './receiver';

jest.setTimeout(120_000);

const platform = new Platform();
const receiver = new Receiver();
beforeAll(() => receiver.listen());
afterAll(() => receiver.close());

const TYPES = ['job.created', 'job.started', 'job.completed', 'job.failed'];

function eventOf(tenant: string, changes: Record<string, unknown> = {}): string {
  return JSON.stringify({
    event_id: randomUUID(),
    event_type: 'job.completed',
    tenant_id: tenant,
    payload: { event_type: 'job.completed', total_pages: 3 },
    ...changes,
  });
}

async function subscriber(events: readonly string[] = ['job.completed'], ending = '') {
  const tenant = platform.newTenant();
  const path = `/${tenant.split('/')[0]!}${ending}`;
  return { tenant, path, ...(await platform.subscribe(tenant, receiver.url(path), events)) };
}

/** Checks LeapOCR's two schemes by the guide's words, and the third by its own library. */
function verify({ headers, body }: Arrival, secret: string): void {
  expect(headers['x-r2-signature']).toBe(createHmac('sha256', secret).update(body).digest('hex'));
  expect(headers['x-webhook-signature']).toBe(
    createHmac('sha256', secret)
      .update(`${headers['x-webhook-timestamp'] as string}.`)
      .update(body)
      .digest('hex'),
  );
  // the library compares the timestamp with its clock
  const now = jest.spyOn(Date, 'now').mockReturnValue(platform.now() * 1000);
  try {
    expect(() => new Webhook(secret).verify(body.toString(), headers as Record<string, string>)).not.toThrow();
  } finally {
    now.mockRestore();
  }
  expect(headers).toMatchObject({ 'content-type': 'application/json', 'user-agent': 'LeapOCR-Webhook/1.0' });
}

test('100 events of four types arrive once each, with exact bytes and three valid signatures', async () => {
  const { tenant, path, secret } = await subscriber(TYPES);
  const payloads = new Map(
    Array.from({ length: 100 }, (_unused, index) => [
      randomUUID() as string,
      {
        event_type: TYPES[index % 4],
        index,
        name: `\u0440\u0430\u0445\u0443\u043d\u043e\u043a-${index} \u2603`,
        nested: { list: [1, null, true] },
      },
    ]),
  );
  await platform.publish(
    [...payloads].map(([event_id, payload]) => eventOf(tenant, { event_id, event_type: payload.event_type, payload })),
  );
  const arrivals = await receiver.arrived(path, 100);
  await platform.settled(tenant);
  expect(receiver.at(path)).toHaveLength(100);
  for (const arrival of arrivals) {
    const payload = payloads.get(arrival.headers['webhook-id'] as string);
    expect(arrival.body.toString()).toBe(JSON.stringify(payload));
    verify(arrival, secret);
  }
  expect(new Set(arrivals.map(({ headers }) => headers['webhook-id'])).size).toBe(100);
  const records = await platform.deliveries(tenant);
  expect(records.map(({ eventId }) => eventId).sort()).toEqual([...payloads.keys()].sort());
  expect(records.every(({ status, attempts }) => status === 'delivered' && attempts === 1)).toBe(true);
});

test("Python's standardwebhooks accepts what arrives", async () => {
  const { tenant, path, secret } = await subscriber();
  await platform.publish([eventOf(tenant)]);
  const [arrival] = await receiver.arrived(path, 1);
  const now = platform.now();
  const input = JSON.stringify({ secret, headers: arrival!.headers, body: arrival!.body.toString(), now });
  expect(execFileSync(PYTHON, [join(__dirname, 'verify_standardwebhooks.py')], { input, encoding: 'utf8' })).toBe(
    'valid\n',
  );
  const altered = JSON.stringify({ secret, headers: arrival!.headers, body: `${arrival!.body.toString()} `, now });
  expect(
    execFileSync(PYTHON, [join(__dirname, 'verify_standardwebhooks.py')], { input: altered, encoding: 'utf8' }),
  ).toBe('invalid\n');
});

test(
  'a malformed message in a batch of ten: the nine others are delivered, it is in the dead-letter queue with a ' +
    'reason that names the field',
  async () => {
    const { tenant, path } = await subscriber();
    const bad = eventOf(tenant, { event_type: 'job.exploded' });
    const good = Array.from({ length: 9 }, () => eventOf(tenant));
    await platform.publish([...good.slice(0, 5), bad, ...good.slice(5)]);
    const rejected = await platform.rejected(({ Body }) => Body === bad);
    expect(rejected.MessageAttributes).toMatchObject({
      field: { StringValue: 'event_type' },
      reason: {
        StringValue: expect.stringMatching(/^event_type: "job\.exploded" is not in the event catalog/) as string,
      },
    });
    await receiver.arrived(path, 9);
    await platform.settled(tenant);
    expect(receiver.at(path)).toHaveLength(9);
  },
);

test.each([
  ['no JSON at all', (tenant: string) => `{"tenant_id":"${tenant}"`, 'body'],
  ['an empty object', () => `{}${' '.repeat(1 + Math.floor(Math.random() * 1000))}`, 'event_id'],
  ['a tenant of another shape', () => eventOf(`only-${randomBytes(4).toString('hex')}`), 'tenant_id'],
  ['no payload', (tenant: string) => eventOf(tenant, { payload: undefined }), 'payload'],
  ['more than 960 KiB', (tenant: string) => eventOf(tenant, { payload: 'x'.repeat(983_040) }), 'body'],
])('%s goes to the dead-letter queue at once', async (_what, make, field) => {
  const body = make(platform.newTenant());
  await platform.publish([body]);
  const rejected = await platform.rejected(
    ({ Body }) => Body === body || (body.length > 983_040 && body.startsWith(Body!)),
  );
  expect(rejected.MessageAttributes!.field!.StringValue).toBe(field);
});

test('the same event_id sent five times is delivered once', async () => {
  const { tenant, path } = await subscriber();
  const body = eventOf(tenant);
  await platform.publish([body, body, body, body, body]);
  await receiver.arrived(path, 1);
  await platform.settled(tenant);
  expect(await platform.queued(tenant)).toHaveLength(4); // the copies' checks, delayed
  await platform.moveClock(5 * 60);
  await platform.settled(tenant);
  expect(await platform.queued(tenant)).toEqual([]);
  expect(receiver.at(path)).toHaveLength(1);
  expect(await platform.deliveries(tenant)).toMatchObject([{ status: 'delivered', attempts: 1 }]);
});

test('copies with other bytes under the same event_id do not change what is sent', async () => {
  const { tenant, path } = await subscriber();
  const event_id = randomUUID();
  await platform.publish([eventOf(tenant, { event_id, payload: { first: true } })]);
  await receiver.arrived(path, 1);
  await platform.publish([eventOf(tenant, { event_id, payload: { first: false } })]);
  await platform.settled(tenant);
  await platform.moveClock(5 * 60);
  expect(receiver.at(path).map(({ body }) => body.toString())).toEqual(['{"first":true}']);
});

test.each([
  ['a string, byte for byte', '{ "spaces":  "kept",\r\n"n": 1.0 }\t\u2603'],
  ['an empty string', ''],
  ['a string over 16 KiB, by way of the stored event', `"${randomBytes(20_000).toString('base64')}"`],
  ['a string of 390 KB that does not compress into an item', randomBytes(292_000).toString('base64')],
  ['a string of 900 KB, by way of S3', randomBytes(675_000).toString('base64')],
])('the payload may be %s', async (_what, payload) => {
  const { tenant, path, secret } = await subscriber();
  await platform.publish([eventOf(tenant, { payload })]);
  const [arrival] = await receiver.arrived(path, 1);
  expect(arrival!.body.toString()).toBe(payload);
  expect(arrival!.headers['x-r2-signature']).toBe(createHmac('sha256', secret).update(payload).digest('hex'));
});

test('numbers that JavaScript cannot hold arrive as they were sent', async () => {
  const { tenant, path } = await subscriber();
  await platform.publish([eventOf(tenant, { payload: { n: 'N' } }).replace('"N"', '12345678901234567890.10')]);
  expect((await receiver.arrived(path, 1))[0]!.body.toString()).toBe('{"n":12345678901234567890.10}');
});

test('an event goes to all subscriptions of its tenant and type, and to no other', async () => {
  const { tenant, path } = await subscriber();
  await platform.subscribe(tenant, receiver.url(`${path}/second`), ['job.completed', 'job.failed']);
  await platform.subscribe(tenant, receiver.url(`${path}/failed-only`), ['job.failed']);
  await platform.subscribe(platform.newTenant(), receiver.url(`${path}/stranger`), ['job.completed']);
  await platform.publish([eventOf(tenant)]);
  await Promise.all([receiver.arrived(path, 1), receiver.arrived(`${path}/second`, 1)]);
  await platform.settled(tenant);
  expect(
    [path, `${path}/second`, `${path}/failed-only`, `${path}/stranger`].map((each) => receiver.at(each).length),
  ).toEqual([1, 1, 0, 0]);
});

test('an endpoint that answers 404 has its delivery on record as failed', async () => {
  const { tenant, path } = await subscriber(['job.completed'], '/404');
  await platform.publish([eventOf(tenant)]);
  await receiver.arrived(path, 1);
  await platform.settled(tenant);
  expect(await platform.deliveries(tenant)).toMatchObject([{ status: 'failed', attempts: 1 }]);
});
