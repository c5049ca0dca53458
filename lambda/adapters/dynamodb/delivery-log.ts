/**
 * The delivery log.
 *
 * Item: pk `tenant#subscription#shard`, sk delivery id, v, st status, n attempts, ev event id, ty event type, url, ch chain id, log attempts (a: at ms,
 * l: latency ms, s: status, e: error, b: start of the answer), why, end settled at (ms), ex expiry (s, the table's TTL). Names are short because each
 * record has to fit one write unit.
 */
import { type AttributeValue, BatchWriteItemCommand, ConditionalCheckFailedException, type DynamoDBClient, GetItemCommand, PutItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { AttemptEntry, DeliveryRecord, DeliveryStatus } from '../../core/delivery';
import type { ChainId, DeliveryId, EventId } from '../../core/identifiers';
import type { DeliveryKey, DeliveryLog } from '../../core/ports';
import { awsCall } from '../aws-errors';
import { integer, optionalInteger, optionalN, optionalS, optionalText, present, text } from './attributes';
import { deliveryItemKey, type Item, ITEM_VERSION } from './keys';

export class DynamoDeliveryLog implements DeliveryLog {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
  ) {}

  async read(key: DeliveryKey): Promise<DeliveryRecord | undefined> {
    const { Item: item } = await awsCall('deliveries table', () => this.client.send(new GetItemCommand({ TableName: this.table, Key: itemKey(key), ConsistentRead: true })));
    return item === undefined ? undefined : recordOf(key, item);
  }

  async take(record: DeliveryRecord): Promise<boolean> {
    return awsCall('deliveries table', async () => {
      try {
        await this.client.send(new PutItemCommand({ TableName: this.table, Item: recordItem(record), ConditionExpression: 'attribute_not_exists(pk)', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }));
        return true;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        // Our own, from a try whose answer was lost: the chain id is this message's alone.
        return error.Item !== undefined && optionalText(error.Item, 'ch') === record.chain && text(error.Item, 'st') === 'pending';
      }
    });
  }

  async putDelivered(records: readonly DeliveryRecord[]): Promise<readonly DeliveryRecord[]> {
    const answer = await awsCall('deliveries table', () =>
      this.client.send(new BatchWriteItemCommand({ RequestItems: { [this.table]: records.map((record) => ({ PutRequest: { Item: recordItem(record) } })) } })),
    );
    const untaken = new Set(answer.UnprocessedItems?.[this.table]?.map((request) => request.PutRequest?.Item?.sk?.S));
    return untaken.size === 0 ? [] : records.filter(({ deliveryId }) => untaken.has(deliveryId));
  }

  async settle(record: DeliveryRecord, attempt: number): Promise<boolean> {
    const values: Item = {};
    const names: Record<string, string> = {};
    const assignments = Object.entries(recordAttributes(record)).map(([name, value]) => {
      names[`#${name}`] = name;
      values[`:${name}`] = value;
      return name === 'log' ? '#log = list_append(if_not_exists(#log, :none), :log)' : `#${name} = :${name}`;
    });
    const overPending = record.status === 'delivered' ? '#st = :pending' : '#st = :pending AND #n < :attempt';
    return awsCall('deliveries table', async () => {
      try {
        await this.client.send(
          new UpdateItemCommand({
            TableName: this.table,
            Key: itemKey(record),
            UpdateExpression: `SET ${assignments.join(', ')} REMOVE ch`,
            ConditionExpression: `attribute_not_exists(pk) OR (${overPending})`,
            ExpressionAttributeNames: names,
            ExpressionAttributeValues: { ...values, ':none': { L: [] }, ':pending': { S: 'pending' }, ...(record.status !== 'delivered' && { ':attempt': { N: String(attempt) } }) },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return true;
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        return error.Item !== undefined && isSame(recordOf(record, error.Item), record);
      }
    });
  }
}

/** Stamped once an attempt and kept by every try of its write, the settled time tells our own record from another's. */
function isSame(stored: DeliveryRecord, record: DeliveryRecord): boolean {
  return stored.status === record.status && stored.attempts === record.attempts && stored.settledAt === record.settledAt;
}

function itemKey({ tenantId, subscriptionId, deliveryId }: DeliveryKey): Item {
  return deliveryItemKey(tenantId, subscriptionId, deliveryId);
}

function recordItem(record: DeliveryRecord): Item {
  return present({ ...itemKey(record), ...recordAttributes(record), ch: optionalS(record.chain) });
}

/** All attributes but the key and the chain id. */
function recordAttributes(record: DeliveryRecord): Item {
  return present({
    v: ITEM_VERSION,
    st: { S: record.status },
    n: { N: String(record.attempts) },
    ev: { S: record.eventId },
    ty: { S: record.eventType },
    url: optionalS(record.url),
    log: { L: record.history.map(entryValue) },
    why: optionalS(record.reason),
    end: optionalN(record.settledAt),
    ex: { N: String(record.expiresAt) },
  });
}

function recordOf({ tenantId, subscriptionId, deliveryId }: DeliveryKey, item: Item): DeliveryRecord {
  const url = optionalText(item, 'url');
  const chain = optionalText(item, 'ch');
  const reason = optionalText(item, 'why');
  const settledAt = optionalInteger(item, 'end');
  return {
    tenantId,
    subscriptionId,
    deliveryId: deliveryId satisfies DeliveryId,
    eventId: text(item, 'ev') as EventId,
    eventType: text(item, 'ty'),
    status: text(item, 'st') as DeliveryStatus,
    attempts: integer(item, 'n'),
    history: (item.log?.L ?? []).map((value) => entryOf(value.M ?? {})),
    expiresAt: integer(item, 'ex'),
    ...(url !== undefined && { url }),
    ...(chain !== undefined && { chain: chain as ChainId }),
    ...(reason !== undefined && { reason }),
    ...(settledAt !== undefined && { settledAt }),
  };
}

function entryValue(entry: AttemptEntry): AttributeValue {
  return { M: present({ a: { N: String(entry.at) }, l: { N: String(Math.round(entry.latencyMs)) }, s: optionalN(entry.status), e: optionalS(entry.error), b: optionalS(entry.answer) }) };
}

function entryOf(entry: Item): AttemptEntry {
  const status = optionalInteger(entry, 's');
  const error = optionalText(entry, 'e');
  const answer = optionalText(entry, 'b');
  return {
    at: integer(entry, 'a'),
    latencyMs: integer(entry, 'l'),
    ...(status !== undefined && { status }),
    ...(error !== undefined && { error }),
    ...(answer !== undefined && { answer }),
  };
}
