/** All that the DynamoDB adapters promise, on whichever DynamoDB. */
import { randomBytes } from 'node:crypto';
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoFigures } from '../../lambda/adapters/dynamodb/counters';
import { DynamoDeliveryHistory, FAILURES_INDEX } from '../../lambda/adapters/dynamodb/delivery-history';
import { DynamoDeliveryLog } from '../../lambda/adapters/dynamodb/delivery-log';
import { DynamoEventStore } from '../../lambda/adapters/dynamodb/event-store';
import { deliveryItemKey, eventItemKey, type Item } from '../../lambda/adapters/dynamodb/keys';
import { DynamoRateLimits } from '../../lambda/adapters/dynamodb/rate-limits';
import { DynamoReceptions } from '../../lambda/adapters/dynamodb/receptions';
import { DynamoRecoveryJobs } from '../../lambda/adapters/dynamodb/recovery-jobs';
import { DynamoSubscriptionState } from '../../lambda/adapters/dynamodb/subscription-state';
import { DynamoSubscriptionStore } from '../../lambda/adapters/dynamodb/subscription-store';
import { ObjectBucket } from '../../lambda/adapters/s3/object-bucket';
import { EXAMINED_MAX, historyPage, type HistoryQuery } from '../../lambda/core/history/delivery-history';
import { UnreadableItem } from '../../lambda/core/shared/errors';
import {
  deliveryId,
  type DeliveryId,
  type EventId,
  type SubscriptionId,
  type TenantId,
} from '../../lambda/core/shared/identifiers';
import { COMPLETED } from '../builders/event';
import { subscription, TENANT } from '../builders/subscription';
import { circuitStoreContract } from '../contracts/circuit-store.contract';
import { deliveryHistoryContract } from '../contracts/delivery-history.contract';
import { AT, settled, untried } from '../contracts/delivery-records';
import { deliveryLogContract } from '../contracts/delivery-log.contract';
import { deliveryRatesContract } from '../contracts/delivery-rates.contract';
import { eventStoreContract } from '../contracts/event-store.contract';
import { failureCounterContract } from '../contracts/failure-counter.contract';
import { figuresContract } from '../contracts/figures.contract';
import { rateLimitsContract } from '../contracts/rate-limits.contract';
import { receptionsContract } from '../contracts/receptions.contract';
import { recoveryJobsContract } from '../contracts/recovery-jobs.contract';
import { subscriptionStoreContract } from '../contracts/subscription-store.contract';
import { ManualClock } from '../fakes/time-and-random';
import { createTables, NotingClient, type Tables } from './dynamodb-tables';
import { itemBytes, WRITE_UNIT_BYTES } from './item-size';
import { createBucket } from './local-aws';

/** @param mostPages of the long listings: the embedded AWS sorts a whole partition for each query */
export function dynamoDbContracts(endpoint: string, mostPages = Infinity): void {
  const client = new NotingClient(endpoint);
  let tables: Tables;
  let bucket: string;
  beforeAll(async () => {
    tables = await createTables(client);
    bucket = await createBucket();
  });
  afterAll(() => {
    client.destroy();
  });
  const events = (clock: ManualClock) => new DynamoEventStore(client, tables.events, new ObjectBucket(bucket), clock);
  const subscriptions = () => new DynamoSubscriptionStore(client, tables.subscriptions, new ManualClock());
  const state = () => new DynamoSubscriptionState(client, tables.subscriptions, tables.deliveries);
  const deliveries = () => new DynamoDeliveryLog(client, tables.deliveries);
  const history = (clock = new ManualClock(Date.now())) => new DynamoDeliveryHistory(client, tables.deliveries, clock);

  const storedItem = async (table: string, key: Item): Promise<Item> => {
    const { Item: item } = await client.send(new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }));
    return item!;
  };
  const claimedItem = async (
    payload: string,
    changes: { eventId?: string; tenantId?: string; eventType?: string } = {},
  ): Promise<Item> => {
    const clock = new ManualClock(Date.now());
    const event = {
      eventId: `evt_${payload.length}`,
      eventType: 'job.completed',
      tenantId: TENANT,
      payload,
      arrivedAt: clock.now(),
      ...changes,
    } as Parameters<DynamoEventStore['claim']>[0];
    expect(await events(clock).claim(event, Math.floor(clock.now() / 1000) + 60)).toEqual({ fresh: true });
    expect(await events(clock).payload(event.tenantId, event.eventId)).toBe(payload);
    return storedItem(tables.events, eventItemKey(event.tenantId, event.eventId));
  };

  describe('the event store', () => {
    eventStoreContract(events);

    const noise = (words: number): string =>
      Array.from({ length: words }, (_unused, index) => Math.sin(index).toString(36).slice(2)).join('');
    test.each([
      ['a small payload plain', '{"a":1}', 'p'],
      [
        '1 KiB of JSON compressed, in one write unit',
        JSON.stringify({ text: 'lorem ipsum '.repeat(80), n: 12345 }),
        'z',
      ],
      ['text that compression does not bring below another write unit plain', noise(150), 'p'],
      ['what takes nine write units compressed', `\u2603${randomBytes(8_700).toString('base64')}`, 'z'],
      ['what would take ten as an object named by its hash', `\u2603${randomBytes(9_400).toString('base64')}`, 's3'],
      ['much text as an object named by its hash', 'x\u2603'.repeat(3) + noise(60_000), 's3'],
    ])('stores %s', async (_what, payload, attribute) => {
      const item = await claimedItem(payload);
      expect(Object.keys(item).sort()).toEqual(['at', 'ex', 'pk', 'ty', 'v', attribute].sort());
      if (attribute === 's3') expect(item.s3!.S).toMatch(/^payloads\/org_123\/team_456\/evt_\d+\/[0-9a-f]{64}$/);
    });
  });

  describe('the subscription store', () => {
    subscriptionStoreContract(subscriptions);
  });

  describe('the delivery log', () => {
    deliveryLogContract(deliveries);
  });

  describe('the delivery history', () => {
    deliveryHistoryContract((clock) => ({ history: history(clock), deliveries: deliveries() }));

    test('an item of a format to come is examined and holds up nothing', async () => {
      const record = settled(untried({ subscriptionId: 'of a format to come' as SubscriptionId }), 'failed');
      await deliveries().settle(record, 1);
      const key = deliveryItemKey(record.tenantId, record.subscriptionId, record.deliveryId);
      await client.send(
        new PutItemCommand({
          TableName: tables.deliveries,
          Item: { ...(await storedItem(tables.deliveries, key)), v: { N: '2' } },
        }),
      );
      expect(await historyPage(record, { limit: 10 }, history())).toEqual({ records: [] });
      expect(await historyPage(record, { limit: 10, status: 'failed' }, history())).toEqual({ records: [] });
      expect((await history().records([record])).get(record.deliveryId)).toBeInstanceOf(UnreadableItem);
    });

    test('only failed and cancelled records have the attribute that puts them in the index', async () => {
      const stored = async (status: 'delivered' | 'failed' | 'cancelled') => {
        const record = settled(untried(), status);
        await deliveries().settle(record, 1);
        return storedItem(
          tables.deliveries,
          deliveryItemKey(record.tenantId, record.subscriptionId, record.deliveryId),
        );
      };
      const { pk, fx } = await stored('failed');
      expect(fx).toEqual(pk);
      expect(await stored('cancelled')).toHaveProperty('fx');
      expect(await stored('delivered')).not.toHaveProperty('fx');
    });

    describe('of a target with 20,000 deliveries', () => {
      const subscriptionId = '019d05b9-8e40-7000-8000-00000000ffff' as SubscriptionId;
      const target = { tenantId: TENANT, subscriptionId };
      /** One in 2,000 failed, one in 500 is of a rare type. */
      const COUNT = 20_000;
      const recordOf = (index: number) => {
        const eventId = `evt_${index}` as EventId;
        const id = deliveryId({ time: AT + index * 1000, tenantId: TENANT, eventId, target: subscriptionId });
        const { attempts, history: entries, expiresAt, url } = settled(untried(), 'delivered');
        return {
          ...target,
          deliveryId: id,
          eventId,
          eventType: index % 500 === 7 ? 'job.rare' : 'job.completed',
          status: index % 2000 === 3 ? 'failed' : 'delivered',
          attempts,
          history: entries,
          expiresAt,
          url: url!,
          settledAt: AT,
        } as const;
      };

      beforeAll(async () => {
        const log = deliveries();
        for (let start = 0; start < COUNT; start += 1000) {
          const records = Array.from({ length: 1000 }, (_unused, index) => recordOf(start + index));
          await Promise.all(
            Array.from({ length: 40 }, async (_unused, group) =>
              expect(await log.putDelivered(records.slice(group * 25, group * 25 + 25))).toEqual([]),
            ),
          );
        }
      }, 120_000);

      /** All pages of it, each bounded. */
      const listed = async (query: Omit<HistoryQuery, 'before' | 'limit'>, limit: number, most = mostPages) => {
        const ids: DeliveryId[] = [];
        const counts: number[] = [];
        let before: DeliveryId | undefined;
        do {
          const seen = client.examined;
          const page = await historyPage(
            target,
            { ...query, limit, ...(before !== undefined && { before }) },
            history(),
          );
          counts.push(client.examined - seen);
          expect(page.records.length).toBeLessThanOrEqual(limit);
          ids.push(...page.records.map(({ deliveryId: id }) => id));
          before = page.before;
        } while (before !== undefined && counts.length < most);
        return { ids, pages: counts.length, examined: Math.max(...counts) };
      };
      const newestFirst = (wanted: (index: number) => boolean) =>
        Array.from({ length: COUNT }, (_unused, index) => COUNT - 1 - index)
          .filter(wanted)
          .map((index) => recordOf(index).deliveryId);

      test('a page without a filter examines about what it shows', async () => {
        const { ids, examined } = await listed({}, 20, 5);
        expect(ids).toEqual(newestFirst(() => true).slice(0, 100));
        expect(examined).toBeLessThanOrEqual(60);
      }, 60_000);

      test('no page examines more than 500 items, however few pass the filter, and every match is found', async () => {
        const rare = await listed({ eventType: 'job.rare' }, 20);
        const wanted = newestFirst((index) => index % 500 === 7);
        expect(rare.ids).toEqual(mostPages === Infinity ? wanted : wanted.slice(0, rare.ids.length));
        expect(rare.ids.length).toBeGreaterThan(0);
        expect(rare.examined).toBeLessThanOrEqual(EXAMINED_MAX);
        expect(rare.examined).toBeGreaterThan(EXAMINED_MAX / 2);
        expect(rare.pages).toBeLessThan((2 * COUNT) / EXAMINED_MAX);
      }, 60_000);

      test('failed ones are found at once, by the index', async () => {
        const failed = await listed({ status: 'failed' }, 20);
        expect(failed.ids).toEqual(newestFirst((index) => index % 2000 === 3));
        expect(failed.pages).toBe(1);
        expect(failed.examined).toBe(2 * failed.ids.length); // in the index, and as records
      }, 60_000);
    });
  });

  describe('the store of recoveries', () => {
    recoveryJobsContract(() => new DynamoRecoveryJobs(client, tables.subscriptions));

    test('a job goes with its subscription', async () => {
      const [store, jobs, one] = [
        subscriptions(),
        new DynamoRecoveryJobs(client, tables.subscriptions),
        subscription(),
      ];
      await store.create(one);
      const key = { tenantId: one.tenantId, subscriptionId: one.id };
      await jobs.start(
        {
          ...key,
          id: 'job',
          since: 0,
          createdAt: 1,
          status: 'running',
          shard: 0,
          page: 0,
          examined: 0,
          resent: 0,
          skipped: 0,
          updatedAt: 1,
        },
        undefined,
      );
      expect(await store.remove(one)).toBe(true);
      expect(await jobs.read(key)).toBeUndefined();
    });
  });

  describe('the figures', () => {
    figuresContract(() => new DynamoFigures(client, tables.counters, new ManualClock(Date.now())));

    test('that are past their time are left out, though they are still stored', async () => {
      const tenantId = 'org_123/expired' as TenantId;
      const target = '019d05b9-8e40-7000-8000-000000000001' as SubscriptionId;
      const figures = new DynamoFigures(client, tables.counters, new ManualClock(AT + 401 * 86_400_000));
      await figures.apply({
        kind: 'hour',
        tenantId,
        target,
        hour: Math.floor(AT / 3_600_000) * 3_600_000,
        delivered: 1,
        failed: 0,
        cancelled: 0,
      });
      await figures.apply({ kind: 'triggered', tenantId, target, at: AT });
      await figures.apply({ kind: 'origin', tenantId, target, origin: 'https://a.example.com', at: AT });
      expect(await figures.hourly(tenantId, target, 0, AT)).toEqual([]);
      expect(await figures.lastTriggered(tenantId, target, target)).toEqual(new Map());
      expect(await figures.origins(tenantId, 10)).toEqual({ origins: [] });
    });
  });

  describe('the store of receptions', () => {
    receptionsContract(() => new DynamoReceptions(client, tables.receptions));

    test('an item ends by itself, in the second of its time or the next', async () => {
      const key = { source: '/webhooks', identity: `evt_${Date.now()}` };
      const receptions = new DynamoReceptions(client, tables.receptions);
      await receptions.lease(key, 'a', 1_000, 36_001);
      expect(await storedItem(tables.receptions, { pk: { S: `/webhooks#${key.identity}` } })).toMatchObject({
        ex: { N: '37' },
        ow: { S: 'a' },
      });
      await receptions.mark(key, 'a', 90_000);
      expect(await storedItem(tables.receptions, { pk: { S: `/webhooks#${key.identity}` } })).toEqual({
        pk: { S: `/webhooks#${key.identity}` },
        v: { N: '1' },
        un: { N: '90000' },
        ex: { N: '90' },
      });
    });
  });

  describe('the limits', () => {
    rateLimitsContract((clock) => new DynamoRateLimits(client, tables.counters, clock));
  });

  describe('the counter of failures', () => {
    failureCounterContract(() => ({ failures: state(), subscriptions: subscriptions(), deliveries: deliveries() }));
  });

  describe('the rate limits', () => {
    deliveryRatesContract(() => ({ rates: state(), subscriptions: subscriptions() }));
  });

  describe('the store of circuits', () => {
    circuitStoreContract(() => ({ circuits: state(), subscriptions: subscriptions() }));
  });

  describe('one write unit', () => {
    const organization = '0196e3a1-5c1f-7d42-9f0e-3b1c2d4e5f60';
    const team = '0196e3a1-8b2a-7c11-8d3f-6a5b4c3d2e1f';
    const tenantId = `${organization}/${team}` as TenantId;
    const subscriptionId = '019d05b9-8e40-7000-8000-000000000001' as SubscriptionId;

    /** What DynamoDB itself takes for it, where it tells. */
    const consumedUnits = async (table: string, item: Item): Promise<number | undefined> =>
      (await client.send(new PutItemCommand({ TableName: table, Item: item, ReturnConsumedCapacity: 'TOTAL' })))
        .ConsumedCapacity?.CapacityUnits;

    const expectOneUnit = async (table: string, item: Item): Promise<void> => {
      expect(itemBytes(item)).toBeLessThanOrEqual(WRITE_UNIT_BYTES);
      expect(await consumedUnits(table, item)).toBe(1);
    };

    test(
      "holds the record of a first attempt that succeeded, with ids as LeapOCR's, a URL of 60 characters and an " +
        'answer of 128 bytes',
      async () => {
        const eventId = COMPLETED.event_id as EventId;
        const url = 'https://hooks.customer.example/leapocr/events/receive?src=ocr';
        expect(url.slice(0, 60)).toHaveLength(60);
        const identity = {
          tenantId,
          subscriptionId,
          eventId,
          url: url.slice(0, 60),
          deliveryId: deliveryId({ time: 1_773_915_704_000, tenantId, eventId, target: subscriptionId }),
        };
        const record = settled(untried(identity), 'delivered', {
          history: [{ at: 1_773_915_704_123, latencyMs: 1234, status: 200, answer: 'a'.repeat(128) }],
        });
        expect(await deliveries().putDelivered([record])).toEqual([]);
        await expectOneUnit(
          tables.deliveries,
          await storedItem(tables.deliveries, deliveryItemKey(tenantId, subscriptionId, record.deliveryId)),
        );
      },
    );

    test('holds the record of a replay whose first attempt succeeded', async () => {
      const eventId = COMPLETED.event_id as EventId;
      const replayId = '019d05b9-8e40-7abc-8def-0123456789ab';
      const [id, replayOf] = [replayId, undefined].map((replay) =>
        deliveryId({
          time: 1_773_915_704_000,
          tenantId,
          eventId,
          target: subscriptionId,
          ...(replay !== undefined && { replayId: replay }),
        }),
      );
      const record = settled(
        untried({ tenantId, subscriptionId, eventId, deliveryId: id!, replayId, replayOf: replayOf! }),
        'delivered',
        { history: [{ at: 1_773_915_704_123, latencyMs: 1234, status: 200, answer: 'a'.repeat(128) }] },
      );
      expect(await deliveries().putDelivered([record])).toEqual([]);
      await expectOneUnit(
        tables.deliveries,
        await storedItem(tables.deliveries, deliveryItemKey(tenantId, subscriptionId, record.deliveryId)),
      );
    });

    test('holds a claim with 1 KiB of ordinary JSON', async () => {
      const page = (number: number) => ({
        page_number: number,
        status: 'completed',
        text:
          `Invoice ${1040 + number} of 14 March 2026, payable within 30 days. Total: EUR 1,2${number}4.50, of ` +
          `which VAT EUR 198.7${number}.`,
        confidence: 0.97 + number / 1000,
        language: 'en',
      });
      const ordinary = {
        ...COMPLETED,
        organization_id: organization,
        team_id: team,
        file_name: 'invoices-march-2026.pdf',
        pages: [1, 2, 3].map(page),
        credits_used: 3,
      };
      const missing = 1024 - Buffer.byteLength(JSON.stringify({ ...ordinary, note: '' }));
      const note = (
        'Read by the standard model. Two tables were found, and the second continues on the page that follows ' +
        'it; its heading was repeated there. '
      )
        .repeat(8)
        .slice(0, missing);
      const payload = JSON.stringify({ ...ordinary, note });
      expect(Buffer.byteLength(payload)).toBe(1024);
      await expectOneUnit(tables.events, await claimedItem(payload, { eventId: COMPLETED.event_id, tenantId }));
    });
  });

  /** The last of them: the reads of all the others are noted by then. */
  test(
    'every read is strongly consistent, but for those of the index, which cannot be, and of figures, which need ' +
      'not be',
    () => {
      const strong = client.reads.filter((read) => read.strong);
      expect(new Set(strong.map(({ command }) => command))).toEqual(
        new Set(['GetItemCommand', 'BatchGetItemCommand', 'QueryCommand']),
      );
      const weak = client.reads.filter((read) => !read.strong);
      expect(weak.filter(({ index, table }) => index !== FAILURES_INDEX && table !== tables.counters)).toEqual([]);
    },
  );
}
