import { createHmac } from 'node:crypto';
import { EndpointHealth } from '../../lambda/core/circuit';
import { deliver } from '../../lambda/core/deliver';
import { type DeliveryMessage, formatDeliveryMessage } from '../../lambda/core/delivery';
import { type ChainId, deliveryId, type EventId } from '../../lambda/core/identifiers';
import { OwnFaultDetector } from '../../lambda/core/own-fault';
import { SigningSecrets } from '../../lambda/core/signing-secrets';
import { LEAPOCR_PROFILE } from '../builders/profile';
import { keyRings, SECRET, subscription, TENANT } from '../builders/subscription';
import { InMemoryDeliveryLog } from '../fakes/delivery-log';
import { answered, ScriptedEndpoint, timedOut } from '../fakes/endpoint';
import { InMemoryEventStore } from '../fakes/event-store';
import { RecordingLog } from '../fakes/log';
import { InMemoryDeliveryQueues, RecordingOperationalEvents } from '../fakes/queues';
import { InMemorySubscriptionStore } from '../fakes/subscription-store';
import { ManualClock, SeededChance } from '../fakes/time-and-chance';

const BODY = '{"event_type":"job.completed"}';

async function setUp() {
  const clock = new ManualClock();
  const deliveries = new InMemoryDeliveryLog();
  const subscriptions = new InMemorySubscriptionStore(deliveries);
  const ports = {
    clock,
    chance: new SeededChance('deliver'),
    subscriptions,
    failures: subscriptions,
    circuits: subscriptions,
    accounts: subscriptions,
    events: new InMemoryEventStore(clock),
    deliveries,
    queues: new InMemoryDeliveryQueues(),
    operationalEvents: new RecordingOperationalEvents(),
    keyRings,
    endpoint: new ScriptedEndpoint(),
    secrets: new SigningSecrets(keyRings),
    log: new RecordingLog(),
  };
  const target = subscription();
  await ports.subscriptions.create(target);
  const message = (changes: Partial<DeliveryMessage> = {}): DeliveryMessage => {
    const eventId = changes.eventId ?? ('evt_1' as EventId);
    const arrivedAt = changes.arrivedAt ?? clock.now();
    const id = deliveryId({ time: arrivedAt, tenantId: TENANT, eventId, target: target.id });
    return { deliveryId: id, tenantId: TENANT, subscriptionId: target.id, eventId, eventType: 'job.completed', attempt: 1, chain: 'c1' as ChainId, arrivedAt, payload: BODY, ...changes };
  };
  const memory = { health: new EndpointHealth(clock), ownFaults: new OwnFaultDetector(clock) };
  let remaining = 30_000;
  const run = (...messages: (DeliveryMessage | string)[]) =>
    deliver(
      messages.map((each, index) => ({ messageId: `m${index}`, body: typeof each === 'string' ? each : formatDeliveryMessage(each) })),
      () => remaining,
      LEAPOCR_PROFILE,
      memory,
      ports,
    );
  return { ports, clock, target, message, run, setRemaining: (milliseconds: number) => (remaining = milliseconds) };
}

test('a delivery is signed over its exact bytes and recorded as delivered', async () => {
  const { ports, message, run, clock, target } = await setUp();
  const sent = message();
  expect(await run(sent)).toEqual({ attempts: 1, delivered: 1, failed: 0, cancelled: 0, dropped: 0, latencies: [12], returned: [] });
  const [request] = ports.endpoint.requests;
  const timestamp = String(Math.floor(clock.now() / 1000));
  expect(Buffer.from(request!.body).toString()).toBe(BODY);
  expect(request).toMatchObject({
    url: target.url,
    tenantId: TENANT,
    headers: {
      'content-type': 'application/json',
      'user-agent': 'LeapOCR-Webhook/1.0',
      'X-R2-Signature': createHmac('sha256', SECRET).update(BODY).digest('hex'),
      'X-Webhook-Timestamp': timestamp,
      'webhook-id': 'evt_1',
      'webhook-timestamp': timestamp,
    },
  });
  expect(ports.deliveries.records).toEqual([
    {
      tenantId: TENANT,
      subscriptionId: target.id,
      deliveryId: sent.deliveryId,
      eventId: 'evt_1',
      eventType: 'job.completed',
      url: target.url,
      status: 'delivered',
      attempts: 1,
      history: [{ at: clock.now(), latencyMs: 12, status: 200 }],
      settledAt: clock.now(),
      expiresAt: clock.now() / 1000 + LEAPOCR_PROFILE.deliveryTtlSeconds,
    },
  ]);
});

test.each([
  [answered(500, 'oops'), 'the endpoint answered 500', { status: 500, answer: 'oops' }],
  [answered(302), 'the endpoint answered 302', { status: 302 }],
  [timedOut(), 'the endpoint did not answer within 10 s', { error: 'the endpoint did not answer within 10 s' }],
])('an attempt that ends otherwise is recorded as failed, with why', async (result, reason, entry) => {
  const { ports, message, run } = await setUp();
  ports.endpoint.results.push(result);
  expect(await run(message())).toMatchObject({ failed: 1, returned: [] });
  expect(ports.deliveries.records).toMatchObject([{ status: 'failed', attempts: 1, reason, history: [entry] }]);
});

test('a message without a payload sends that of the stored event', async () => {
  const { ports, message, run, clock } = await setUp();
  await ports.events.claim({ eventId: 'evt_1' as EventId, eventType: 'job.completed', tenantId: TENANT, payload: 'stored', arrivedAt: clock.now() }, clock.now() / 1000 + 60);
  const { payload: _payload, ...reference } = message();
  await run(reference);
  expect(Buffer.from(ports.endpoint.requests[0]!.body).toString()).toBe('stored');
});

test('a payload that is no longer kept fails the delivery without an attempt', async () => {
  const { ports, message, run } = await setUp();
  const { payload: _payload, ...reference } = message();
  expect(await run(reference)).toMatchObject({ attempts: 0, failed: 1 });
  expect(ports.deliveries.records).toMatchObject([{ status: 'failed', attempts: 0, reason: expect.stringContaining('no longer kept') as string }]);
});

describe('a subscription', () => {
  test('that was disabled cancels the delivery', async () => {
    const { ports, message, run, target } = await setUp();
    ports.subscriptions.change(target, { enabled: false });
    expect(await run(message())).toMatchObject({ attempts: 0, cancelled: 1 });
    expect(ports.deliveries.records).toMatchObject([{ status: 'cancelled', attempts: 0, reason: 'the subscription was disabled', url: target.url }]);
  });

  test('that was deleted cancels the delivery', async () => {
    const { ports, message, run, target } = await setUp();
    ports.subscriptions.delete(target);
    expect(await run(message())).toMatchObject({ attempts: 0, cancelled: 1 });
    expect(ports.deliveries.records).toMatchObject([{ status: 'cancelled', reason: 'the subscription was deleted' }]);
  });

  test('is read once a batch, and again for the next: nothing of it is kept', async () => {
    const { ports, message, run, target } = await setUp();
    await run(message({ eventId: 'a' as EventId }), message({ eventId: 'b' as EventId }));
    expect(ports.subscriptions.calls.read).toBe(1);
    ports.subscriptions.change(target, { url: 'https://moved.example.com/' });
    await run(message({ eventId: 'c' as EventId }));
    expect(ports.endpoint.requests.map(({ url }) => url)).toEqual([target.url, target.url, 'https://moved.example.com/']);
  });

  test('that cannot be read returns the batch', async () => {
    const { ports, message, run } = await setUp();
    ports.subscriptions.faults.refuse(1);
    expect((await run(message(), message({ eventId: 'b' as EventId }))).returned).toEqual(['m0', 'm1']);
    expect(ports.endpoint.requests).toEqual([]);
  });
});

describe('the check', () => {
  test('a copy that comes when the delivery is on record is dropped', async () => {
    const { ports, message, run, clock } = await setUp();
    const first = message();
    await run(first);
    clock.advance(90_000);
    expect(await run({ ...first, chain: 'c2' as ChainId })).toMatchObject({ attempts: 0, dropped: 1 });
    expect(ports.endpoint.requests).toHaveLength(1);
  });

  test('a first attempt that is late reads the record, finds none, and takes it', async () => {
    const { ports, message, run, clock } = await setUp();
    const late = message();
    clock.advance(60_000);
    expect(await run(late)).toMatchObject({ delivered: 1 });
    expect(ports.deliveries.records).toMatchObject([{ status: 'delivered', attempts: 1 }]);
  });

  test('two copies that meet when both are late: one attempt, the other is returned', async () => {
    const { ports, message, run, clock } = await setUp();
    const late = message();
    clock.advance(60_000);
    expect(await run(late, { ...late, chain: 'c2' as ChainId })).toMatchObject({ attempts: 1, delivered: 1, returned: ['m1'] });
    expect(ports.endpoint.requests).toHaveLength(1);
  });

  test('the same message twice in a batch makes one attempt', async () => {
    const { ports, message, run } = await setUp();
    const twice = message();
    expect(await run(twice, twice)).toMatchObject({ attempts: 1, delivered: 1, dropped: 1, returned: [] });
    expect(ports.endpoint.requests).toHaveLength(1);
  });

  test('a record that cannot be read returns the message without an attempt', async () => {
    const { ports, message, run, clock } = await setUp();
    const late = message();
    clock.advance(60_000);
    ports.deliveries.faults.refuse(1);
    expect(await run(late)).toMatchObject({ attempts: 0, returned: ['m0'] });
  });
});

describe('time', () => {
  test('no attempt starts with less than the deadline and 5 s left', async () => {
    const { ports, message, run, setRemaining } = await setUp();
    setRemaining(14_999);
    expect(await run(message())).toMatchObject({ attempts: 0, returned: ['m0'] });
    setRemaining(15_000);
    expect(await run(message())).toMatchObject({ delivered: 1 });
    expect(ports.endpoint.requests).toHaveLength(1);
  });
});

describe('records', () => {
  test('successes are written in groups as they end: a slow endpoint holds up nobody', async () => {
    const { ports, message, run } = await setUp();
    let release: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => (release = resolve));
    ports.endpoint.results.push(async () => {
      await slow;
      return answered(200);
    });
    const running = run(message({ eventId: 'slow' as EventId }), message({ eventId: 'a' as EventId }), message({ eventId: 'b' as EventId }));
    while (ports.deliveries.records.length < 2) await new Promise(setImmediate);
    expect(ports.deliveries.records.map(({ eventId }) => eventId)).toEqual(['a', 'b']);
    release();
    expect(await running).toMatchObject({ delivered: 3 });
    expect(ports.deliveries.groups.reduce((sum, size) => sum + size, 0)).toBe(3);
  });

  test('a write that is refused after an answer is tried again', async () => {
    const { ports, message, run } = await setUp();
    ports.deliveries.faults.refuse(3);
    expect(await run(message())).toMatchObject({ delivered: 1, returned: [] });
    expect(ports.deliveries.records).toHaveLength(1);
  });

  test('what a batch write leaves unprocessed is written again, and nothing else', async () => {
    const { ports, message, run } = await setUp();
    ports.deliveries.leaveUntaken = 1;
    const ids = ['a', 'b', 'c'] as EventId[];
    expect(await run(...ids.map((eventId) => message({ eventId })))).toMatchObject({ delivered: 3, returned: [] });
    expect(ports.deliveries.records.map(({ eventId }) => eventId).sort()).toEqual(ids);
    expect(ports.deliveries.groups.reduce((sum, size) => sum + size, 0)).toBe(4);
  });

  test('a write that is refused until time runs out returns the message', async () => {
    const { ports, message, run, setRemaining } = await setUp();
    ports.deliveries.faults.refuse(Infinity);
    ports.endpoint.results.push(() => {
      setRemaining(2_000);
      return Promise.resolve(answered(200));
    });
    expect(await run(message())).toMatchObject({ attempts: 1, returned: ['m0'] });
  });
});

test('a message of a format to come is returned, and the others are delivered', async () => {
  const { message, run } = await setUp();
  expect(await run('{"v":2}', message())).toMatchObject({ delivered: 1, returned: ['m0'] });
});

test('a secret that does not open returns its message and shows nothing of it', async () => {
  const { ports, message, run, target } = await setUp();
  ports.subscriptions.change(target, { sealedSecret: subscription().sealedSecret });
  expect((await run(message())).returned).toEqual(['m0']);
  expect(ports.log.lines).toMatchObject([{ level: 'error', fields: { error: 'UnsealError' } }]);
  expect(JSON.stringify(ports.log.lines)).not.toContain(SECRET);
});
