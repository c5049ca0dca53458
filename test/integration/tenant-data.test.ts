import { deflateRawSync } from 'node:zlib';
import { PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { DynamoSubscriptionStore } from '../../lambda/adapters/dynamodb/subscription-store';
import { systemClock } from '../../lambda/adapters/node/system';
import type { TenantId } from '../../lambda/core/shared/identifiers';
import { exportedItem } from '../../operations/exported-item';
import { eraseTenant, tenantItems, tenantObjects, type TenantTables } from '../../operations/tenant-data';
import { subscription } from '../builders/subscription';
import { createTables, NotingClient } from './dynamodb-tables';
import { aws, createBucket } from './local-aws';

/** `org` is the beginning of the other's name: its data must not be taken for that. */
const [MINE, OTHER] = ['org/team', 'org/team2'] as [TenantId, TenantId];
const client = new NotingClient(aws.endpoint);
const s3 = new S3Client({ ...aws, forcePathStyle: true });
let tables: TenantTables;
const payloadKey = (tenant: string) => `payloads/${tenant}/evt_1/${'0'.repeat(64)}`;

const put = (TableName: string, item: Record<string, string | Uint8Array>) =>
  client.send(
    new PutItemCommand({
      TableName,
      Item: Object.fromEntries(
        Object.entries(item).map(([name, value]) => [name, typeof value === 'string' ? { S: value } : { B: value }]),
      ),
    }),
  );
const partitions = async (TableName: string) =>
  (await client.send(new ScanCommand({ TableName }))).Items!.map(({ pk }) => pk!.S!);

beforeAll(async () => {
  const { subscriptions, events, deliveries } = await createTables(client);
  const counters = (await createTables(client)).subscriptions;
  tables = {
    subscriptionsTable: subscriptions,
    eventsTable: events,
    deliveriesTable: deliveries,
    countersTable: counters,
    payloadBucket: await createBucket(),
  };
  const store = new DynamoSubscriptionStore(client, subscriptions, systemClock);
  for (const tenantId of [MINE, OTHER]) {
    await store.create(
      subscription({
        tenantId,
        eventTypes: ['job.created', 'job.failed'],
        headers: { names: ['authorization'], sealed: 'sealed headers' },
      }),
    );
    await store.createSecretIfAbsent(tenantId, 'sealed account secret');
    await store.setPlan(tenantId, 'growth');
    for (let index = 0; index < 60; index += 1) {
      await put(events, { pk: `${tenantId}#evt_${index}`, z: deflateRawSync(`{"n":${index}}`) });
      await put(deliveries, { pk: `${tenantId}#sub#${index % 4}`, sk: `delivery ${index}` });
    }
    await put(counters, { pk: tenantId, sk: 'F##2026-03-19T10' });
    await s3.send(new PutObjectCommand({ Bucket: tables.payloadBucket, Key: payloadKey(tenantId), Body: 'large' }));
  }
});

async function found(tenant: string) {
  const items = [];
  for await (const page of tenantItems(tenant, tables, client)) items.push(...page);
  const objects = [];
  for await (const page of tenantObjects(tenant, tables, s3)) objects.push(...page);
  return { items, objects };
}

test('all that is kept of a tenant is found, and nothing of another, without what is sealed', async () => {
  const { items, objects } = await found(MINE);
  const kinds = Map.groupBy(items, ({ kind }) => kind);
  expect([...kinds].map(([kind, each]) => [kind, each.length])).toEqual([
    ['subscriptions', 4],
    ['events', 60],
    ['deliveries', 60],
    ['figures', 1],
  ]);
  expect(objects).toEqual([payloadKey(MINE)]);
  const exported = JSON.stringify(items.map(exportedItem));
  expect(exported).not.toContain(OTHER);
  expect(exported).not.toMatch(/sealed|s1\.k1/);
  expect(exported).toContain('"header_names":["authorization"]');
  expect(exported).toContain(String.raw`"p":"{\"n\":7}"`);
  expect(exported).toContain('"plan":"growth"');
});

test('erased, nothing of it is left, and all of the other is', async () => {
  const progress: string[] = [];
  expect(
    await eraseTenant(MINE, tables, { dynamodb: client, s3 }, (soFar) => progress.push(JSON.stringify(soFar))),
  ).toEqual({ subscriptions: 4, events: 60, deliveries: 60, figures: 1, objects: 1 });
  expect(progress.length).toBeGreaterThan(3);
  expect(await found(MINE)).toEqual({ items: [], objects: [] });
  const { items, objects } = await found(OTHER);
  expect([items.length, objects.length]).toEqual([125, 1]);
  const left = await Promise.all(
    [tables.subscriptionsTable, tables.eventsTable, tables.deliveriesTable, tables.countersTable].map(partitions),
  );
  expect(new Set(left.flat().filter((pk) => !pk.includes(OTHER)))).toEqual(new Set());
  expect((await s3.send(new ListObjectsV2Command({ Bucket: tables.payloadBucket }))).KeyCount).toBe(1);
  expect(await eraseTenant(MINE, tables, { dynamodb: client, s3 }, () => undefined)).toEqual({
    subscriptions: 0,
    events: 0,
    deliveries: 0,
    figures: 0,
    objects: 0,
  });
});

test("the first part of a tenant's id finds and erases nothing of it", async () => {
  expect(await found('org')).toEqual({ items: [], objects: [] });
  expect(await eraseTenant('org', tables, { dynamodb: client, s3 }, () => undefined)).toEqual({
    subscriptions: 0,
    events: 0,
    deliveries: 0,
    figures: 0,
    objects: 0,
  });
  expect((await found(OTHER)).objects).toEqual([payloadKey(OTHER)]);
});
