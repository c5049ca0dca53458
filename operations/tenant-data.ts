/**
 * All that is kept of one tenant, to be handed to it or erased. Subscriptions are found by their keys; events,
 * deliveries and figures by a scan, since their keys are made for the hot path: on a large table that takes its time
 * and reads it once.
 */
import {
  type AttributeValue,
  BatchWriteItemCommand,
  type DynamoDBClient,
  paginateScan,
  type ScanCommandInput,
} from '@aws-sdk/client-dynamodb';
import { DeleteObjectsCommand, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';

export interface TenantTables {
  readonly subscriptionsTable: string;
  readonly eventsTable: string;
  readonly deliveriesTable: string;
  readonly countersTable: string;
  readonly payloadBucket: string;
}

type Item = Record<string, AttributeValue>;

/**
 * One kind of a tenant's data, and how its items are known. In the tables `#` ends a tenant id, so that no tenant's is
 * the beginning of another's.
 */
interface Kind {
  readonly name: 'subscriptions' | 'events' | 'deliveries' | 'figures';
  readonly table: string;
  readonly keys: readonly string[];
  readonly partitions: readonly ({ readonly is: string } | { readonly beginsWith: string })[];
}

/** In the order of erasing: what new deliveries would be made from goes first. */
function kindsOf(tenant: string, tables: TenantTables): readonly Kind[] {
  return [
    {
      name: 'subscriptions',
      table: tables.subscriptionsTable,
      keys: ['pk', 'sk'],
      partitions: [{ is: `T#${tenant}` }, { beginsWith: `R#${tenant}#` }],
    },
    { name: 'events', table: tables.eventsTable, keys: ['pk'], partitions: [{ beginsWith: `${tenant}#` }] },
    {
      name: 'deliveries',
      table: tables.deliveriesTable,
      keys: ['pk', 'sk'],
      partitions: [{ beginsWith: `${tenant}#` }],
    },
    { name: 'figures', table: tables.countersTable, keys: ['pk', 'sk'], partitions: [{ is: tenant }] },
  ];
}

export interface FoundItem {
  readonly kind: Kind['name'];
  readonly item: Item;
}

/** Every item of the tenant, a page of a table at a time. */
export async function* tenantItems(
  tenant: string,
  tables: TenantTables,
  client: DynamoDBClient,
): AsyncGenerator<readonly FoundItem[]> {
  for (const kind of kindsOf(tenant, tables)) {
    for await (const page of paginateScan({ client }, scanOf(kind)))
      yield (page.Items ?? []).map((item) => ({ kind: kind.name, item }));
  }
}

/**
 * What follows the tenant in the key of a payload: event and hash. More is of a tenant whose id begins with this one's,
 * as a team's does with its organization's.
 */
const EVENT_AND_HASH = /^[A-Za-z0-9_:-]{1,128}\/[0-9a-f]{64}$/;

/** Keys of the payloads that are in S3, a page at a time. */
export async function* tenantObjects(
  tenant: string,
  { payloadBucket }: TenantTables,
  client: S3Client,
): AsyncGenerator<readonly string[]> {
  const prefix = `payloads/${tenant}/`;
  for await (const page of paginateListObjectsV2({ client }, { Bucket: payloadBucket, Prefix: prefix })) {
    yield (page.Contents ?? []).flatMap(({ Key: key }) =>
      key !== undefined && EVENT_AND_HASH.test(key.slice(prefix.length)) ? [key] : [],
    );
  }
}

/** @returns how many of each kind were erased; doing it again erases what came in between */
export async function eraseTenant(
  tenant: string,
  tables: TenantTables,
  clients: { readonly dynamodb: DynamoDBClient; readonly s3: S3Client },
  progress: (erased: Readonly<Record<string, number>>) => void,
): Promise<Readonly<Record<string, number>>> {
  const erased: Record<string, number> = { subscriptions: 0, events: 0, deliveries: 0, figures: 0, objects: 0 };
  for (const kind of kindsOf(tenant, tables)) {
    for await (const page of paginateScan(
      { client: clients.dynamodb },
      { ...scanOf(kind), ProjectionExpression: kind.keys.join(', ') },
    )) {
      await deleteItems(kind.table, page.Items ?? [], clients.dynamodb);
      erased[kind.name]! += page.Items?.length ?? 0;
      progress(erased);
    }
  }
  for await (const keys of tenantObjects(tenant, tables, clients.s3)) {
    if (keys.length > 0)
      await clients.s3.send(
        new DeleteObjectsCommand({
          Bucket: tables.payloadBucket,
          Delete: { Objects: keys.map((Key) => ({ Key })), Quiet: true },
        }),
      );
    erased.objects! += keys.length;
    progress(erased);
  }
  return erased;
}

function scanOf({ table, partitions }: Kind): ScanCommandInput {
  const filters = partitions.map((partition, index) =>
    'is' in partition ? `pk = :p${index}` : `begins_with(pk, :p${index})`,
  );
  return {
    TableName: table,
    ConsistentRead: true,
    FilterExpression: filters.join(' OR '),
    ExpressionAttributeValues: Object.fromEntries(
      partitions.map((partition, index) => [
        `:p${index}`,
        { S: 'is' in partition ? partition.is : partition.beginsWith },
      ]),
    ),
  };
}

/** BatchWriteItem takes 25 requests (AWS, "BatchWriteItem"); what it leaves is asked for again. */
async function deleteItems(table: string, keys: readonly Item[], client: DynamoDBClient): Promise<void> {
  for (let start = 0; start < keys.length; start += 25) {
    let left = keys.slice(start, start + 25).map((Key) => ({ DeleteRequest: { Key } }));
    for (let pauseMs = 50; left.length > 0; pauseMs = Math.min(pauseMs * 2, 5_000)) {
      const { UnprocessedItems: unprocessed } = await client.send(
        new BatchWriteItemCommand({ RequestItems: { [table]: left } }),
      );
      left = (unprocessed?.[table] ?? []) as typeof left;
      if (left.length > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
}
