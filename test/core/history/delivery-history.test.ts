import fc from 'fast-check';
import {
  deliveriesOfEvent,
  EXAMINED_MAX,
  HISTORY_LIMIT_MAX,
  historyPage,
  type HistoryQuery,
} from '../../../lambda/core/history/delivery-history';
import { NotFound } from '../../../lambda/core/shared/errors';
import {
  deliveryId,
  type DeliveryId,
  type EventId,
  logShard,
  type SubscriptionId,
  type TenantId,
  urlTarget,
} from '../../../lambda/core/shared/identifiers';
import { TENANT } from '../../builders/subscription';
import { AT, SUBSCRIPTION, settled, untried } from '../../contracts/delivery-records';
import { InMemoryDeliveryHistory } from '../../fakes/delivery-history';
import { InMemoryDeliveryLog } from '../../fakes/delivery-log';
import { InMemoryEventStore } from '../../fakes/event-store';
import { ManualClock } from '../../fakes/time-and-random';
import type { DeliveryRecord } from '../../../lambda/core/delivery/delivery-record';

const target = { tenantId: TENANT, subscriptionId: SUBSCRIPTION };
type Status = DeliveryRecord['status'];

function setUp() {
  const clock = new ManualClock(Date.now());
  const log = new InMemoryDeliveryLog();
  const history = new InMemoryDeliveryHistory(log, clock);
  const put = (index: number, status: Status, changes: Partial<DeliveryRecord> = {}): DeliveryRecord => {
    const eventId = `evt_${index}` as EventId;
    const start = untried({
      ...target,
      eventId,
      deliveryId: deliveryId({ time: AT + index, tenantId: TENANT, eventId, target: SUBSCRIPTION }),
      ...changes,
    });
    const record = status === 'pending' ? start : settled(start, status);
    log.put(record);
    return record;
  };
  /** All pages, by the frontier of the one before. */
  const list = async (query: HistoryQuery): Promise<{ ids: DeliveryId[]; pages: number; mostExamined: number }> => {
    const ids: DeliveryId[] = [];
    let [before, pages, mostExamined]: [DeliveryId | undefined, number, number] = [query.before, 0, 0];
    do {
      history.examined = 0;
      const page = await historyPage(target, { ...query, ...(before !== undefined && { before }) }, history);
      expect(page.records.length).toBeLessThanOrEqual(query.limit);
      mostExamined = Math.max(
        mostExamined,
        history.examined + (query.status === 'failed' || query.status === 'cancelled' ? page.records.length : 0),
      );
      ids.push(...page.records.map(({ deliveryId: id }) => id));
      // it comes to an end
      if (page.before !== undefined && before !== undefined) expect(page.before < before).toBe(true);
      before = page.before;
      pages += 1;
    } while (before !== undefined);
    return { ids, pages, mostExamined };
  };
  return { clock, log, history, put, list };
}

const newest = (records: readonly DeliveryRecord[]) =>
  records
    .map(({ deliveryId: id }) => id)
    .sort()
    .reverse();

describe('the log of a target', () => {
  test('is listed newest first, each delivery once, whatever the filter and the size of a page', async () => {
    const status = fc.constantFrom<Status>('delivered', 'failed', 'cancelled', 'pending');
    const eventType = fc.constantFrom('job.completed', 'job.failed');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(status, eventType), { maxLength: 120 }),
        fc.record({
          limit: fc.integer({ min: 1, max: 30 }),
          status: fc.option(status, { nil: undefined }),
          eventType: fc.option(eventType, { nil: undefined }),
        }),
        async (given, { limit, ...filter }) => {
          const { put, list } = setUp();
          const records = given.map(([each, type], index) => put(index, each, { eventType: type }));
          const wanted = records.filter(
            (record) =>
              (filter.status ?? record.status) === record.status &&
              (filter.eventType ?? record.eventType) === record.eventType,
          );
          const query = {
            limit,
            ...(filter.status !== undefined && { status: filter.status }),
            ...(filter.eventType !== undefined && { eventType: filter.eventType }),
          };
          expect((await list(query)).ids).toEqual(newest(wanted));
        },
      ),
      { numRuns: 200 },
    );
  });

  test('is listed in full pages without a filter, even if one shard has it all', async () => {
    const { put, list } = setUp();
    const records: DeliveryRecord[] = [];
    for (let index = 0; records.length < 250; index += 1) {
      const id = deliveryId({
        time: AT + index,
        tenantId: TENANT,
        eventId: `evt_${index}` as EventId,
        target: SUBSCRIPTION,
      });
      if (logShard(id) === 2) records.push(put(index, 'delivered'));
    }
    const { ids, pages, mostExamined } = await list({ limit: HISTORY_LIMIT_MAX });
    expect(ids).toEqual(newest(records));
    expect(pages).toBe(3);
    expect(mostExamined).toBeLessThan(200);
  });

  test('says where to go on exactly where there is more', async () => {
    const { put, history } = setUp();
    const records = [put(0, 'delivered'), put(1, 'delivered')];
    expect(await historyPage(target, { limit: 2 }, history)).toEqual({ records: [records[1], records[0]] });
    const first = await historyPage(target, { limit: 1 }, history);
    expect(first).toEqual({ records: [records[1]], before: records[1]!.deliveryId });
    expect(await historyPage(target, { limit: 1, before: first.before! }, history)).toEqual({ records: [records[0]] });
    expect(await historyPage(target, { limit: 1, before: records[0]!.deliveryId }, history)).toEqual({ records: [] });
  });

  test.each<[string, Partial<HistoryQuery>]>([
    ['of a type', { eventType: 'job.rare' }],
    ['by status', { status: 'pending' }],
    ['that failed, of a type', { status: 'failed', eventType: 'job.rare' }],
  ])(
    `in search of a few %s, no page examines more than ${EXAMINED_MAX} items; it may be empty and says where to go on`,
    async (_what, filter) => {
      const { put, list, history } = setUp();
      const rare = put(0, filter.status ?? 'delivered', { eventType: 'job.rare' });
      for (let index = 1; index <= 1200; index += 1) put(index, filter.status === 'failed' ? 'failed' : 'delivered');
      const first = await historyPage(target, { limit: HISTORY_LIMIT_MAX, ...filter }, history);
      expect(first.records).toEqual([]);
      expect(first.before).toBeDefined();
      const { ids, pages, mostExamined } = await list({ limit: HISTORY_LIMIT_MAX, ...filter });
      expect(ids).toEqual([rare.deliveryId]);
      expect(mostExamined).toBeLessThanOrEqual(EXAMINED_MAX);
      expect(pages).toBeLessThan(8);
    },
  );

  test(`a full page of failures of a type examines ${EXAMINED_MAX} items with the records that it shows`, async () => {
    const { put, list } = setUp();
    const records = Array.from({ length: 1000 }, (_unused, index) =>
      put(index, 'failed', { eventType: index % 5 === 0 ? 'job.rare' : 'job.completed' }),
    );
    const { ids, mostExamined } = await list({ limit: HISTORY_LIMIT_MAX, status: 'failed', eventType: 'job.rare' });
    expect(ids).toEqual(newest(records.filter(({ eventType }) => eventType === 'job.rare')));
    expect(mostExamined).toBeLessThanOrEqual(EXAMINED_MAX);
  });

  test('shows of failures what the log says where the index is behind it', async () => {
    const { put, history } = setUp();
    const [since, missing, known] = [put(0, 'delivered'), put(1, 'failed'), put(2, 'failed')];
    history.indexed.set(since.deliveryId, { ...since, status: 'failed' });
    history.indexed.set(missing.deliveryId, undefined);
    expect(await historyPage(target, { limit: 10, status: 'failed' }, history)).toEqual({ records: [known] });
  });

  test.each([undefined, 'failed'] as const)(
    'leaves out what is past its time or cannot be read, and shows the rest (status %s)',
    async (status) => {
      const { put, history, clock } = setUp();
      const now = Math.floor(clock.now() / 1000);
      const [, odd, shown] = [
        put(0, 'failed', { expiresAt: now }),
        put(1, 'failed'),
        put(2, 'failed', { expiresAt: now + 1 }),
      ];
      history.unreadable.add(odd.deliveryId);
      expect(await historyPage(target, { limit: 10, ...(status !== undefined && { status }) }, history)).toEqual({
        records: [shown],
      });
    },
  );
});

describe('the deliveries of an event', () => {
  async function setUpEvent(webhookUrl?: string) {
    const world = setUp();
    const events = new InMemoryEventStore(world.clock);
    const eventId = 'evt_1' as EventId;
    await events.claim(
      {
        tenantId: TENANT,
        eventId,
        eventType: 'job.completed',
        payload: '{}',
        arrivedAt: AT,
        ...(webhookUrl !== undefined && { webhookUrl }),
      },
      world.clock.now() / 1000 + 60,
    );
    const deliver = (subscriptionId: SubscriptionId, changes: Partial<DeliveryRecord> = {}) => {
      const id = deliveryId({ time: AT, tenantId: TENANT, eventId, target: webhookUrl ?? subscriptionId });
      const record = settled(
        untried({ tenantId: TENANT, subscriptionId, eventId, deliveryId: id, ...changes }),
        'failed',
      );
      world.log.put(record);
      return record;
    };
    const find = (subscriptionIds: readonly SubscriptionId[], tenantId = TENANT) =>
      deliveriesOfEvent({ tenantId, eventId, subscriptionIds }, { events, history: world.history });
    return { ...world, deliver, find, eventId };
  }
  const [one, two, three] = ['subscription-1', 'subscription-2', 'subscription-3'] as [
    SubscriptionId,
    SubscriptionId,
    SubscriptionId,
  ];

  test('are those of the subscriptions that it matched', async () => {
    const { deliver, find } = await setUpEvent();
    const records = [deliver(one), deliver(three)];
    expect(await find([one, two, three])).toEqual(records.sort((a, b) => (a.deliveryId > b.deliveryId ? -1 : 1)));
    expect(await find([two])).toEqual([]);
  });

  test('are the one to its own URL, whatever subscriptions there are', async () => {
    const url = 'https://a.example.com/x';
    const { deliver, find } = await setUpEvent(url);
    const record = deliver(urlTarget(url), { url });
    deliver(one);
    expect(await find([one])).toEqual([record]);
  });

  test('come with their replays, newest first', async () => {
    const { deliver, find, log, eventId } = await setUpEvent();
    const original = deliver(one);
    const replayId = deliveryId({ time: AT + 1000, tenantId: TENANT, eventId, target: one, replayId: 'r1' });
    const replay = settled(
      untried({
        tenantId: TENANT,
        subscriptionId: one,
        eventId,
        deliveryId: replayId,
        replayId: 'r1',
        replayOf: original.deliveryId,
      }),
      'delivered',
    );
    log.put(replay);
    await log.markReplay(original, replayId, 50);
    await log.markReplay(original, 'refused by the queue, and so not there' as DeliveryId, 50);
    expect((await find([one])).map(({ deliveryId: id }) => id)).toEqual([replayId, original.deliveryId]);
  });

  test('are none of an event that is not there, has expired, or is of another tenant', async () => {
    const { deliver, find, clock } = await setUpEvent();
    deliver(one);
    await expect(find([one], 'org_123/other' as TenantId)).rejects.toThrow(NotFound);
    clock.advance(61_000);
    await expect(find([one])).rejects.toThrow(NotFound);
  });
});
