/** The delivery log. `delivery-record.ts` of the core declares what a record holds. */
import {
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { DeliveryKey, DeliveryLog, Written } from '../../core/delivery/delivery-log';
import { type DeliveryRecord, deliveryRecordFields, isSameRecord } from '../../core/delivery/delivery-record';
import type { ReplayMarks } from '../../core/replay/replay';
import { encode, names } from '../../core/shared/format';
import type { DeliveryId } from '../../core/shared/identifiers';
import { awsCall } from '../aws-errors';
import { asItem, numeric, readItem } from './attributes';
import { deliveryItemKey, type Item, ITEM_VERSION } from './keys';

const NAMES = names(deliveryRecordFields);

/** The partition key of the sparse index `failures`: the same as pk, on failed and cancelled records alone. */
export const FAILURES_KEY = 'fx';

/** Attributes of a record that its next state may be without. */
const CLEARED = [NAMES.chain, NAMES.dueAt, NAMES.unsentBy, NAMES.reason, FAILURES_KEY];

export class DynamoDeliveryLog implements DeliveryLog, ReplayMarks {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
  ) {}

  async read(key: DeliveryKey): Promise<DeliveryRecord | undefined> {
    const { Item: item } = await awsCall('deliveries table', () =>
      this.client.send(new GetItemCommand({ TableName: this.table, Key: itemKey(key), ConsistentRead: true })),
    );
    return item === undefined ? undefined : storedRecord(key, item);
  }

  async claim(record: DeliveryRecord): Promise<boolean> {
    return awsCall('deliveries table', async () => {
      try {
        await this.client.send(
          new PutItemCommand({
            TableName: this.table,
            Item: recordItem(record),
            ConditionExpression: 'attribute_not_exists(pk)',
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return true;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        // Our own, from a try whose answer was lost: the chain id is this message's alone.
        if (error.Item === undefined) return false;
        const stored = storedRecord(record, error.Item);
        return stored.chain === record.chain && stored.status === 'pending';
      }
    });
  }

  async putDelivered(records: readonly DeliveryRecord[]): Promise<readonly DeliveryRecord[]> {
    const answer = await awsCall('deliveries table', () =>
      this.client.send(
        new BatchWriteItemCommand({
          RequestItems: { [this.table]: records.map((record) => ({ PutRequest: { Item: recordItem(record) } })) },
        }),
      ),
    );
    const untaken = new Set(answer.UnprocessedItems?.[this.table]?.map((request) => request.PutRequest?.Item?.sk?.S));
    return untaken.size === 0 ? [] : records.filter(({ deliveryId }) => untaken.has(deliveryId));
  }

  async settle(record: DeliveryRecord, attempt: number): Promise<Written> {
    return awsCall('deliveries table', async () => {
      try {
        await this.client.send(new UpdateItemCommand(settleInput(this.table, record, attempt)));
        return { written: true };
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException) || error.Item === undefined) throw error;
        const stored = storedRecord(record, error.Item);
        return isSameRecord(stored, record) ? { written: true } : { written: false, stored };
      }
    });
  }

  async clearUnsent(record: DeliveryRecord): Promise<void> {
    await this.change(record, {
      UpdateExpression: `REMOVE ${NAMES.unsentBy}`,
      ConditionExpression: `${NAMES.chain} = :chain AND ${NAMES.attempts} = :attempts`,
      ExpressionAttributeValues: { ':chain': { S: record.chain! }, ':attempts': numeric(record.attempts) },
    });
  }

  async markPublished(key: DeliveryKey): Promise<void> {
    await this.change(key, {
      UpdateExpression: `SET ${NAMES.published} = :true`,
      ConditionExpression: `${NAMES.status} = :failed`,
      ExpressionAttributeValues: { ':true': { BOOL: true }, ':failed': { S: 'failed' } },
    });
  }

  async markReplay(original: DeliveryKey, replay: DeliveryId, most: number): Promise<'marked' | 'full' | 'gone'> {
    return awsCall('deliveries table', async () => {
      try {
        await this.client.send(
          new UpdateItemCommand({
            TableName: this.table,
            Key: itemKey(original),
            UpdateExpression: 'SET #replays = list_append(if_not_exists(#replays, :none), :one)',
            ConditionExpression:
              'attribute_exists(pk) AND ' +
              '(attribute_not_exists(#replays) OR (NOT contains(#replays, :id) AND size(#replays) < :most))',
            ExpressionAttributeNames: { '#replays': NAMES.replays },
            ExpressionAttributeValues: {
              ':none': { L: [] },
              ':one': { L: [{ S: replay }] },
              ':id': { S: replay },
              ':most': numeric(most),
            },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return 'marked';
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        if (error.Item === undefined) return 'gone';
        const { replays = [] } = storedRecord(original, error.Item);
        return replays.includes(replay) ? 'marked' : 'full';
      }
    });
  }

  /** A record that is another by now needs no such change. */
  private async change(key: DeliveryKey, update: Omit<UpdateItemCommandInput, 'TableName' | 'Key'>): Promise<void> {
    await awsCall('deliveries table', async () => {
      try {
        await this.client.send(new UpdateItemCommand({ TableName: this.table, Key: itemKey(key), ...update }));
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    });
  }
}

/**
 * The update of rule 5: over an absent record or a pending one with fewer attempts, a delivered one over any pending
 * one. History is appended.
 */
export function settleInput(table: string, record: DeliveryRecord, attempt: number) {
  const expressionNames: Record<string, string> = { '#st': NAMES.status, '#n': NAMES.attempts };
  const values: Item = {};
  const attributes = recordAttributes(record);
  const assigned = Object.entries(attributes).map(([name, value]) => {
    expressionNames[`#${name}`] = name;
    values[`:${name}`] = value;
    return name === NAMES.history
      ? `#${name} = list_append(if_not_exists(#${name}, :none), :${name})`
      : `#${name} = :${name}`;
  });
  const cleared = CLEARED.filter((name) => attributes[name] === undefined);
  const wins = record.status === 'delivered';
  if (!wins) values[':attempt'] = numeric(attempt);
  return {
    TableName: table,
    Key: itemKey(record),
    UpdateExpression: `SET ${assigned.join(', ')}${cleared.length > 0 ? ` REMOVE ${cleared.join(', ')}` : ''}`,
    ConditionExpression: `attribute_not_exists(pk) OR (#st = :pending${wins ? '' : ' AND #n < :attempt'})`,
    ExpressionAttributeNames: expressionNames,
    ExpressionAttributeValues: { ...values, ':none': { L: [] }, ':pending': { S: 'pending' } },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
}

function itemKey({ tenantId, subscriptionId, deliveryId }: DeliveryKey): Item {
  return deliveryItemKey(tenantId, subscriptionId, deliveryId);
}

function recordItem(record: DeliveryRecord): Item {
  return { ...itemKey(record), ...recordAttributes(record) };
}

/** All attributes but the key. */
function recordAttributes(record: DeliveryRecord): Item {
  const attributes: Item = { v: ITEM_VERSION, ...asItem(encode(deliveryRecordFields, record)) };
  const indexed = record.status === 'failed' || record.status === 'cancelled';
  return indexed ? { ...attributes, [FAILURES_KEY]: itemKey(record).pk! } : attributes;
}

/** A record as it stands, by the key that it was found with. */
export function storedRecord({ tenantId, subscriptionId, deliveryId }: DeliveryKey, item: Item): DeliveryRecord {
  return { tenantId, subscriptionId, deliveryId, ...readItem(item, deliveryRecordFields) };
}
