/** The delivery log as it is read: shard by shard, by the index of failures, and records by their keys. */
import { type DynamoDBClient, QueryCommand, type QueryCommandInput } from '@aws-sdk/client-dynamodb';
import { UnreadableItem } from '../../core/shared/errors';
import { type DeliveryId, idsOf } from '../../core/shared/identifiers';
import { awsCall } from '../aws-errors';
import { optionalInteger, readFields, text } from './attributes';
import { BATCH_GET, readBatch } from './batch-read';
import { storedRecord } from './delivery-log';
import { deliveryItemKey, type Item, logPartition } from './keys';
import type { Clock } from '../../core/shared/clock';
import type {
  DeliveryHistory,
  FailureEntry,
  FailureRange,
  LogEntry,
  LogShard,
  LogSlice,
} from '../../core/history/delivery-history';
import type { DeliveryKey } from '../../core/delivery/delivery-log';
import { type DeliveryRecord, deliveryRecordFields } from '../../core/delivery/delivery-record';

/** Sparse: of failed and cancelled records. Partition key fx, sort key sk; it holds st, ty and of, among others. */
export const FAILURES_INDEX = 'failures';

export class DynamoDeliveryHistory implements DeliveryHistory {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
    private readonly clock: Clock,
  ) {}

  async newest(shard: LogShard, limit: number, before?: DeliveryId): Promise<LogSlice<LogEntry>> {
    return this.query({ ...newestOf('pk', shard, before), ConsistentRead: true, Limit: limit }, (item) => {
      const deliveryId = text(item, 'sk') as DeliveryId;
      const record = this.current({ ...shard, deliveryId }, item);
      return { deliveryId, record: record instanceof UnreadableItem ? undefined : record };
    });
  }

  async newestFailures(shard: LogShard, limit: number, before?: DeliveryId): Promise<LogSlice<FailureEntry>> {
    return this.query({ ...newestOf('fx', shard, before), IndexName: FAILURES_INDEX, Limit: limit }, failureOf);
  }

  async failuresBetween(
    shard: LogShard,
    { since, until, after }: FailureRange,
    limit: number,
  ): Promise<LogSlice<FailureEntry>> {
    const partition = partitionOf(shard);
    return this.query(
      {
        IndexName: FAILURES_INDEX,
        Limit: limit,
        KeyConditionExpression: 'fx = :partition AND sk BETWEEN :first AND :last',
        ExpressionAttributeValues: {
          ':partition': partition,
          ':first': { S: idsOf(since).first },
          ':last': { S: idsOf(until).last },
        },
        ExclusiveStartKey: after === undefined ? undefined : { fx: partition, pk: partition, sk: { S: after } },
      },
      failureOf,
    );
  }

  async records(keys: readonly DeliveryKey[]): Promise<ReadonlyMap<DeliveryId, DeliveryRecord | UnreadableItem>> {
    const wanted = [...new Map(keys.map((key) => [key.deliveryId, key])).values()]; // a key that comes twice is refused
    const asked = wanted.map(({ tenantId, subscriptionId, deliveryId }) =>
      deliveryItemKey(tenantId, subscriptionId, deliveryId),
    );
    const groups = Array.from({ length: Math.ceil(asked.length / BATCH_GET) }, (_unused, index) =>
      asked.slice(index * BATCH_GET, (index + 1) * BATCH_GET),
    );
    const items = new Map(
      (
        await Promise.all(
          groups.map((group) =>
            readBatch('deliveries table', this.table, group, { client: this.client, clock: this.clock }),
          ),
        )
      )
        .flat()
        .map((item) => [text(item, 'sk'), item]),
    );
    const records = new Map<DeliveryId, DeliveryRecord | UnreadableItem>();
    for (const key of wanted) {
      const item = items.get(key.deliveryId);
      const record = item === undefined ? undefined : this.current(key, item);
      if (record !== undefined) records.set(key.deliveryId, record);
    }
    return records;
  }

  private async query<T>(input: Omit<QueryCommandInput, 'TableName'>, read: (item: Item) => T): Promise<LogSlice<T>> {
    const { Items: items = [], LastEvaluatedKey: last } = await awsCall('deliveries table', () =>
      this.client.send(new QueryCommand({ TableName: this.table, ...input })),
    );
    return { entries: items.map(read), more: last !== undefined && items.length > 0 };
  }

  /** Nothing for an item that is past its time: DynamoDB deletes late. */
  private current(key: DeliveryKey, item: Item): DeliveryRecord | UnreadableItem | undefined {
    if ((optionalInteger(item, deliveryRecordFields.expiresAt.name) ?? 0) <= Math.floor(this.clock.now() / 1000))
      return undefined;
    try {
      const { tenantId, subscriptionId, deliveryId } = key;
      return storedRecord({ tenantId, subscriptionId, deliveryId }, item);
    } catch (error) {
      if (error instanceof UnreadableItem) return error;
      throw error;
    }
  }
}

function partitionOf({ tenantId, subscriptionId, shard }: LogShard): { S: string } {
  return { S: logPartition(tenantId, subscriptionId, shard) };
}

function newestOf(partitionKey: 'pk' | 'fx', shard: LogShard, before: DeliveryId | undefined) {
  return {
    ScanIndexForward: false,
    KeyConditionExpression: `${partitionKey} = :partition${before === undefined ? '' : ' AND sk < :before'}`,
    ExpressionAttributeValues: {
      ':partition': partitionOf(shard),
      ...(before !== undefined && { ':before': { S: before } }),
    },
  };
}

/** What the index holds of a record, and a recovery needs. */
const failureFields = {
  status: deliveryRecordFields.status,
  eventType: deliveryRecordFields.eventType,
  replayOf: deliveryRecordFields.replayOf,
};

function failureOf(item: Item): FailureEntry {
  return { deliveryId: text(item, 'sk') as DeliveryId, ...readFields(item, failureFields) };
}
