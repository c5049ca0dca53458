/** All that the DynamoDB adapters promise, on whichever DynamoDB. */
import { GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDeliveryLog } from '../../lambda/adapters/dynamodb/delivery-log';
import { DynamoEventStore } from '../../lambda/adapters/dynamodb/event-store';
import { deliveryItemKey, eventItemKey, type Item } from '../../lambda/adapters/dynamodb/keys';
import { DynamoSubscriptionState } from '../../lambda/adapters/dynamodb/subscription-state';
import { DynamoSubscriptionStore } from '../../lambda/adapters/dynamodb/subscription-store';
import { ObjectBucket } from '../../lambda/adapters/s3/object-bucket';
import { deliveryId, type EventId, type SubscriptionId, type TenantId } from '../../lambda/core/identifiers';
import { COMPLETED } from '../builders/event';
import { TENANT } from '../builders/subscription';
import { circuitStoreContract } from '../contracts/circuit-store.contract';
import { settled, untried } from '../contracts/delivery-records';
import { deliveryLogContract } from '../contracts/delivery-log.contract';
import { eventStoreContract } from '../contracts/event-store.contract';
import { failureCounterContract } from '../contracts/failure-counter.contract';
import { subscriptionStoreContract } from '../contracts/subscription-store.contract';
import { ManualClock } from '../fakes/time-and-chance';
import { createTables, NotingClient, type Tables } from './dynamodb-tables';
import { itemBytes, WRITE_UNIT_BYTES } from './item-size';
import { createBucket } from './local-aws';

export function dynamoDbContracts(endpoint: string): void {
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

  const storedItem = async (table: string, key: Item): Promise<Item> => {
    const { Item: item } = await client.send(new GetItemCommand({ TableName: table, Key: key, ConsistentRead: true }));
    return item!;
  };
  const claimedItem = async (payload: string, changes: { eventId?: string; tenantId?: string; eventType?: string } = {}): Promise<Item> => {
    const clock = new ManualClock(Date.now());
    const event = { eventId: `evt_${payload.length}`, eventType: 'job.completed', tenantId: TENANT, payload, arrivedAt: clock.now(), ...changes } as Parameters<DynamoEventStore['claim']>[0];
    expect(await events(clock).claim(event, Math.floor(clock.now() / 1000) + 60)).toEqual({ fresh: true });
    expect(await events(clock).payload(event.tenantId, event.eventId)).toBe(payload);
    return storedItem(tables.events, eventItemKey(event.tenantId, event.eventId));
  };

  describe('the event store', () => {
    eventStoreContract(events);

    const noise = (words: number): string => Array.from({ length: words }, (_unused, index) => Math.sin(index).toString(36).slice(2)).join('');
    test.each([
      ['a small payload plain', '{"a":1}', 'p'],
      ['1 KiB of JSON compressed, in one write unit', JSON.stringify({ text: 'lorem ipsum '.repeat(80), n: 12345 }), 'z'],
      ['text that compression does not bring below another write unit plain', noise(150), 'p'],
      ['what is too large for an item as an object named by its hash', 'x\u2603'.repeat(3) + noise(60_000), 's3'],
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

  describe('the counter of failures', () => {
    failureCounterContract(() => ({ failures: state(), subscriptions: subscriptions(), deliveries: deliveries() }));
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
      (await client.send(new PutItemCommand({ TableName: table, Item: item, ReturnConsumedCapacity: 'TOTAL' }))).ConsumedCapacity?.CapacityUnits;

    const expectOneUnit = async (table: string, item: Item): Promise<void> => {
      expect(itemBytes(item)).toBeLessThanOrEqual(WRITE_UNIT_BYTES);
      expect(await consumedUnits(table, item)).toBe(1);
    };

    test("holds the record of a first attempt that succeeded, with ids as LeapOCR's, a URL of 60 characters and an answer of 128 bytes", async () => {
      const eventId = COMPLETED.event_id as EventId;
      const url = 'https://hooks.customer.example/leapocr/events/receive?src=ocr';
      expect(url.slice(0, 60)).toHaveLength(60);
      const identity = { tenantId, subscriptionId, eventId, url: url.slice(0, 60), deliveryId: deliveryId({ time: 1_773_915_704_000, tenantId, eventId, target: subscriptionId }) };
      const record = settled(untried(identity), 'delivered', { history: [{ at: 1_773_915_704_123, latencyMs: 1234, status: 200, answer: 'a'.repeat(128) }] });
      expect(await deliveries().putDelivered([record])).toEqual([]);
      await expectOneUnit(tables.deliveries, await storedItem(tables.deliveries, deliveryItemKey(tenantId, subscriptionId, record.deliveryId)));
    });

    test('holds a claim with 1 KiB of ordinary JSON', async () => {
      const page = (number: number) => ({
        page_number: number,
        status: 'completed',
        text: `Invoice ${1040 + number} of 14 March 2026, payable within 30 days. Total: EUR 1,2${number}4.50, of which VAT EUR 198.7${number}.`,
        confidence: 0.97 + number / 1000,
        language: 'en',
      });
      const ordinary = { ...COMPLETED, organization_id: organization, team_id: team, file_name: 'invoices-march-2026.pdf', pages: [1, 2, 3].map(page), credits_used: 3 };
      const missing = 1024 - Buffer.byteLength(JSON.stringify({ ...ordinary, note: '' }));
      const note = 'Read by the standard model. Two tables were found, and the second continues on the page that follows it; its heading was repeated there. '.repeat(8).slice(0, missing);
      const payload = JSON.stringify({ ...ordinary, note });
      expect(Buffer.byteLength(payload)).toBe(1024);
      await expectOneUnit(tables.events, await claimedItem(payload, { eventId: COMPLETED.event_id, tenantId }));
    });
  });

  /** The last of them: the reads of all the others are noted by then. */
  test('every read is strongly consistent', () => {
    const strong = client.reads.filter((read) => read.strong);
    expect(new Set(strong.map(({ command }) => command))).toEqual(new Set(['GetItemCommand', 'BatchGetItemCommand', 'QueryCommand']));
    expect(client.reads.filter((read) => !read.strong)).toEqual([]);
  });
}
