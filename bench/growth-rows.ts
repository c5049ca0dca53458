/**
 * What is in the tables before a delivery is measured: rows as the product writes them, put by the fastest call there
 * is; and what reading them costs.
 */
import {
  type AttributeValue,
  BatchWriteItemCommand,
  type DynamoDBClient,
  paginateScan,
} from '@aws-sdk/client-dynamodb';
import { DynamoDeliveryHistory } from '../lambda/adapters/dynamodb/delivery-history';
import { DynamoDeliveryLog } from '../lambda/adapters/dynamodb/delivery-log';
import { systemRandom, systemClock } from '../lambda/adapters/node/system';
import { type HistoryQuery, historyPage } from '../lambda/core/history/delivery-history';
import {
  deliveryId,
  type EventId,
  type SubscriptionId,
  type SubscriptionKey,
  type TenantId,
  uuidV7,
} from '../lambda/core/shared/identifiers';
import type { Tables } from '../test/integration/dynamodb-tables';
import { type MeteringProxy, nothing } from './metering-proxy';
import type { DeliveryRecord } from '../lambda/core/delivery/delivery-record';

export interface Existing {
  /** Of the same tenant, for other event types. */
  readonly subscriptions?: number;
  /** Others, each with a subscription for the same event type. */
  readonly tenants?: number;
  /** To the same target. */
  readonly deliveries?: number;
}

/** Of one read of the log. */
export interface PageCost {
  readonly page: string;
  readonly calls: number;
  readonly readUnits: number;
  readonly shown: number;
}

type Item = Record<string, AttributeValue>;

/** BatchWriteItem takes as many (AWS, "BatchWriteItem"). */
const GROUP = 25;
const AT_ONCE = 4;
/** Of a subscription's other types, that nothing here is sent of. */
const OTHER_TYPES = ['job.failed', 'job.started', 'job.created'];
const PAGES: Readonly<Record<string, HistoryQuery>> = {
  'newest 20': { limit: 20 },
  'failed ones': { limit: 20, status: 'failed' },
  'a type that does not occur': { limit: 20, eventType: 'job.created' },
};

/** @param target that all deliveries went to; its rows are what others' are made after */
export async function putExisting(
  client: DynamoDBClient,
  tables: Tables,
  { subscriptions = 0, tenants = 0, deliveries = 0 }: Existing,
  target: SubscriptionKey,
  keptSeconds: number,
): Promise<void> {
  const written: Item[] = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName: tables.subscriptions }))
    written.push(...Items);
  const rows = written.filter(
    ({ pk, sk }) =>
      sk!.S === `S#${target.subscriptionId}` || sk!.S === target.subscriptionId || pk!.S === `T#${target.tenantId}`,
  );
  const copy = (tenantId: string, type?: string): Item[] => {
    const id = uuidV7(systemClock.now() - 1000, systemRandom.bytes(10));
    return rows
      .filter(({ sk }) => type === undefined || sk!.S!.includes(target.subscriptionId)) // the tenant's own row is there
      .map((row) => ({
        ...row,
        pk: { S: row.pk!.S!.replace(target.tenantId, tenantId).replace(/(?<=^R#.*#)[^#]+$/, type ?? '$&') },
        sk: { S: row.sk!.S!.replace(target.subscriptionId, id) },
        ...(type !== undefined && row.events !== undefined && { events: { L: [{ S: type }] } }),
      }));
  };
  await putGroups(client, tables.subscriptions, subscriptions, (index) =>
    copy(target.tenantId, OTHER_TYPES[index % OTHER_TYPES.length]),
  );
  await putGroups(client, tables.subscriptions, tenants, (index) => copy(`org_${index}/team_1`));
  await putDeliveries(client, tables.deliveries, deliveries, target, keptSeconds);
}

async function putGroups(
  client: DynamoDBClient,
  table: string,
  count: number,
  rowsOf: (index: number) => Item[],
): Promise<void> {
  let index = 0;
  await inTurn(async () => {
    if (index >= count) return false;
    const group: Item[] = [];
    for (let more = rowsOf(index); ; more = rowsOf(index)) {
      group.push(...more);
      index += 1;
      if (index >= count || group.length + more.length > GROUP) break;
    }
    await client.send(
      new BatchWriteItemCommand({ RequestItems: { [table]: group.map((Item) => ({ PutRequest: { Item } })) } }),
    );
    return true;
  });
}

/** One a second, the last a minute ago; by the adapter, which writes them as deliver does. */
async function putDeliveries(
  client: DynamoDBClient,
  table: string,
  count: number,
  { tenantId, subscriptionId }: { readonly tenantId: TenantId; readonly subscriptionId: SubscriptionId },
  keptSeconds: number,
): Promise<void> {
  const log = new DynamoDeliveryLog(client, table);
  const end = systemClock.now() - 60_000;
  const record = (index: number): DeliveryRecord => {
    const [eventId, at] = [`evt_${index}` as EventId, end - (count - index) * 1000];
    const id = deliveryId({ time: at, tenantId, eventId, target: subscriptionId });
    return {
      tenantId,
      subscriptionId,
      deliveryId: id,
      eventId,
      eventType: 'job.completed',
      status: 'delivered',
      attempts: 1,
      history: [{ at, latencyMs: 87, status: 200, answer: 'ok' }],
      url: 'https://hooks.example.com/leapocr',
      settledAt: at + 87,
      expiresAt: Math.ceil(end / 1000) + keptSeconds,
    };
  };
  let index = 0;
  await inTurn(async () => {
    if (index >= count) return false;
    const group = Array.from({ length: Math.min(GROUP, count - index) }, (_unused, offset) => record(index + offset));
    index += group.length;
    await log.putDelivered(group);
    return true;
  });
}

/** @param next does one piece, and says whether there was one */
async function inTurn(next: () => Promise<boolean>): Promise<void> {
  const worker = async (): Promise<void> => {
    while (await next());
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

/**
 * What the API reads for a page of the log.
 *
 * @param client goes by way of the proxy
 */
export async function pageCosts(
  client: DynamoDBClient,
  tables: Tables,
  target: SubscriptionKey,
  proxy: MeteringProxy,
): Promise<PageCost[]> {
  const history = new DynamoDeliveryHistory(client, tables.deliveries, systemClock);
  const costs: PageCost[] = [];
  for (const [page, query] of Object.entries(PAGES)) {
    const metered = (proxy.current = nothing());
    const { records } = await historyPage(target, query, history);
    costs.push({
      page,
      calls: Object.values(metered.calls).reduce((sum, calls) => sum + calls, 0),
      readUnits: metered.readUnits,
      shown: records.length,
    });
  }
  return costs;
}
