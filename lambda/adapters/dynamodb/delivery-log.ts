/**
 * The delivery log.
 *
 * Item: pk `tenant#subscription#shard`, sk delivery id, v, st status, n attempts, ev event id, ty event type, url, ch
 * chain id, due next attempt (ms), owed chain id that owes the re-enqueue, ep epoch, told operational events are out,
 * log attempts (a: at ms, l: latency ms, s: status, e: error, b: start of the answer), why, end settled at (ms), ex
 * expiry (s, the table's TTL); of a replay: rid replay id, of its original; of an original: rp its replays; of what
 * failed or was cancelled: fx, the same as pk, the key of the sparse index `failures`. Names are short because each
 * record has to fit one write unit.
 */
import {
  type AttributeValue,
  BatchWriteItemCommand,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
  type UpdateItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import type { ChainId, DeliveryId, EventId } from '../../core/shared/identifiers';
import { awsCall } from '../aws-errors';
import {
  integer,
  optionalInteger,
  optionalN,
  optionalS,
  optionalText,
  optionalTexts,
  present,
  reading,
  text,
} from './attributes';
import { deliveryItemKey, type Item, ITEM_VERSION } from './keys';
import type { DeliveryKey, DeliveryLog, Written } from '../../core/delivery/delivery-log';
import type { ReplayMarks } from '../../core/replay/replay';
import {
  type AttemptEntry,
  type DeliveryRecord,
  type DeliveryStatus,
  isSameRecord,
} from '../../core/delivery/delivery';

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
        return (
          error.Item !== undefined &&
          optionalText(error.Item, 'ch') === record.chain &&
          text(error.Item, 'st') === 'pending'
        );
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
      UpdateExpression: 'REMOVE owed',
      ConditionExpression: 'ch = :chain AND n = :attempts',
      ExpressionAttributeValues: { ':chain': { S: record.chain! }, ':attempts': { N: String(record.attempts) } },
    });
  }

  async markPublished(key: DeliveryKey): Promise<void> {
    await this.change(key, {
      UpdateExpression: 'SET told = :true',
      ConditionExpression: 'st = :failed',
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
            UpdateExpression: 'SET rp = list_append(if_not_exists(rp, :none), :one)',
            ConditionExpression:
              'attribute_exists(pk) AND (attribute_not_exists(rp) OR (NOT contains(rp, :id) AND size(rp) < :most))',
            ExpressionAttributeValues: {
              ':none': { L: [] },
              ':one': { L: [{ S: replay }] },
              ':id': { S: replay },
              ':most': { N: String(most) },
            },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return 'marked';
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        if (error.Item === undefined) return 'gone';
        return (optionalTexts(error.Item, 'rp') ?? []).includes(replay) ? 'marked' : 'full';
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
 * one; history is added to.
 */
export function settleInput(table: string, record: DeliveryRecord, attempt: number) {
  const names: Record<string, string> = {};
  const values: Item = {};
  const attributes = recordAttributes(record);
  const assignments = Object.entries(attributes).map(([name, value]) => {
    names[`#${name}`] = name;
    values[`:${name}`] = value;
    return name === 'log' ? '#log = list_append(if_not_exists(#log, :none), :log)' : `#${name} = :${name}`;
  });
  const cleared = CLEARED.filter((name) => attributes[name] === undefined);
  const overPending = record.status === 'delivered' ? '#st = :pending' : '#st = :pending AND #n < :attempt';
  return {
    TableName: table,
    Key: itemKey(record),
    UpdateExpression: `SET ${assignments.join(', ')}${cleared.length > 0 ? ` REMOVE ${cleared.join(', ')}` : ''}`,
    ConditionExpression: `attribute_not_exists(pk) OR (${overPending})`,
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: {
      ...values,
      ':none': { L: [] },
      ':pending': { S: 'pending' },
      ...(record.status !== 'delivered' && { ':attempt': { N: String(attempt) } }),
    },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
}

/** Attributes of a record that the next state of it may be without. */
const CLEARED = ['ch', 'due', 'owed', 'why', 'fx'];

function itemKey({ tenantId, subscriptionId, deliveryId }: DeliveryKey): Item {
  return deliveryItemKey(tenantId, subscriptionId, deliveryId);
}

function recordItem(record: DeliveryRecord): Item {
  return { ...itemKey(record), ...recordAttributes(record) };
}

/** All attributes but the key. */
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
    ch: optionalS(record.chain),
    due: optionalN(record.dueAt),
    owed: optionalS(record.unsentBy),
    ep: optionalN(record.epoch),
    end: optionalN(record.settledAt),
    ex: { N: String(record.expiresAt) },
    rid: optionalS(record.replayId),
    of: optionalS(record.replayOf),
    rp: record.replays === undefined ? undefined : { L: record.replays.map((id) => ({ S: id })) },
    fx: record.status === 'failed' || record.status === 'cancelled' ? itemKey(record).pk : undefined,
  });
}

/** A record as it stands, by the key that it was found with. */
export function storedRecord(key: DeliveryKey, item: Item): DeliveryRecord {
  return reading(item, () => recordOf(key, item));
}

function recordOf({ tenantId, subscriptionId, deliveryId }: DeliveryKey, item: Item): DeliveryRecord {
  const url = optionalText(item, 'url');
  const chain = optionalText(item, 'ch');
  const reason = optionalText(item, 'why');
  const settledAt = optionalInteger(item, 'end');
  const dueAt = optionalInteger(item, 'due');
  const owed = optionalText(item, 'owed');
  const epoch = optionalInteger(item, 'ep');
  const replayId = optionalText(item, 'rid');
  const replayOf = optionalText(item, 'of');
  const replays = optionalTexts(item, 'rp');
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
    ...(dueAt !== undefined && { dueAt }),
    ...(owed !== undefined && { unsentBy: owed as ChainId }),
    ...(epoch !== undefined && { epoch }),
    ...(item.told !== undefined && { published: true }),
    ...(replayId !== undefined && { replayId }),
    ...(replayOf !== undefined && { replayOf: replayOf as DeliveryId }),
    ...(replays !== undefined && { replays: replays as DeliveryId[] }),
  };
}

function entryValue(entry: AttemptEntry): AttributeValue {
  return {
    M: present({
      a: { N: String(entry.at) },
      l: { N: String(Math.round(entry.latencyMs)) },
      s: optionalN(entry.status),
      e: optionalS(entry.error),
      b: optionalS(entry.answer),
    }),
  };
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
