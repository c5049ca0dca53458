import { publicDeliveryId } from '../../../lambda/core/shared/identifiers';
import { reason, reasonText } from '../../../lambda/core/shared/reason';
import { createHmac } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { EndpointAnswers } from '../../../lambda/core/endpoint/circuit';
import { sealHeaders } from '../../../lambda/core/subscriptions/custom-headers';
import { accountSecretOwner } from '../../../lambda/core/subscriptions/account-secret';
import { deliver } from '../../../lambda/core/delivery/deliver';
import { type ChainId, deliveryId, type EventId, urlTarget } from '../../../lambda/core/shared/identifiers';
import { KeyRing } from '../../../lambda/core/signing/key-ring';
import { OwnFaultDetector } from '../../../lambda/core/endpoint/own-fault';
import { formatSecret } from '../../../lambda/core/signing/secret';
import { SigningSecrets } from '../../../lambda/core/signing/signing-secrets';
import { PortUnavailable } from '../../../lambda/core/shared/errors';
import { LEAPOCR_PROFILE, REKOGNITA_PROFILE, STANDARD_PROFILE } from '../../builders/profile';
import { keyRings, ROOT_SECRET, SECRET, subscription, TENANT } from '../../builders/subscription';
import { InMemoryDeliveryLog } from '../../fakes/delivery-log';
import { answered, forbidden, refusedConnection, ScriptedEndpoint, timedOut } from '../../fakes/endpoint';
import { InMemoryEventStore } from '../../fakes/event-store';
import { RecordingLog } from '../../fakes/log';
import { InMemoryDeliveryQueues, RecordingOperationalEvents } from '../../fakes/queues';
import { InMemorySubscriptionStore } from '../../fakes/subscription-store';
import { ManualClock, SeededRandom } from '../../fakes/time-and-random';
import { secretOwner, type Subscription } from '../../../lambda/core/subscriptions/subscription';
import { type DeliveryMessage, formatDeliveryMessage } from '../../../lambda/core/delivery/delivery-message';

const BODY = '{"event_type":"job.completed"}';

async function setUp(profile = LEAPOCR_PROFILE) {
  const clock = new ManualClock();
  const deliveries = new InMemoryDeliveryLog();
  const subscriptions = new InMemorySubscriptionStore(deliveries);
  const ports = {
    clock,
    random: new SeededRandom('deliver'),
    subscriptions,
    failures: subscriptions,
    circuits: subscriptions,
    rates: subscriptions,
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
    return {
      deliveryId: id,
      tenantId: TENANT,
      subscriptionId: target.id,
      eventId,
      eventType: 'job.completed',
      attempt: 1,
      chain: 'c1' as ChainId,
      arrivedAt,
      payload: BODY,
      ...changes,
    };
  };
  const memory = { answers: new EndpointAnswers(clock), ownFaults: new OwnFaultDetector(clock) };
  let remaining = 30_000;
  /** In an execution environment that has seen nothing yet. */
  const runIn = (sent: DeliveryMessage) =>
    deliver(
      [{ messageId: 'm0', body: formatDeliveryMessage(sent) }],
      () => remaining,
      profile,
      { answers: new EndpointAnswers(clock), ownFaults: new OwnFaultDetector(clock) },
      ports,
    );
  const run = (...messages: (DeliveryMessage | string)[]) =>
    deliver(
      messages.map((each, index) => ({
        messageId: `m${index}`,
        body: typeof each === 'string' ? each : formatDeliveryMessage(each),
      })),
      () => remaining,
      profile,
      memory,
      ports,
    );
  /** Runs the messages that were re-enqueued since, at their time. */
  const runNext = async () => {
    const due = ports.queues.sent.splice(0).map((outgoing) => outgoing.message);
    const latest = Math.max(...due.map(({ dueAt }) => dueAt ?? 0));
    if (latest > clock.now()) clock.advance(latest - clock.now());
    return run(...due);
  };
  return {
    ports,
    clock,
    target,
    message,
    memory,
    run,
    runIn,
    runNext,
    setRemaining: (milliseconds: number) => (remaining = milliseconds),
  };
}

test('a delivery is signed over its exact bytes and recorded as delivered', async () => {
  const { ports, message, run, clock, target } = await setUp();
  const sent = message();
  expect(await run(sent)).toEqual({
    outcomes: { delivered: 1, retried: 0, failed: 0, cancelled: 0, deferred: 0, dropped: 0, returned: 0 },
    latencies: [12],
    circuitsOpened: 0,
    ownFaultSuspected: false,
    returned: [],
  });
  const [request] = ports.endpoint.requests;
  const timestamp = String(Math.floor(clock.now() / 1000));
  expect(Buffer.from(request!.body).toString()).toBe(BODY);
  expect(request).toMatchObject({
    url: target.destination.url,
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
      url: target.destination.url,
      status: 'delivered',
      attempts: 1,
      history: [{ at: clock.now(), latencyMs: 12, status: 200 }],
      settledAt: clock.now(),
      expiresAt: clock.now() / 1000 + LEAPOCR_PROFILE.deliveryTtlSeconds,
    },
  ]);
});

test.each([
  [answered(404, 'nope'), reason('endpoint-responded', { status: 404 }), { status: 404, answer: 'nope' }],
  [answered(302), reason('endpoint-responded', { status: 302 }), { status: 302 }],
  [forbidden(), reason('address-not-public'), { error: reason('address-not-public') }],
])('an outcome that is final is recorded as failed, with why, and the platform is told', async (result, why, entry) => {
  const { ports, message, run, target } = await setUp();
  ports.endpoint.results.push(result);
  const sent = message();
  expect(await run(sent)).toMatchObject({ outcomes: { failed: 1 }, returned: [] });
  expect(ports.deliveries.records).toMatchObject([
    { status: 'failed', attempts: 1, reason: why, history: [entry], published: true },
  ]);
  expect(ports.operationalEvents.emitted).toEqual([
    {
      name: 'delivery.failed',
      detail: {
        tenant_id: TENANT,
        subscription_id: target.id,
        delivery_id: publicDeliveryId(sent),
        event_id: 'evt_1',
        event_type: 'job.completed',
        attempts: 1,
        reason: reasonText(why),
        reason_code: why.code,
        reason_params: why.params,
      },
    },
  ]);
  expect(ports.queues.sent).toEqual([]);
});

test('a message without a payload sends that of the stored event', async () => {
  const { ports, message, run, clock } = await setUp();
  await ports.events.claim(
    {
      eventId: 'evt_1' as EventId,
      eventType: 'job.completed',
      tenantId: TENANT,
      payload: 'stored',
      arrivedAt: clock.now(),
    },
    clock.now() / 1000 + 60,
  );
  const { payload: _payload, ...reference } = message();
  await run(reference);
  expect(Buffer.from(ports.endpoint.requests[0]!.body).toString()).toBe('stored');
});

test('a payload that is no longer kept fails the delivery without an attempt', async () => {
  const { ports, message, run } = await setUp();
  const { payload: _payload, ...reference } = message();
  expect(await run(reference)).toMatchObject({ outcomes: { failed: 1 }, latencies: [] });
  expect(ports.deliveries.records).toMatchObject([
    { status: 'failed', attempts: 0, reason: reason('payload-expired') },
  ]);
});

describe('a subscription', () => {
  test('that was disabled cancels the delivery', async () => {
    const { ports, message, run, target } = await setUp();
    ports.subscriptions.change(target, { enabled: false });
    expect(await run(message())).toMatchObject({ outcomes: { cancelled: 1 }, latencies: [] });
    expect(ports.deliveries.records).toMatchObject([
      { status: 'cancelled', attempts: 0, reason: reason('webhook-disabled'), url: target.destination.url },
    ]);
  });

  test('that was deleted cancels the delivery', async () => {
    const { ports, message, run, target } = await setUp();
    ports.subscriptions.delete(target);
    expect(await run(message())).toMatchObject({ outcomes: { cancelled: 1 }, latencies: [] });
    expect(ports.deliveries.records).toMatchObject([{ status: 'cancelled', reason: reason('webhook-deleted') }]);
  });

  test('is read once a batch, and again for the next: nothing of it is kept', async () => {
    const { ports, message, run, target } = await setUp();
    await run(message({ eventId: 'a' as EventId }), message({ eventId: 'b' as EventId }));
    expect(ports.subscriptions.calls.read).toBe(1 + ports.deliveries.groups.length); // and once a group of successes
    ports.subscriptions.change(target, { destination: { kind: 'https', url: 'https://moved.example.com/' } });
    await run(message({ eventId: 'c' as EventId }));
    expect(ports.endpoint.requests.map(({ url }) => url)).toEqual([
      target.destination.url,
      target.destination.url,
      'https://moved.example.com/',
    ]);
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
    expect(await run({ ...first, chain: 'c2' as ChainId })).toMatchObject({ outcomes: { dropped: 1 }, latencies: [] });
    expect(ports.endpoint.requests).toHaveLength(1);
  });

  test('a first attempt that is late reads the record, finds none, and takes it', async () => {
    const { ports, message, run, clock } = await setUp();
    const late = message();
    clock.advance(60_000);
    expect(await run(late)).toMatchObject({ outcomes: { delivered: 1 } });
    expect(ports.deliveries.records).toMatchObject([{ status: 'delivered', attempts: 1 }]);
  });

  test('two copies that meet when both are late: one attempt, the other is returned', async () => {
    const { ports, message, run, clock } = await setUp();
    const late = message();
    clock.advance(60_000);
    expect(await run(late, { ...late, chain: 'c2' as ChainId })).toMatchObject({
      outcomes: { delivered: 1 },
      latencies: [12],
      returned: ['m1'],
    });
    expect(ports.endpoint.requests).toHaveLength(1);
  });

  test('the same message twice in a batch makes one attempt', async () => {
    const { ports, message, run } = await setUp();
    const twice = message();
    expect(await run(twice, twice)).toMatchObject({
      outcomes: { delivered: 1, dropped: 1 },
      latencies: [12],
      returned: [],
    });
    expect(ports.endpoint.requests).toHaveLength(1);
  });

  test('a record that cannot be read returns the message without an attempt', async () => {
    const { ports, message, run, clock } = await setUp();
    const late = message();
    clock.advance(60_000);
    ports.deliveries.faults.refuse(1);
    expect(await run(late)).toMatchObject({ latencies: [], returned: ['m0'] });
  });
});

describe('time', () => {
  test('no attempt starts with less than the deadline and 5 s left', async () => {
    const { ports, message, run, setRemaining } = await setUp();
    setRemaining(14_999);
    expect(await run(message())).toMatchObject({ latencies: [], returned: ['m0'] });
    setRemaining(15_000);
    expect(await run(message())).toMatchObject({ outcomes: { delivered: 1 } });
    expect(ports.endpoint.requests).toHaveLength(1);
  });

  test('that went by while the payload and the secret were fetched counts, too', async () => {
    const { ports, message, run, setRemaining, clock } = await setUp();
    await stored(ports, clock);
    const { payload: _payload, ...reference } = message();
    jest.spyOn(ports.events, 'payload').mockImplementation(() => {
      setRemaining(2_000);
      return Promise.resolve(BODY);
    });
    expect((await run(reference)).returned).toEqual(['m0']);
    expect(ports.endpoint.requests).toEqual([]);
  });
});

describe('headers', () => {
  test("carry the profile's own, and the time in whole seconds that have passed", async () => {
    const { ports, message, run, clock } = await setUp({ ...LEAPOCR_PROFILE, headers: { 'X-Environment': 'beta' } });
    clock.advance(999);
    await run(message());
    expect(ports.endpoint.requests[0]!.headers).toMatchObject({
      'X-Environment': 'beta',
      'webhook-timestamp': String(Math.floor(clock.now() / 1000)),
    });
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
    const running = run(
      message({ eventId: 'slow' as EventId }),
      message({ eventId: 'a' as EventId }),
      message({ eventId: 'b' as EventId }),
    );
    while (ports.deliveries.records.length < 2) await new Promise(setImmediate);
    expect(ports.deliveries.records.map(({ eventId }) => eventId)).toEqual(['a', 'b']);
    release();
    expect(await running).toMatchObject({ outcomes: { delivered: 3 } });
    expect(ports.deliveries.groups.reduce((sum, size) => sum + size, 0)).toBe(3);
  });

  test('a write that is refused after an answer is tried again', async () => {
    const { ports, message, run } = await setUp();
    ports.deliveries.faults.refuse(3);
    expect(await run(message())).toMatchObject({ outcomes: { delivered: 1 }, returned: [] });
    expect(ports.deliveries.records).toHaveLength(1);
  });

  test('what a batch write leaves unprocessed is written again, and nothing else', async () => {
    const { ports, message, run } = await setUp();
    ports.deliveries.leaveUntaken = 1;
    const ids = ['a', 'b', 'c'] as EventId[];
    expect(await run(...ids.map((eventId) => message({ eventId })))).toMatchObject({
      outcomes: { delivered: 3 },
      returned: [],
    });
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
    expect(await run(message())).toMatchObject({ latencies: [12], returned: ['m0'] });
  });
});

test('a message of a format to come is returned, and the others are delivered', async () => {
  const { message, run } = await setUp();
  expect(await run('{"v":2}', message())).toMatchObject({ outcomes: { delivered: 1 }, returned: ['m0'] });
});

test('a secret that does not open returns its message and shows nothing of it', async () => {
  const { ports, message, run, target } = await setUp();
  ports.subscriptions.change(target, { sealedSecret: subscription().sealedSecret });
  expect((await run(message())).returned).toEqual(['m0']);
  expect(ports.log.lines).toMatchObject([{ level: 'error', fields: { error: 'UnsealError' } }]);
  expect(JSON.stringify(ports.log.lines)).not.toContain(SECRET);
});

describe('a retry', () => {
  test('is in its tier, with a chain of its own, before the record says that the attempt was made', async () => {
    const { ports, message, run, clock } = await setUp();
    ports.endpoint.results.push(answered(500));
    const first = message();
    expect(await run(first)).toMatchObject({ outcomes: { retried: 1 }, returned: [] });
    const [next] = ports.queues.sent;
    expect(next).toMatchObject({
      queue: { kind: 'tier', tier: 0 },
      message: { deliveryId: first.deliveryId, attempt: 2, arrivedAt: first.arrivedAt },
    });
    expect(next!.message.payload).toBeUndefined();
    expect(next!.message.chain).not.toBe(first.chain);
    expect(next!.message.dueAt! - clock.now()).toBeGreaterThanOrEqual(10_000);
    expect(next!.message.dueAt! - clock.now()).toBeLessThanOrEqual(12_000);
    expect(ports.deliveries.records).toMatchObject([
      {
        status: 'pending',
        attempts: 1,
        chain: next!.message.chain,
        dueAt: next!.message.dueAt,
        history: [{ status: 500 }],
      },
    ]);
  });

  test('follows the schedule until the last attempt has failed', async () => {
    const { ports, message, run, runNext, clock } = await setUp(REKOGNITA_PROFILE);
    await stored(ports, clock);
    ports.endpoint.results.push(...Array.from({ length: 5 }, () => answered(503)));
    const start = clock.now();
    await run(message());
    for (let attempt = 2; attempt <= 5; attempt += 1) await runNext();
    const [record] = ports.deliveries.records;
    expect(record!.history.map(({ at }) => (at - start) / 1000)).toEqual([0, 30, 330, 2130, 9330]);
    expect(record).toMatchObject({
      status: 'failed',
      attempts: 5,
      reason: reason('last-attempt-failed', { cause: reason('endpoint-responded', { status: 503 }) }),
    });
    expect(ports.queues.sent).toEqual([]);
  });

  test('that succeeds ends the delivery', async () => {
    const { ports, message, run, runNext, clock } = await setUp();
    await stored(ports, clock);
    ports.endpoint.results.push(answered(500));
    await run(message());
    expect(await runNext()).toMatchObject({ outcomes: { delivered: 1 } });
    expect(ports.deliveries.records).toMatchObject([
      { status: 'delivered', attempts: 2, history: [{ status: 500 }, { status: 200 }] },
    ]);
  });

  test('that comes early is put back as it is, without an attempt', async () => {
    const { ports, message, run, clock } = await setUp();
    ports.endpoint.results.push(answered(500));
    await run(message());
    const [next] = ports.queues.sent.splice(0);
    clock.advance(5_000);
    expect(await run(next!.message)).toMatchObject({ outcomes: { deferred: 1 }, latencies: [] });
    expect(ports.queues.sent).toMatchObject([{ message: next!.message, queue: { kind: 'tier', tier: 0 } }]);
  });

  test('whose message comes twice makes one attempt', async () => {
    const { ports, message, run, clock } = await setUp();
    await stored(ports, clock);
    ports.endpoint.results.push(answered(500), answered(500));
    await run(message());
    const [next] = ports.queues.sent.splice(0);
    clock.advance(20_000);
    expect(await run(next!.message, next!.message)).toMatchObject({ outcomes: { retried: 1, dropped: 1 } });
    clock.advance(20_000);
    expect(await run(next!.message)).toMatchObject({ outcomes: { dropped: 1 } });
    expect(ports.endpoint.requests).toHaveLength(2);
  });

  test('that overtook the record of the attempt before it goes ahead', async () => {
    const { ports, message, run, clock } = await setUp();
    await stored(ports, clock);
    expect(await run(message({ attempt: 3, chain: 'c3' as ChainId, dueAt: clock.now() }))).toMatchObject({
      outcomes: { delivered: 1 },
    });
    expect(ports.endpoint.requests).toHaveLength(1);
  });

  test('waits as long as a Retry-After asks', async () => {
    const { ports, message, run, clock } = await setUp();
    ports.endpoint.results.push({ kind: 'answered', status: 429, latencyMs: 1, answer: '', retryAfter: '7200' });
    await run(message());
    expect(ports.queues.sent).toMatchObject([
      { queue: { kind: 'wait' }, delaySeconds: 900, message: { dueAt: clock.now() + 7_200_000 } },
    ]);
  });
});

describe('a re-enqueue that is refused', () => {
  test('is tried again', async () => {
    const { ports, message, run } = await setUp();
    ports.endpoint.results.push(answered(500));
    ports.queues.answers.push('refused', 'refused');
    expect(await run(message())).toMatchObject({ outcomes: { retried: 1 } });
    expect(ports.queues.sent).toHaveLength(1);
  });

  test.each(['refused', 'unanswered'] as const)(
    'to the end (%s) is owed by the record, and the message that comes back only sends it',
    async (answer) => {
      const { ports, message, run, clock } = await setUp();
      await stored(ports, clock);
      ports.endpoint.results.push(answered(500));
      ports.queues.answers.push(...Array.from({ length: 4 }, () => answer));
      const first = message();
      expect((await run(first)).returned).toEqual(['m0']);
      const [owing] = ports.deliveries.records;
      expect(owing).toMatchObject({ status: 'pending', attempts: 1, unsentBy: first.chain });
      ports.queues.answers.length = 0;
      clock.advance(180_000);
      expect(await run(first)).toMatchObject({ outcomes: { retried: 1 }, latencies: [] });
      expect(ports.queues.sent).toMatchObject([{ message: { attempt: 2, chain: owing!.chain, dueAt: owing!.dueAt } }]);
      expect(ports.deliveries.records[0]!.unsentBy).toBeUndefined();
      expect(await run(ports.queues.sent.splice(0)[0]!.message)).toMatchObject({ outcomes: { delivered: 1 } });
      expect(ports.endpoint.requests).toHaveLength(2);
    },
  );
});

describe('failures in a row', () => {
  const events = (count: number, from = 0) =>
    Array.from({ length: count }, (_unused, index) => `evt_${from + index}` as EventId);

  test('disable the subscription at the fifth, with a warning before, and the platform is told', async () => {
    const { ports, message, run, target } = await setUp();
    for (const eventId of events(5)) {
      expect(ports.subscriptions.subscriptions[0]!.enabled).toBe(true);
      ports.endpoint.results.push(answered(404));
      await run(message({ eventId }));
    }
    expect(ports.subscriptions.subscriptions).toMatchObject([
      {
        enabled: false,
        count: 5,
        disabledReason: reason('consecutive-failures', {
          count: 5,
          cause: reason('endpoint-responded', { status: 404 }),
        }),
        disablingPublished: true,
      },
    ]);
    expect(ports.operationalEvents.names).toEqual([
      'delivery.failed',
      'delivery.failed',
      'delivery.failed',
      'subscription.failing',
      'delivery.failed',
      'subscription.disabled',
      'delivery.failed',
    ]);
    expect(ports.operationalEvents.emitted[3]!.detail).toEqual({
      tenant_id: TENANT,
      subscription_id: target.id,
      failed_in_a_row: 4,
      disabled_after: 5,
    });
    expect(await run(message({ eventId: 'next' as EventId }))).toMatchObject({ outcomes: { cancelled: 1 } });
  });

  test('of one batch are counted together', async () => {
    const { ports, message, run } = await setUp();
    ports.endpoint.results.push(...events(7).map(() => answered(404)));
    expect(await run(...events(7).map((eventId) => message({ eventId })))).toMatchObject({ outcomes: { failed: 7 } });
    expect(ports.subscriptions.subscriptions).toMatchObject([{ enabled: false, count: 7 }]);
    expect(ports.operationalEvents.names.filter((name) => name === 'subscription.disabled')).toHaveLength(1);
  });

  test('are forgiven by a success', async () => {
    const { ports, message, run } = await setUp();
    for (const eventId of events(12)) {
      if (eventId !== 'evt_4' && eventId !== 'evt_8') ports.endpoint.results.push(answered(404));
      else ports.endpoint.results.push(answered(200));
      await run(message({ eventId }));
    }
    expect(ports.subscriptions.subscriptions).toMatchObject([{ enabled: true, count: 10, countAtLastSuccess: 7 }]);
  });

  test('a success that cannot be forgiven is not recorded, and its message comes back', async () => {
    const { ports, message, run, target, setRemaining } = await setUp();
    ports.subscriptions.change(target, { count: 3 });
    ports.endpoint.results.push(() => {
      setRemaining(2_000);
      ports.subscriptions.faults.refuse(Infinity);
      return Promise.resolve(answered(200));
    });
    expect((await run(message())).returned).toEqual(['m0']);
    expect(ports.deliveries.records).toEqual([]);
  });

  test('where no streak stands, a success writes nothing to the subscription', async () => {
    const { ports, message, run, target } = await setUp();
    ports.subscriptions.change(target, { count: 3, countAtLastSuccess: 3 });
    const forgive = jest.spyOn(ports.failures, 'resetStreak');
    await run(message());
    expect(forgive).not.toHaveBeenCalled();
    // before, and after by groups of up to a hundred; by 25 it would be five
    expect(ports.subscriptions.calls.read).toBeLessThanOrEqual(3);
  });

  test('of an epoch that has ended are recorded, not counted', async () => {
    const { ports, message, run, target } = await setUp();
    ports.endpoint.results.push(() => {
      ports.subscriptions.change(target, { epoch: 2, count: 0, countAtLastSuccess: 0 });
      return Promise.resolve(answered(404));
    });
    expect(await run(message())).toMatchObject({ outcomes: { failed: 1 } });
    expect(ports.subscriptions.subscriptions).toMatchObject([{ count: 0 }]);
  });

  test('of replays are not counted, their success forgives', async () => {
    const { ports, message, run, target } = await setUp();
    ports.endpoint.results.push(answered(404));
    await run(message({ replayId: 'r1' }));
    expect(ports.subscriptions.subscriptions).toMatchObject([{ count: 0 }]);
    ports.subscriptions.change(target, { count: 3 });
    await run(message({ eventId: 'b' as EventId, replayId: 'r1' }));
    expect(ports.subscriptions.subscriptions).toMatchObject([{ count: 3, countAtLastSuccess: 3 }]);
  });

  test('of which one record is written already: the rest is counted', async () => {
    const { ports, message, run } = await setUp();
    const [a, b] = [message({ eventId: 'a' as EventId }), message({ eventId: 'b' as EventId })];
    ports.endpoint.results.push(answered(404), answered(404));
    ports.deliveries.put({
      tenantId: TENANT,
      subscriptionId: a.subscriptionId,
      deliveryId: a.deliveryId,
      eventId: a.eventId,
      eventType: a.eventType,
      status: 'delivered',
      attempts: 1,
      history: [],
      expiresAt: 1,
    });
    expect(await run(a, b)).toMatchObject({ outcomes: { dropped: 1, failed: 1 } });
    expect(ports.subscriptions.subscriptions).toMatchObject([{ count: 1 }]);
  });

  test('a failure whose events were not published comes back and is only completed', async () => {
    const { ports, message, run, clock } = await setUp();
    ports.endpoint.results.push(answered(404));
    ports.operationalEvents.faults.refuse(1);
    const sent = message();
    expect((await run(sent)).returned).toEqual(['m0']);
    clock.advance(180_000);
    expect(await run(sent)).toMatchObject({ outcomes: { dropped: 1 } });
    expect(ports.operationalEvents.names).toEqual(['delivery.failed']);
    expect(ports.deliveries.records).toMatchObject([{ status: 'failed', published: true }]);
    expect(ports.endpoint.requests).toHaveLength(1);
    expect(ports.subscriptions.subscriptions).toMatchObject([{ count: 1 }]);
  });

  test(
    'a disabling that was not said is said by the next message that is dropped, though its record is no failure ' +
      'any more',
    async () => {
      const { ports, message, run, target, clock } = await setUp();
      const first = message();
      await run(first);
      ports.subscriptions.change(target, {
        enabled: false,
        disabledReason: reason('consecutive-failures', { count: 5, cause: reason('endpoint-gone') }),
        disabledAt: clock.now(),
      });
      clock.advance(90_000);
      expect(await run({ ...first, chain: 'c2' as ChainId })).toMatchObject({ outcomes: { dropped: 1 } });
      expect(ports.operationalEvents.names).toEqual(['subscription.disabled']);
      expect(ports.subscriptions.subscriptions).toMatchObject([{ disablingPublished: true }]);
    },
  );

  test('410 disables at once where the profile says so, and not where it does not', async () => {
    const standard = await setUp(STANDARD_PROFILE);
    standard.ports.endpoint.results.push(answered(410));
    await standard.run(standard.message());
    expect(standard.ports.subscriptions.subscriptions).toMatchObject([
      { enabled: false, disabledReason: reason('endpoint-gone') },
    ]);
    expect(standard.ports.operationalEvents.names).toEqual(['subscription.disabled', 'delivery.failed']);
    const leapOcr = await setUp();
    leapOcr.ports.endpoint.results.push(answered(410));
    await leapOcr.run(leapOcr.message());
    expect(leapOcr.ports.subscriptions.subscriptions).toMatchObject([{ enabled: true, count: 1 }]);
  });

  test('are not counted when nearly nobody can be reached', async () => {
    const { ports, message, run, memory } = await setUp();
    for (let index = 0; index < 10; index += 1)
      memory.ownFaults.note(`tenant ${index}`, `https://host-${index}.example.com`, false);
    ports.endpoint.results.push(refusedConnection());
    const last = message({ attempt: 8, dueAt: 0 });
    await stored(ports, ports.clock);
    expect(await run(last)).toMatchObject({ outcomes: { failed: 1 }, ownFaultSuspected: true });
    expect(ports.subscriptions.subscriptions).toMatchObject([{ count: 0 }]);
  });
});

describe('the circuit', () => {
  test('opens after repeated timeouts; deliveries are then deferred, by their own chain', async () => {
    const { ports, message, run, target, clock } = await setUp();
    const ids = ['a', 'b', 'c', 'd', 'e'] as EventId[];
    ports.endpoint.results.push(...ids.map(() => timedOut()));
    expect(await run(...ids.map((eventId) => message({ eventId })))).toMatchObject({
      outcomes: { retried: 5 },
      circuitsOpened: 1,
    });
    expect(ports.subscriptions.subscriptions).toMatchObject([
      { circuit: { openedAt: clock.now(), probeAt: clock.now() + 30_000 } },
    ]);
    ports.queues.sent.length = 0;
    const next = message({ eventId: 'f' as EventId });
    expect(await run(next)).toMatchObject({ outcomes: { deferred: 1 }, latencies: [] });
    const [deferred] = ports.queues.sent;
    expect(deferred).toMatchObject({
      queue: { kind: 'tier', tier: 0 },
      message: { attempt: 1, chain: next.chain, arrivedAt: next.arrivedAt },
    });
    expect(deferred!.message.deferredMs).toBe(deferred!.message.dueAt! - clock.now());
    expect(ports.deliveries.records.filter(({ eventId }) => eventId === 'f')).toEqual([]);
    expect(target.circuit).toBeUndefined();
  });

  test('opens by the failures of all environments together, few as each has seen', async () => {
    const { ports, message, target, clock, runIn } = await setUp();
    ports.endpoint.results.push(...[1, 2, 3, 4, 5].map(() => timedOut()));
    for (const index of [1, 2, 3, 4])
      expect(await runIn(message({ eventId: `e${index}` as EventId }))).toMatchObject({ circuitsOpened: 0 });
    expect(ports.subscriptions.subscriptions).toMatchObject([{ id: target.id, suspicion: { failures: 4 } }]);
    expect(await runIn(message({ eventId: 'e5' as EventId }))).toMatchObject({
      outcomes: { retried: 1 },
      circuitsOpened: 1,
    });
    expect(ports.subscriptions.subscriptions[0]).not.toHaveProperty('suspicion');
    expect(ports.subscriptions.subscriptions[0]!.circuit!.openedAt).toBeLessThanOrEqual(clock.now());
  });

  test.each([answered(200), answered(500)])(
    'is suspected no more once any environment has an answer: %j',
    async (answer) => {
      const { ports, message, runIn } = await setUp();
      ports.endpoint.results.push(timedOut(), timedOut(), timedOut(), timedOut(), answer, timedOut());
      for (const index of [1, 2, 3, 4, 5]) await runIn(message({ eventId: `e${index}` as EventId }));
      expect(ports.subscriptions.subscriptions[0]).not.toHaveProperty('suspicion');
      expect(await runIn(message({ eventId: 'e6' as EventId }))).toMatchObject({ circuitsOpened: 0 });
      expect(ports.subscriptions.subscriptions).toMatchObject([{ suspicion: { failures: 1 } }]);
    },
  );

  test('is not suspected by an environment that has had answers since the failing attempt began', async () => {
    const { ports, message, run, memory, target, clock } = await setUp();
    ports.endpoint.results.push(timedOut());
    const post = ports.endpoint.post.bind(ports.endpoint);
    ports.endpoint.post = (...asked) => {
      clock.advance(1);
      memory.answers.note(`${TENANT}#${target.id}`);
      return post(...asked);
    };
    await run(message());
    expect(ports.subscriptions.subscriptions[0]).not.toHaveProperty('suspicion');
  });

  test('is not suspected while the fault is likely our own', async () => {
    const { ports, message, run, memory } = await setUp();
    for (let index = 0; index < 12; index += 1)
      memory.ownFaults.note(`tenant_${index}`, `https://host-${index}.example.com/`, false);
    ports.endpoint.results.push(timedOut());
    await run(message());
    expect(ports.subscriptions.subscriptions[0]).not.toHaveProperty('suspicion');
  });

  test('of a busy endpoint that refuses some is not suspected: it has answered lately', async () => {
    const { ports, message, run, clock } = await setUp();
    await run(message({ eventId: 'answered' as EventId }));
    clock.advance(9_000);
    ports.endpoint.results.push(...[1, 2, 3, 4, 5].map(() => refusedConnection()));
    const ids = ['a', 'b', 'c', 'd', 'e'] as EventId[];
    expect(await run(...ids.map((eventId) => message({ eventId })))).toMatchObject({ circuitsOpened: 0 });
    clock.advance(2_000);
    ports.endpoint.results.push(...[1, 2, 3, 4, 5].map(() => refusedConnection()));
    expect(await run(...ids.map((eventId) => message({ eventId: `${eventId}2` as EventId })))).toMatchObject({
      circuitsOpened: 1,
    });
  });

  test('that was opened while an attempt was under way is closed by its success', async () => {
    const { ports, message, run, target, clock } = await setUp();
    const post = ports.endpoint.post.bind(ports.endpoint);
    ports.endpoint.post = (...asked) => {
      ports.subscriptions.change(target, { circuit: { openedAt: clock.now(), probeAt: clock.now() + 30_000 } });
      return post(...asked);
    };
    expect(await run(message())).toMatchObject({ outcomes: { delivered: 1 } });
    expect(ports.subscriptions.subscriptions[0]).not.toHaveProperty('circuit');
  });

  test('that cannot be changed changes nothing of the delivery', async () => {
    const { ports, message, run } = await setUp();
    ports.circuits = {
      ...ports.circuits,
      suspect: () => Promise.reject(new PortUnavailable('subscriptions table', new Error('throttled'))),
    } as never;
    ports.endpoint.results.push(timedOut());
    expect(await run(message())).toMatchObject({ outcomes: { retried: 1 } });
  });

  test('lets one probe through, and closes when it is answered, whatever the status', async () => {
    const { ports, message, run, target, clock } = await setUp();
    ports.subscriptions.change(target, { circuit: { openedAt: clock.now() - 60_000, probeAt: clock.now() } });
    ports.endpoint.results.push(answered(500));
    const ids = ['a', 'b', 'c'] as EventId[];
    expect(await run(...ids.map((eventId) => message({ eventId })))).toMatchObject({
      outcomes: { retried: 1, deferred: 2 },
    });
    expect(ports.endpoint.requests).toHaveLength(1);
    expect(ports.subscriptions.subscriptions[0]!.circuit).toBeUndefined();
  });

  test('stays open when the probe is not answered, and the next probe is half a minute later', async () => {
    const { ports, message, run, target, clock } = await setUp();
    ports.subscriptions.change(target, { circuit: { openedAt: clock.now() - 60_000, probeAt: clock.now() } });
    ports.endpoint.results.push(timedOut());
    await run(message());
    expect(ports.subscriptions.subscriptions).toMatchObject([{ circuit: { probeAt: clock.now() + 30_000 } }]);
  });

  test('a delivery deferred for 24 hours is attempted whatever the circuit says', async () => {
    const { ports, message, run, target, clock } = await setUp();
    ports.subscriptions.change(target, { circuit: { openedAt: clock.now(), probeAt: clock.now() + 30_000 } });
    expect(await run(message({ deferredMs: 86_400_000 }))).toMatchObject({ outcomes: { delivered: 1 } });
  });

  test('a deferral that is refused returns its message', async () => {
    const { ports, message, run, target, clock } = await setUp();
    ports.subscriptions.change(target, { circuit: { openedAt: clock.now(), probeAt: clock.now() + 30_000 } });
    ports.queues.answers.push('refused', 'refused', 'refused', 'refused');
    ports.queues.answers.push('refused', 'refused', 'refused', 'refused');
    expect((await run(message())).returned).toEqual(['m0']);
  });
});

test('a batch of a hundred reads its subscription again in few groups and records all its successes', async () => {
  const { ports, message, run } = await setUp();
  const sent = Array.from({ length: 100 }, (_unused, index) => message({ eventId: `e${index}` as EventId }));
  expect(await run(...sent)).toMatchObject({ outcomes: { delivered: 100 }, returned: [] });
  // before, and after by groups of up to a hundred; by 25 it would be five
  expect(ports.subscriptions.calls.read).toBeLessThanOrEqual(3);
  expect(ports.deliveries.records.filter(({ status }) => status === 'delivered')).toHaveLength(100);
});

describe('a rate limit', () => {
  const ids = (count: number) => Array.from({ length: count }, (_unused, index) => `e${index}` as EventId);
  async function limited(perSecond: number) {
    const all = await setUp();
    all.ports.subscriptions.change(all.target, { rateLimit: { perSecond } });
    return { ...all, limitOf: () => all.ports.subscriptions.subscriptions[0]!.rateLimit };
  }

  test('lets a second’s worth go at once; the rest gets evenly spaced places in line', async () => {
    const { ports, message, run, clock } = await limited(4);
    expect(await run(...ids(10).map((eventId) => message({ eventId })))).toMatchObject({
      outcomes: { delivered: 4, deferred: 6 },
    });
    const waiting = ports.queues.sent.map(({ message: sent }) => sent);
    const first = waiting[0]!.dueAt!;
    expect(first).toBeGreaterThanOrEqual(clock.now() + 990);
    expect(waiting.map(({ dueAt }) => dueAt! - first)).toEqual([0, 250, 500, 750, 1000, 1250]);
    expect(
      waiting.every(
        ({ inLine, rateWaitedMs, deferredMs, chain, attempt }) =>
          inLine === true && rateWaitedMs! > 0 && deferredMs === undefined && chain === 'c1' && attempt === 1,
      ),
    ).toBe(true);
    expect(ports.queues.sent.map(({ queue, delaySeconds }) => `${queue.kind} ${delaySeconds}`)).toEqual([
      'delivery 1',
      'delivery 2',
      'delivery 2',
      'delivery 2',
      'delivery 2',
      'delivery 3',
    ]); // and in no retry tier
  });

  test('nobody overtakes those who wait in line, and their turn comes', async () => {
    const { ports, message, run, clock } = await limited(4);
    await run(...ids(14).map((eventId) => message({ eventId })));
    const waiting = ports.queues.sent.splice(0).map(({ message: sent }) => ({ ...sent, payload: BODY }));
    clock.advance(1_100); // the bucket has room for four again
    expect(await run(message({ eventId: 'late' as EventId }), waiting[0]!)).toMatchObject({
      outcomes: { delivered: 1, deferred: 1 },
    });
    const [late] = ports.queues.sent.map(({ message: sent }) => sent);
    expect(late!.eventId).toBe('late');
    expect(late!.dueAt).toBeGreaterThan(waiting.at(-1)!.dueAt!);
  });

  test('holds for those in line, too, when more of them come at once than fit', async () => {
    const { ports, message, run, clock } = await limited(2);
    await run(...ids(12).map((eventId) => message({ eventId })));
    const waiting = ports.queues.sent.splice(0).map(({ message: sent }) => ({ ...sent, payload: BODY }));
    clock.advance(60_000);
    expect(await run(...waiting)).toMatchObject({ outcomes: { delivered: 4, deferred: 6 } }); // two seconds' worth
  });

  test('of other functions that use it meanwhile counts', async () => {
    const { ports, message, run, clock, limitOf } = await limited(10);
    const read = ports.subscriptions.read.bind(ports.subscriptions);
    ports.subscriptions.read = async (...asked) => {
      const targets = await read(...asked);
      ports.subscriptions.read = read;
      await ports.subscriptions.advance(
        { tenantId: TENANT, subscriptionId: (targets.subscriptions[0] as Subscription).id },
        { mark: 'spentUntil', seen: { perSecond: 10 }, notBefore: clock.now() * 1000, by: 800_000, notAfter: Infinity },
      );
      return targets;
    };
    expect(await run(...ids(5).map((eventId) => message({ eventId })))).toMatchObject({
      outcomes: { delivered: 2, deferred: 3 },
    });
    expect(limitOf()!.spentUntil).toBeLessThanOrEqual((clock.now() + 1_000) * 1000);
  });

  test('that is changed meanwhile asks again in a second', async () => {
    const { ports, message, run, clock, target } = await limited(10);
    const read = ports.subscriptions.read.bind(ports.subscriptions);
    ports.subscriptions.read = async (...asked) => {
      const targets = await read(...asked);
      ports.subscriptions.change(target, { rateLimit: { perSecond: 20 } });
      return targets;
    };
    expect(await run(message())).toMatchObject({ outcomes: { deferred: 1 } });
    const [deferred] = ports.queues.sent.map(({ message: sent }) => sent);
    expect(deferred!.dueAt! - clock.now()).toBeLessThanOrEqual(1_200);
    expect(deferred!.inLine).toBeUndefined();
  });

  test('whose line is full sends away without a place, for minutes', async () => {
    const { ports, message, run, clock, target } = await limited(1);
    ports.subscriptions.change(target, {
      rateLimit: { perSecond: 1, spentUntil: clock.now() * 1000, lineUntil: (clock.now() + 899_500) * 1000 },
    });
    expect(await run(message())).toMatchObject({ outcomes: { deferred: 1 } });
    const [deferred] = ports.queues.sent.map(({ message: sent }) => sent);
    expect(deferred!.dueAt! - clock.now()).toBeGreaterThanOrEqual(750_000);
    expect(deferred!.dueAt! - clock.now()).toBeLessThanOrEqual(900_000);
    expect(deferred!.inLine).toBeUndefined();
  });

  test('counts retries, and a retry has no claim to the place that the attempt before it had', async () => {
    const { ports, message, run, runNext, target, clock } = await limited(1);
    ports.endpoint.results.push(answered(500));
    await run(message({ inLine: true, rateWaitedMs: 7_000 }));
    expect(ports.queues.sent.map(({ message: sent }) => sent)).toMatchObject([{ attempt: 2, rateWaitedMs: 7_000 }]);
    expect(ports.queues.sent[0]!.message).not.toHaveProperty('inLine');
    ports.subscriptions.change(target, {
      rateLimit: {
        perSecond: 1,
        spentUntil: (clock.now() + 3_600_000) * 1000,
        lineUntil: (clock.now() + 3_600_000) * 1000,
      },
    });
    // The second attempt finds no room.
    expect(await runNext()).toMatchObject({ outcomes: { deferred: 1 }, latencies: [] });
  });

  test('whose line is nearly full gives the places that there are, and sends the rest away for minutes', async () => {
    const { ports, message, run, target, clock } = await limited(1);
    ports.subscriptions.change(target, {
      rateLimit: { perSecond: 1, spentUntil: (clock.now() + 1_000) * 1000, lineUntil: (clock.now() + 898_000) * 1000 },
    });
    expect(await run(...ids(4).map((eventId) => message({ eventId })))).toMatchObject({ outcomes: { deferred: 4 } });
    const waits = ports.queues.sent.map(({ message: sent }) => ({
      placed: sent.inLine === true,
      waitMs: sent.dueAt! - clock.now(),
    }));
    expect(waits.map(({ placed }) => placed)).toEqual([true, true, false, false]);
    for (const { placed, waitMs } of waits) expect(waitMs).toBeGreaterThanOrEqual(placed ? 897_000 : 740_000);
  });

  test('ends its line as soon as what comes is below it', async () => {
    const { ports, message, run, clock } = await limited(10);
    await run(...ids(30).map((eventId) => message({ eventId })));
    const waiting = ports.queues.sent.splice(0).map(({ message: sent }) => ({ ...sent, payload: BODY }));
    for (const each of waiting) {
      clock.advance(Math.max(0, each.dueAt! - clock.now()));
      await run(each);
    }
    for (let index = 0; index < 20; index += 1) {
      clock.advance(200);
      expect(await run(message({ eventId: `new${index}` as EventId }))).toMatchObject({ outcomes: { delivered: 1 } });
    }
  });

  test('that nobody uses keeps nobody new in a line whose places are for those who will not come', async () => {
    const { ports, message, run, target, clock } = await limited(1);
    ports.subscriptions.change(target, {
      rateLimit: { perSecond: 1, spentUntil: (clock.now() - 6_000) * 1000, lineUntil: (clock.now() + 700_000) * 1000 },
    });
    expect(await run(message())).toMatchObject({ outcomes: { delivered: 1 } });
  });

  test('that refuses the line still lets go whom it let go', async () => {
    const { ports, message, run } = await limited(1);
    const advance = ports.subscriptions.advance.bind(ports.subscriptions);
    ports.rates = {
      advance: (key: never, asked: { mark: string }) =>
        asked.mark === 'lineUntil'
          ? Promise.reject(new PortUnavailable('subscriptions table', new Error('throttled')))
          : advance(key, asked as never),
    } as never;
    expect(await run(...ids(5).map((eventId) => message({ eventId })))).toMatchObject({
      outcomes: { delivered: 1, deferred: 4 },
      returned: [],
    });
  });

  test('that leaves no room for 24 hours fails the delivery, which is not counted and can be recovered', async () => {
    const { ports, message, run, target, clock } = await limited(1);
    ports.subscriptions.change(target, {
      rateLimit: { perSecond: 1, spentUntil: clock.now() * 1000, lineUntil: (clock.now() + 899_500) * 1000 },
    });
    expect(await run(message({ rateWaitedMs: 86_400_000 - 60_000 }))).toMatchObject({
      outcomes: { failed: 1 },
      latencies: [],
    });
    expect(ports.deliveries.records).toMatchObject([
      { status: 'failed', attempts: 0, reason: reason('rate-limit-exhausted') },
    ]);
    expect(ports.subscriptions.subscriptions).toMatchObject([{ count: 0, enabled: true }]);
    expect(ports.operationalEvents.names).toContain('delivery.failed');
  });

  test('does not keep the probe of a circuit in line', async () => {
    const { ports, message, run, target, clock } = await limited(1);
    ports.subscriptions.change(target, {
      circuit: { openedAt: clock.now() - 60_000, probeAt: clock.now() },
      rateLimit: { perSecond: 1, lineUntil: (clock.now() + 600_000) * 1000 },
    });
    expect(await run(message())).toMatchObject({ outcomes: { delivered: 1 } });
  });

  test('that cannot be asked lets nobody go, and gives nobody back to the queue, which would count it', async () => {
    const { ports, message, run, clock } = await limited(5);
    ports.rates = {
      advance: () => Promise.reject(new PortUnavailable('subscriptions table', new Error('throttled'))),
    } as never;
    expect(await run(message())).toMatchObject({ outcomes: { deferred: 1 }, returned: [] });
    expect(ports.endpoint.requests).toEqual([]);
    expect(ports.queues.sent[0]!.message.dueAt! - clock.now()).toBeGreaterThanOrEqual(29_000);
  });

  test('none: nothing is asked', async () => {
    const { ports, message, run } = await setUp();
    ports.rates = { advance: () => Promise.reject(new Error('asked')) } as never;
    expect(await run(message())).toMatchObject({ outcomes: { delivered: 1 } });
  });
});

describe("a tenant's plan", () => {
  test('that has no webhooks cancels its deliveries, on record, without an attempt', async () => {
    const { ports, message, run } = await setUp();
    await ports.subscriptions.setPlan(TENANT, 'free');
    expect(await run(message())).toMatchObject({ outcomes: { cancelled: 1 }, returned: [] });
    expect(ports.endpoint.requests).toEqual([]);
    expect(ports.deliveries.records).toMatchObject([
      { status: 'cancelled', reason: reason('plan-without-webhooks', { plan: 'free' }), attempts: 0 },
    ]);
  });

  test('cancels what goes to URLs of its events, too, and counts nothing', async () => {
    const { ports, message, run } = await setUp();
    await ports.subscriptions.setPlan(TENANT, 'free');
    const url = 'https://customer.example.com/hooks';
    expect(await run({ ...message(), url, subscriptionId: urlTarget(url) })).toMatchObject({
      outcomes: { cancelled: 1 },
    });
    expect(ports.endpoint.requests).toEqual([]);
  });

  test.each(['starter', 'enterprise'])('%s has them', async (plan) => {
    const { ports, message, run } = await setUp();
    await ports.subscriptions.setPlan(TENANT, plan);
    expect(await run(message())).toMatchObject({ outcomes: { delivered: 1 } });
  });

  test('does not matter where the profile names none', async () => {
    const { ports, message, run } = await setUp(STANDARD_PROFILE);
    await ports.subscriptions.setPlan(TENANT, 'free');
    expect(await run(message())).toMatchObject({ outcomes: { delivered: 1 } });
  });
});

describe('what its owner has set', () => {
  const ring = KeyRing.parse(ROOT_SECRET);

  test('a secret that was replaced with an overlap signs along until then, for Standard Webhooks alone', async () => {
    const { ports, message, run, clock, target } = await setUp();
    const before = formatSecret(new SeededRandom('before').bytes(32));
    const previousSecret = {
      sealed: ring.seal(before, secretOwner(target), new SeededRandom().bytes(12)),
      until: clock.now() + 60_000,
    };
    ports.subscriptions.change(target, { previousSecret });
    await run(message());
    clock.advance(60_000);
    await run(message({ eventId: 'evt_2' as EventId, arrivedAt: clock.now() }));
    const [during, after] = ports.endpoint.requests.map(({ headers }) => headers);
    expect(during!['webhook-signature']).toMatch(/^v1,\S+ v1,\S+$/);
    expect(after!['webhook-signature']).toMatch(/^v1,\S+$/);
    const timeless = (secret: string) =>
      new Webhook(secret).sign('evt_1', new Date(Number(during!['webhook-timestamp']) * 1000), BODY);
    expect(during!['webhook-signature']).toBe(`${timeless(SECRET)} ${timeless(before)}`);
    expect(during!['X-R2-Signature']).toBe(createHmac('sha256', SECRET).update(BODY).digest('hex'));
  });

  test('headers go along, beside ours', async () => {
    const { ports, message, run, target } = await setUp();
    ports.subscriptions.change(target, {
      headers: sealHeaders({ authorization: 'Basic hush' }, target, ring, new SeededRandom()),
    });
    expect(await run(message())).toMatchObject({ outcomes: { delivered: 1 } });
    expect(ports.endpoint.requests[0]!.headers).toMatchObject({
      authorization: 'Basic hush',
      'content-type': 'application/json',
      'webhook-id': 'evt_1',
    });
    expect(JSON.stringify(ports.deliveries.records)).not.toContain('hush');
  });

  test('headers that do not open return the message: it is not sent without them', async () => {
    const { ports, message, run, target } = await setUp();
    ports.subscriptions.change(target, {
      headers: sealHeaders({ authorization: 'x' }, subscription(), ring, new SeededRandom()),
    });
    expect((await run(message())).returned).toEqual(['m0']);
    expect(ports.endpoint.requests).toEqual([]);
  });
});

describe("an event's own URL", () => {
  const URL = 'https://customer.example.com/hooks?x=1';
  const toUrl = (message: DeliveryMessage): DeliveryMessage => ({
    ...message,
    url: URL,
    subscriptionId: urlTarget(URL),
  });

  test("is delivered to, signed with the account's secret, which is made when it is first needed", async () => {
    const { ports, message, run, clock } = await setUp(REKOGNITA_PROFILE);
    expect(await run(toUrl(message()))).toMatchObject({ outcomes: { delivered: 1 } });
    const [request] = ports.endpoint.requests;
    expect(request!.url).toBe(URL);
    const sealed = await ports.accounts.createSecretIfAbsent(TENANT, 'other');
    const secret = (await keyRings.ring()).unseal(sealed, accountSecretOwner(TENANT));
    expect(request!.headers['X-Rekognita-Signature']).toBe(createHmac('sha256', secret).update(BODY).digest('hex'));
    expect(ports.deliveries.records).toMatchObject([{ subscriptionId: urlTarget(URL), url: URL, status: 'delivered' }]);
    clock.advance(1_000);
    await run(toUrl(message({ eventId: 'b' as EventId })));
    expect(await ports.accounts.createSecretIfAbsent(TENANT, 'other')).toBe(sealed);
  });

  test('is never counted or disabled, but the platform is told of a failure', async () => {
    const { ports, message, run } = await setUp();
    for (const eventId of ['a', 'b', 'c', 'd', 'e', 'f'] as EventId[]) {
      ports.endpoint.results.push(answered(404));
      expect(await run(toUrl(message({ eventId })))).toMatchObject({ outcomes: { failed: 1 } });
    }
    expect(new Set(ports.operationalEvents.names)).toEqual(new Set(['delivery.failed']));
    expect(ports.operationalEvents.emitted[0]!.detail).not.toHaveProperty('subscription_id');
    expect(await run(toUrl(message({ eventId: 'g' as EventId })))).toMatchObject({ outcomes: { delivered: 1 } });
  });

  test('has a circuit of its origin', async () => {
    const { ports, message, run } = await setUp();
    ports.endpoint.results.push(...Array.from({ length: 5 }, () => timedOut()));
    await run(...(['a', 'b', 'c', 'd', 'e'] as EventId[]).map((eventId) => toUrl(message({ eventId }))));
    const other = {
      ...message({ eventId: 'f' as EventId }),
      url: 'https://customer.example.com/elsewhere',
      subscriptionId: urlTarget('https://customer.example.com/elsewhere'),
    };
    expect(await run(other)).toMatchObject({ outcomes: { deferred: 1 } });
  });
});

/** The event that references are to. */
async function stored({ events }: { events: InMemoryEventStore }, clock: ManualClock): Promise<void> {
  await events.claim(
    {
      eventId: 'evt_1' as EventId,
      eventType: 'job.completed',
      tenantId: TENANT,
      payload: BODY,
      arrivedAt: clock.now(),
    },
    clock.now() / 1000 + 90 * 86_400,
  );
}

describe('a replay', () => {
  const replay = { replayId: 'r1', replayOf: 'original' as DeliveryMessage['deliveryId'] };

  test.each([
    ['delivered', answered(200)],
    ['failed', answered(404)],
    ['pending', answered(500)],
  ] as const)('that is %s says on its record what it is of', async (status, result) => {
    const { ports, message, run } = await setUp();
    ports.endpoint.results.push(result);
    await run(message(replay));
    expect(ports.deliveries.records).toMatchObject([{ status, ...replay }]);
  });

  test('that finds its subscription disabled says so, too', async () => {
    const { ports, message, run, target } = await setUp();
    ports.subscriptions.change(target, { enabled: false });
    await run(message(replay));
    expect(ports.deliveries.records).toMatchObject([{ status: 'cancelled', ...replay }]);
  });

  test('sent twice at once makes one attempt: however young, its first attempt is checked', async () => {
    const { ports, message, run } = await setUp();
    const first = message(replay);
    expect(await run(first, { ...first, chain: 'c2' as ChainId })).toMatchObject({
      outcomes: { delivered: 1, returned: 1 },
    });
    expect(await run({ ...first, chain: 'c2' as ChainId })).toMatchObject({ outcomes: { dropped: 1 } });
    expect(ports.endpoint.requests).toHaveLength(1);
  });

  test('passes what it is of on to its retries', async () => {
    const { ports, message, run } = await setUp();
    ports.endpoint.results.push(answered(500));
    await run(message(replay));
    expect(ports.queues.sent.map((outgoing) => outgoing.message)).toMatchObject([{ attempt: 2, ...replay }]);
  });
});
