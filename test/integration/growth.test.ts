/**
 * Lists and filters cost what they show, not what is stored: 10,000 subscriptions and 100,000 deliveries. By the
 * capacity that each call consumes, on DynamoDB Local, which tells; the embedded AWS says 1 of every call, so there,
 * and where DynamoDB Local cannot run, by the items that each call examines.
 */
import { reason } from '../../lambda/core/shared/reason';
import { BatchWriteItemCommand, type AttributeValue } from '@aws-sdk/client-dynamodb';
import { MeteringProxy, nothing } from '../../bench/metering-proxy';
import { DynamoDeliveryHistory } from '../../lambda/adapters/dynamodb/delivery-history';
import { DynamoDeliveryLog } from '../../lambda/adapters/dynamodb/delivery-log';
import { DynamoEventStore } from '../../lambda/adapters/dynamodb/event-store';
import { DynamoSubscriptionState } from '../../lambda/adapters/dynamodb/subscription-state';
import { DynamoSubscriptionStore } from '../../lambda/adapters/dynamodb/subscription-store';
import { systemClock } from '../../lambda/adapters/node/system';
import { EXAMINED_MAX, historyPage } from '../../lambda/core/history/delivery-history';
import {
  deliveryId,
  type EventId,
  type SubscriptionId,
  type TenantId,
  uuidV7,
} from '../../lambda/core/shared/identifiers';
import { subscription } from '../builders/subscription';
import { SeededRandom } from '../fakes/time-and-random';
import { createTables, NotingClient, type Tables } from './dynamodb-tables';
import { dynamoDbLocal } from './dynamodb-local/availability';
import { aws } from './local-aws';
import type { DeliveryRecord } from '../../lambda/core/delivery/delivery-record';

const SUBSCRIPTIONS = 10_000;
const DELIVERIES = 100_000;
/** What each of them has; the tables have ten such tenants, and ten such targets. */
const TENANTS = 10;
const TARGETS = 10;
const NOW = Date.now();
const EXPIRES_AT = Math.ceil(NOW / 1000) + 30 * 86_400;

const local = dynamoDbLocal();
const tellsCapacity = local.kind === 'running';
const client = new NotingClient(local.kind === 'running' ? local.endpoint : aws.endpoint);
/** Read units that calls have consumed since it was last set to 0. */
let consumed = 0;
client.middlewareStack.add(
  (next, { commandName = '' }) =>
    async (args) => {
      const reads = /^(GetItem|Query|BatchGetItem)Command$/.test(commandName);
      if (reads) (args.input as { ReturnConsumedCapacity?: string }).ReturnConsumedCapacity = 'TOTAL';
      const result = await next(args);
      const { ConsumedCapacity: capacity } = result.output as {
        ConsumedCapacity?: { CapacityUnits?: number } | { CapacityUnits?: number }[];
      };
      if (reads) for (const { CapacityUnits: units = NaN } of [capacity ?? []].flat()) consumed += units;
      return result;
    },
  { step: 'initialize' },
);

const random = new SeededRandom('growth');
const tenants = Array.from({ length: TENANTS }, (_unused, index) => `org_${index}/team` as TenantId);
const targets = Array.from({ length: TARGETS }, () => uuidV7(NOW, random.bytes(10)) as SubscriptionId);
let tables: Tables;

async function putAll(table: string, items: readonly Record<string, AttributeValue>[]): Promise<void> {
  const groups = Array.from({ length: Math.ceil(items.length / 25) }, (_unused, index) =>
    items.slice(index * 25, index * 25 + 25),
  );
  for (let start = 0; start < groups.length; start += 20) {
    await Promise.all(
      groups
        .slice(start, start + 20)
        .map((group) =>
          client.send(
            new BatchWriteItemCommand({ RequestItems: { [table]: group.map((Item) => ({ PutRequest: { Item } })) } }),
          ),
        ),
    );
  }
}

function record(index: number): DeliveryRecord {
  const [tenantId, subscriptionId, eventId] = [tenants[0]!, targets[index % TARGETS]!, `evt_${index}` as EventId];
  const id = deliveryId({ time: NOW - DELIVERIES * 1000 + index * 1000, tenantId, eventId, target: subscriptionId });
  return {
    tenantId,
    subscriptionId,
    deliveryId: id,
    eventId,
    eventType: index % 100 < 10 ? 'job.failed' : 'job.completed',
    status: 'delivered',
    attempts: 1,
    history: [{ at: NOW, latencyMs: 7, status: 200 }],
    url: 'https://hooks.example.com/leapocr',
    settledAt: NOW,
    expiresAt: EXPIRES_AT,
  };
}

beforeAll(async () => {
  tables = await createTables(client);
  const one = subscription();
  const store = new DynamoSubscriptionStore(client, tables.subscriptions, systemClock);
  await store.create(one);
  const template = {
    v: { N: '1' },
    url: { S: one.destination.url },
    events: { L: [{ S: 'job.completed' }] },
    enabled: { BOOL: true },
    epoch: { N: '1' },
    count: { N: '0' },
    forgiven: { N: '0' },
    secret: { S: one.sealedSecret },
    created: { N: '1' },
    updated: { N: '1' },
  };
  await putAll(
    tables.subscriptions,
    Array.from({ length: SUBSCRIPTIONS }, (_unused, index) => ({
      ...template,
      pk: { S: `T#${tenants[index % TENANTS]}` },
      sk: { S: `S#${uuidV7(NOW - index, random.bytes(10))}` },
      enabled: { BOOL: index % 3 !== 0 },
    })),
  );
  const log = new DynamoDeliveryLog(client, tables.deliveries);
  for (let start = 0; start < DELIVERIES; start += 1000) {
    const records = Array.from({ length: 1000 }, (_unused, index) => record(start + index));
    await Promise.all(
      Array.from({ length: 40 }, (_unused, group) => log.putDelivered(records.slice(group * 25, group * 25 + 25))),
    );
  }
  const failed = {
    ...record(77),
    status: 'pending' as const,
    eventId: 'evt_failed' as EventId,
    deliveryId: deliveryId({
      time: NOW - 1000,
      tenantId: tenants[0]!,
      eventId: 'evt_failed' as EventId,
      target: targets[0]!,
    }),
    subscriptionId: targets[0]!,
  };
  await log.settle({ ...failed, status: 'failed', reason: reason('endpoint-responded', { status: 400 }) }, 1);
}, 300_000);

/**
 * Read units, of which these items, 250 to 500 bytes each, take an eighth to a sixteenth by themselves; or the items
 * examined.
 */
async function costOf<T>(call: () => Promise<T>): Promise<{ result: T; units: number }> {
  consumed = 0;
  const examined = client.examined;
  const result = await call();
  return { result, units: tellsCapacity ? consumed : client.examined - examined };
}

/** That costs are told at all: a page costs something for what it shows. */
const atLeast = (items: number): number => (tellsCapacity ? items / 16 : items);

test('a page of subscriptions costs what it shows', async () => {
  const store = new DynamoSubscriptionStore(client, tables.subscriptions, systemClock);
  const { result, units } = await costOf(() => store.list(tenants[3]!, 100));
  expect(result.subscriptions).toHaveLength(100);
  expect(units).toBeLessThanOrEqual(100);
  expect(units).toBeGreaterThanOrEqual(atLeast(100));
  const next = await costOf(() => store.list(tenants[3]!, 100, result.after));
  expect(next.result.subscriptions).toHaveLength(100);
  expect(next.units).toBeLessThanOrEqual(100);
});

describe('a page of deliveries', () => {
  const history = () => new DynamoDeliveryHistory(client, tables.deliveries, systemClock);
  const target = { tenantId: tenants[0]!, subscriptionId: targets[0]! };

  test('without a filter costs what it shows', async () => {
    const { result, units } = await costOf(() => historyPage(target, { limit: 20 }, history()));
    expect(result.records).toHaveLength(20);
    expect(units).toBeLessThanOrEqual(60);
  });

  test('of a type that does not occur costs what may be examined, and says where to go on', async () => {
    const { result, units } = await costOf(() =>
      historyPage(target, { limit: 20, eventType: 'job.created' }, history()),
    );
    expect(result).toEqual({ records: [], before: expect.any(String) as string });
    expect(units).toBeLessThanOrEqual(EXAMINED_MAX);
    expect(units).toBeGreaterThanOrEqual(atLeast(EXAMINED_MAX / 2));
  });

  test('of the failed ones costs what it shows, though there are 10,000 others', async () => {
    const { result, units } = await costOf(() => historyPage(target, { limit: 20, status: 'failed' }, history()));
    expect(result.records.map(({ eventId }) => eventId)).toEqual(['evt_failed']);
    expect(units).toBeLessThanOrEqual(8);
  });

  test('far back costs what the first one does', async () => {
    const middle = record(DELIVERIES / 2);
    const { result, units } = await costOf(() =>
      historyPage(target, { limit: 20, before: middle.deliveryId }, history()),
    );
    expect(result.records).toHaveLength(20);
    expect(units).toBeLessThanOrEqual(60);
  });
});

/**
 * Its answers, where it is there, are held to those of DynamoDB Local, which computes them as AWS does; the embedded
 * AWS says 1 of everything.
 */
describe('the metering proxy of the bench counts the units that DynamoDB says it took', () => {
  const told = { reads: 0, writes: 0 };
  const proxy = new MeteringProxy(new URL(local.kind === 'running' ? local.endpoint : aws.endpoint));
  let metered: NotingClient;
  let target: ReturnType<typeof subscription>;
  beforeAll(async () => {
    metered = new NotingClient(await proxy.listen());
    metered.middlewareStack.add(
      (next, { commandName = '' }) =>
        async (args) => {
          (args.input as { ReturnConsumedCapacity?: string }).ReturnConsumedCapacity = 'INDEXES';
          const result = await next(args);
          const { ConsumedCapacity: capacity } = result.output as {
            ConsumedCapacity?: { CapacityUnits?: number } | { CapacityUnits?: number }[];
          };
          for (const { CapacityUnits: units = NaN } of [capacity ?? []].flat())
            told[/Get|Query/.test(commandName) ? 'reads' : 'writes'] += units;
          return result;
        },
      { step: 'initialize' },
    );
    target = subscription();
    await new DynamoSubscriptionStore(client, tables.subscriptions, systemClock).create(target);
  });
  afterAll(() => {
    proxy.close();
  });

  const store = () => new DynamoSubscriptionStore(metered, tables.subscriptions, systemClock);
  const log = () => new DynamoDeliveryLog(metered, tables.deliveries);
  const recordFor = (name: string) => {
    const eventId = name as EventId;
    return {
      ...record(0),
      tenantId: target.tenantId,
      subscriptionId: target.id,
      eventId,
      deliveryId: deliveryId({ time: NOW, tenantId: target.tenantId, eventId, target: target.id }),
    };
  };
  const failed = (name: string) => ({
    ...recordFor(name),
    status: 'failed' as const,
    reason: reason('endpoint-responded', { status: 400 }),
  });
  const events = () =>
    new DynamoEventStore(
      metered,
      tables.events,
      { put: () => Promise.resolve(), get: () => Promise.resolve('') },
      systemClock,
    );
  const event = (eventId: string, bytes: number) => ({
    tenantId: target.tenantId,
    eventId: eventId as EventId,
    eventType: 'job.completed',
    arrivedAt: NOW,
    payload: Buffer.from(random.bytes(bytes)).toString('base64').slice(0, bytes),
  });

  const calls: Record<string, () => Promise<unknown>> = {
    'a claim of a unit': () => events().claim(event('evt_small', 500), EXPIRES_AT),
    'a claim of several units': () => events().claim(event('evt_large', 6_000), EXPIRES_AT),
    'the payload of an event that was just claimed, which is read by a projection': () =>
      events().payload(target.tenantId, 'evt_large' as EventId),
    'an event that is not there': () => events().payload(target.tenantId, 'evt_none' as EventId),
    'routes that match': () => store().matching(target.tenantId, 'job.completed'),
    'routes where nothing matches': () => store().matching(target.tenantId, 'job.none'),
    'a page of subscriptions': () => store().list(tenants[4]!, 100),
    'subscriptions of a batch, one of which is not there': () =>
      store().read(
        [
          { tenantId: target.tenantId, subscriptionId: target.id },
          { tenantId: target.tenantId, subscriptionId: targets[0]! },
        ],
        [target.tenantId],
      ),
    'successes of a batch': () => log().putDelivered(['a', 'b', 'c'].map(recordFor)),
    'a record that is taken': () =>
      log().claim({ ...recordFor('d'), status: 'pending', chain: 'c' as never, attempts: 0, history: [] }),
    'a record that is settled as delivered': () => log().settle(recordFor('d'), 1),
    'a failure that is not counted': () => log().settle(failed('e'), 1),
    'failures that are counted': () =>
      new DynamoSubscriptionState(metered, tables.subscriptions, tables.deliveries).count(
        { tenantId: target.tenantId, subscriptionId: target.id },
        target.epoch,
        ['f', 'g'].map((name) => ({ record: failed(name), attempt: 1 })),
      ),
    'a page of the log': () =>
      historyPage(
        { tenantId: tenants[0]!, subscriptionId: targets[0]! },
        { limit: 20 },
        new DynamoDeliveryHistory(metered, tables.deliveries, systemClock),
      ),
    'a page that a filter makes long': () =>
      historyPage(
        { tenantId: tenants[0]!, subscriptionId: targets[0]! },
        { limit: 20, eventType: 'job.created' },
        new DynamoDeliveryHistory(metered, tables.deliveries, systemClock),
      ),
    'a page of failures': () =>
      historyPage(
        { tenantId: tenants[0]!, subscriptionId: targets[0]! },
        { limit: 20, status: 'failed' },
        new DynamoDeliveryHistory(metered, tables.deliveries, systemClock),
      ),
  };
  /**
   * What AWS bills and DynamoDB Local does not say: the least that a read takes for a query without results, and for an
   * item of a batch that is not there (API reference, "Query" and "BatchGetItem"); and of a transaction two units for a
   * write and one for the index's ("Managing complex workflows with transactions"), where it says more.
   */
  const beyondLocal: Record<string, { readonly reads?: number; readonly writes?: number }> = {
    'routes where nothing matches': { reads: 1 },
    'subscriptions of a batch, one of which is not there': { reads: 1 },
    'failures that are counted': { writes: -4 },
    'a page of failures': { reads: 3 * 0.5 },
  };
  test.each(Object.keys(calls))('%s', async (name) => {
    Object.assign(told, { reads: 0, writes: 0 });
    const counted = (proxy.current = nothing());
    await calls[name]!();
    expect(counted.readUnits + counted.writeUnits).toBeGreaterThan(0);
    const { reads = 0, writes = 0 } = beyondLocal[name] ?? {};
    if (tellsCapacity)
      expect({ reads: counted.readUnits, writes: counted.writeUnits }).toEqual({
        reads: told.reads + reads,
        writes: told.writes + writes,
      });
  });
});
