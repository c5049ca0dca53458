import { type DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDeliveryLog } from '../../lambda/adapters/dynamodb/delivery-log';
import { DynamoEventStore } from '../../lambda/adapters/dynamodb/event-store';
import { eventItemKey } from '../../lambda/adapters/dynamodb/keys';
import { DynamoSubscriptionStore } from '../../lambda/adapters/dynamodb/subscription-store';
import { ObjectBucket } from '../../lambda/adapters/s3/object-bucket';
import type { EventId } from '../../lambda/core/identifiers';
import { TENANT } from '../builders/subscription';
import { deliveryLogContract } from '../contracts/delivery-log.contract';
import { eventStoreContract } from '../contracts/event-store.contract';
import { subscriptionStoreContract } from '../contracts/subscription-store.contract';
import { ManualClock } from '../fakes/time-and-chance';
import { createBucket, createTable, dynamodb } from './local-aws';

const tables = { events: '', subscriptions: '', deliveries: '' };
let bucket = '';
beforeAll(async () => {
  tables.events = await createTable('events', false);
  tables.subscriptions = await createTable('subscriptions', true);
  tables.deliveries = await createTable('deliveries', true);
  bucket = await createBucket();
});

describe('the event store on DynamoDB and S3', () => {
  eventStoreContract((clock) => new DynamoEventStore(dynamodb, tables.events, new ObjectBucket(bucket), clock));

  test.each([
    ['a small payload plain', '{"a":1}', 'p'],
    ['1 KiB of JSON compressed, in one write unit', JSON.stringify({ text: 'lorem ipsum '.repeat(80), n: 12345 }), 'z'],
    ['text that compression does not bring below another write unit plain', Array.from({ length: 150 }, (_unused, index) => Math.sin(index).toString(36).slice(2)).join(''), 'p'],
    ['what is too large for an item as an object named by its hash', 'x\u2603'.repeat(3) + Array.from({ length: 60_000 }, (_unused, index) => Math.sin(index).toString(36).slice(2)).join(''), 's3'],
  ])('%s', async (_what, payload, attribute) => {
    const clock = new ManualClock(Date.now());
    const store = new DynamoEventStore(dynamodb, tables.events, new ObjectBucket(bucket), clock);
    const event = { eventId: `evt_${payload.length}` as EventId, eventType: 'job.completed', tenantId: TENANT, payload, arrivedAt: clock.now() };
    await store.claim(event, Math.floor(clock.now() / 1000) + 60);
    const { Item: item } = await dynamodb.send(new GetItemCommand({ TableName: tables.events, Key: eventItemKey(TENANT, event.eventId) }));
    expect(Object.keys(item!).sort()).toEqual(['at', 'ex', 'pk', 'ty', 'v', attribute].sort());
    if (attribute === 's3') expect(item!.s3!.S).toMatch(/^payloads\/org_123\/team_456\/evt_\d+\/[0-9a-f]{64}$/);
    expect(await store.payload(TENANT, event.eventId)).toBe(payload);
  });
});

describe('the subscription store on DynamoDB', () => {
  subscriptionStoreContract(() => new DynamoSubscriptionStore(dynamodb, tables.subscriptions, new ManualClock()));

  test('keys that a read leaves unprocessed are read again, and never taken for deleted', async () => {
    const asked: number[] = [];
    const stubborn = {
      send: (command: { input: { RequestItems: Record<string, { Keys: unknown[] }> } }) => {
        const request = Object.values(command.input.RequestItems)[0]!;
        asked.push(request.Keys.length);
        return Promise.resolve({ Responses: {}, UnprocessedKeys: command.input.RequestItems });
      },
    } as unknown as DynamoDBClient;
    const store = new DynamoSubscriptionStore(stubborn, 'any', new ManualClock());
    await expect(store.read([{ tenantId: TENANT, subscriptionId: 'a' as never }])).rejects.toThrow(/left unprocessed/);
    expect(asked).toEqual([1, 1, 1, 1]);
  });
});

describe('the delivery log on DynamoDB', () => {
  deliveryLogContract(() => new DynamoDeliveryLog(dynamodb, tables.deliveries));
});
