import { Conflict, NotFound, PortUnavailable } from '../../../lambda/core/shared/errors';
import {
  deliveryId,
  type DeliveryId,
  type EventId,
  type TenantId,
  urlTarget,
} from '../../../lambda/core/shared/identifiers';
import { retryDelivery } from '../../../lambda/core/replay/manual-retry';
import { REPLAYS_MAX } from '../../../lambda/core/replay/replay';
import { LEAPOCR_PROFILE } from '../../builders/profile';
import { subscription, TENANT } from '../../builders/subscription';
import { retrying, settled, untried } from '../../contracts/delivery-records';
import { InMemoryDeliveryLog } from '../../fakes/delivery-log';
import { InMemoryEventStore } from '../../fakes/event-store';
import { RecordingLog } from '../../fakes/log';
import { InMemoryDeliveryQueues } from '../../fakes/queues';
import { InMemorySubscriptionStore } from '../../fakes/subscription-store';
import { ManualClock, SeededRandom } from '../../fakes/time-and-random';
import type { DeliveryRecord } from '../../../lambda/core/delivery/delivery-record';

async function setUp() {
  const clock = new ManualClock();
  const target = subscription();
  const deliveries = new InMemoryDeliveryLog();
  const ports = {
    clock,
    random: new SeededRandom('manual retry'),
    deliveries,
    subscriptions: new InMemorySubscriptionStore(deliveries),
    events: new InMemoryEventStore(clock),
    queues: new InMemoryDeliveryQueues(),
    log: new RecordingLog(),
  };
  await ports.subscriptions.create(target);
  const eventId = 'evt_1' as EventId;
  await ports.events.claim(
    { tenantId: TENANT, eventId, eventType: 'job.completed', payload: '{}', arrivedAt: clock.now() },
    clock.now() / 1000 + 86_400,
  );
  const fresh = (changes: Partial<DeliveryRecord> = {}) =>
    untried({
      subscriptionId: target.id,
      eventId,
      url: target.destination.url,
      deliveryId: deliveryId({ time: clock.now(), tenantId: TENANT, eventId, target: target.id }),
      expiresAt: clock.now() / 1000 + 86_400,
      ...changes,
    });
  const put = (record: DeliveryRecord) => {
    deliveries.put(record);
    return record;
  };
  const retry = (key: DeliveryRecord) =>
    retryDelivery(
      { tenantId: key.tenantId, subscriptionId: key.subscriptionId, deliveryId: key.deliveryId },
      LEAPOCR_PROFILE,
      ports,
    );
  const sent = () => ports.queues.sent.map(({ message }) => message);
  return { ports, clock, target, eventId, fresh, put, retry, sent };
}

test.each(['failed', 'cancelled', 'delivered'] as const)(
  'a delivery that is %s is sent once more, as a delivery of its own, and can be seen at once',
  async (status) => {
    const { ports, clock, target, eventId, fresh, put, retry } = await setUp();
    const original = put(settled(fresh(), status));
    clock.advance(60_000);
    const replay = await retry(original);
    const [outgoing] = ports.queues.sent;
    expect(ports.queues.sent).toHaveLength(1);
    expect(outgoing).toMatchObject({
      queue: { kind: 'delivery' },
      delaySeconds: 0,
      message: {
        tenantId: TENANT,
        subscriptionId: target.id,
        eventId,
        eventType: 'job.completed',
        attempt: 1,
        arrivedAt: clock.now(),
        replayOf: original.deliveryId,
      },
    });
    const { message } = outgoing!;
    expect(message.url).toBeUndefined();
    expect(message.replayId).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7/);
    expect(message.deliveryId).toBe(
      deliveryId({ time: clock.now(), tenantId: TENANT, eventId, target: target.id, replayId: message.replayId! }),
    );
    expect(message.deliveryId).not.toBe(original.deliveryId);
    expect(replay).toMatchObject({
      deliveryId: message.deliveryId,
      status: 'pending',
      attempts: 0,
      chain: message.chain,
      url: target.destination.url,
      replayOf: original.deliveryId,
      expiresAt: clock.now() / 1000 + LEAPOCR_PROFILE.deliveryTtlSeconds,
    });
    expect(ports.deliveries.stored(replay)).toEqual(replay);
    expect(ports.deliveries.stored(original)).toEqual({ ...original, replays: [message.deliveryId] });
  },
);

test('each retry is another delivery', async () => {
  const { fresh, put, retry, sent, ports } = await setUp();
  const original = put(settled(fresh(), 'failed'));
  const replays = [await retry(original), await retry(original)];
  expect(new Set(sent().map(({ deliveryId: id }) => id)).size).toBe(2);
  expect(ports.deliveries.stored(original)!.replays).toEqual(replays.map(({ deliveryId: id }) => id));
});

test('a retry of a replay is one of the original', async () => {
  const { fresh, put, retry, sent, ports } = await setUp();
  const original = put(settled(fresh(), 'failed'));
  const first = await retry(original);
  put(settled({ ...first, attempts: 1 }, 'failed'));
  const second = await retry(first);
  expect(sent()[1]).toMatchObject({ deliveryId: second.deliveryId, replayOf: original.deliveryId });
  expect(ports.deliveries.stored(original)!.replays).toEqual([first.deliveryId, second.deliveryId]);
  expect(ports.deliveries.stored(first)!.replays).toBeUndefined();
});

test('a replay whose original is kept no longer is retried all the same', async () => {
  const { fresh, put, retry, ports } = await setUp();
  const replay = put(
    settled(fresh({ replayId: 'r1', replayOf: '019d05b9-8e40-7abc-8def-0123456789ab' as DeliveryId }), 'failed'),
  );
  expect(await retry(replay)).toMatchObject({ status: 'pending' });
  expect(ports.deliveries.records).toHaveLength(2); // and none was made of the original
});

test("a delivery to an event's own URL goes there again, whatever subscriptions there are", async () => {
  const { fresh, put, retry, sent, clock, eventId } = await setUp();
  const url = 'https://own.example.com/hook?key=1';
  const original = put(settled(fresh({ subscriptionId: urlTarget(url), url }), 'failed'));
  const replay = await retry(original);
  expect(sent()).toMatchObject([
    {
      subscriptionId: urlTarget(url),
      url,
      deliveryId: deliveryId({ time: clock.now(), tenantId: TENANT, eventId, target: url, replayId: replay.replayId! }),
    },
  ]);
  expect(replay.url).toBe(url);
});

describe('nothing is sent', () => {
  const refusal = async (work: Promise<unknown>, kind: new (...args: never[]) => Error, message: RegExp) => {
    await expect(work).rejects.toThrow(kind);
    await expect(work).rejects.toThrow(message);
  };

  test('for a delivery that is not there, is past its time, or is of another tenant', async () => {
    const { fresh, put, retry, sent, clock } = await setUp();
    await refusal(retry(fresh()), NotFound, /Delivery not found/);
    const original = put(settled(fresh(), 'failed'));
    await refusal(retry({ ...original, tenantId: 'org_123/other' as TenantId }), NotFound, /Delivery not found/);
    clock.advance(86_400_000);
    await refusal(retry(original), NotFound, /Delivery not found/);
    expect(sent()).toEqual([]);
  });

  test('for a delivery that is still on its way; it says until when', async () => {
    const { fresh, put, retry, sent, clock } = await setUp();
    await refusal(retry(put(fresh())), Conflict, /still pending\. Its first attempt is about to be made/);
    await refusal(
      retry(put(retrying(fresh(), 1, { dueAt: clock.now() + 60_000 }))),
      Conflict,
      /next attempt is due at 2026-03-19T10:22:44\.000Z\. Retry it after it has failed/,
    );
    expect(sent()).toEqual([]);
  });

  test('to a subscription that was disabled or deleted', async () => {
    const { fresh, put, retry, sent, ports, target } = await setUp();
    const original = put(settled(fresh(), 'failed'));
    ports.subscriptions.change(target, { enabled: false });
    await refusal(retry(original), Conflict, /disabled\. Enable it, then retry/);
    ports.subscriptions.delete(target);
    await refusal(retry(original), Conflict, /deleted/);
    expect(sent()).toEqual([]);
    expect(ports.deliveries.stored(original)!.replays).toBeUndefined();
  });

  test('of an event whose payload is kept no longer', async () => {
    const { fresh, put, retry, sent } = await setUp();
    await refusal(
      retry(put(settled(fresh({ eventId: 'evt_2' as EventId }), 'failed'))),
      Conflict,
      /payload is no longer stored/,
    );
    expect(sent()).toEqual([]);
  });

  test('more often than a record can hold', async () => {
    const { fresh, put, retry, sent } = await setUp();
    const original = put({
      ...settled(fresh(), 'failed'),
      replays: Array.from({ length: REPLAYS_MAX }, (_unused, index) => `r${index}` as DeliveryId),
    });
    await refusal(retry(original), Conflict, /retried 50 times/);
    expect(sent()).toEqual([]);
  });
});

describe('the queue', () => {
  test('that refuses is asked again a little later', async () => {
    const { fresh, put, retry, sent, ports } = await setUp();
    ports.queues.answers.push('refused', 'refused');
    const replay = await retry(put(settled(fresh(), 'failed')));
    expect(sent().map(({ deliveryId: id }) => id)).toEqual([replay.deliveryId]);
  });

  test.each([
    ['goes on refusing', ['refused', 'refused', 'refused', 'refused'] as const],
    ['does not answer', ['unanswered'] as const],
  ])('that %s is why nothing is promised: no record says that something is on its way', async (_what, answers) => {
    const { fresh, put, retry, ports } = await setUp();
    ports.queues.answers.push(...answers);
    const original = put(settled(fresh(), 'failed'));
    await expect(retry(original)).rejects.toThrow(PortUnavailable);
    expect(ports.queues.answers).toEqual([]);
    expect(ports.deliveries.records).toHaveLength(1);
  });

  test('has it before the record is put, and a record that is refused holds up nothing', async () => {
    const { fresh, put, retry, sent, ports } = await setUp();
    const original = put(settled(fresh(), 'failed'));
    const take = ports.deliveries.claim.bind(ports.deliveries);
    ports.deliveries.claim = (record) => {
      expect(sent()).toHaveLength(1);
      ports.deliveries.faults.refuse(1);
      return take(record);
    };
    expect(await retry(original)).toMatchObject({ status: 'pending' });
    expect(ports.deliveries.records).toHaveLength(1);
    expect(ports.log.lines).toMatchObject([{ level: 'warn', message: 'failed to record replay' }]);
  });

  test('may have had it worked on already: what is on record by then stays', async () => {
    const { fresh, put, retry, ports } = await setUp();
    const send = ports.queues.send.bind(ports.queues);
    ports.queues.send = async (deliveries) => {
      const { message } = deliveries[0]!;
      ports.deliveries.put(
        settled(
          fresh({ deliveryId: message.deliveryId, replayId: message.replayId!, replayOf: message.replayOf! }),
          'delivered',
        ),
      );
      return send(deliveries);
    };
    const replay = await retry(put(settled(fresh(), 'failed')));
    expect(ports.deliveries.stored(replay)).toMatchObject({ status: 'delivered' });
  });
});
