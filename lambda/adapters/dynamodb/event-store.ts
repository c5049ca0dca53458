/**
 * Accepted events: claim and payload in one item of the events table, or the payload in S3 where that costs less.
 *
 * Item: pk `tenant#event`, v, ty event type, at arrival (ms), ex expiry (s, the table's TTL), oc occurred_at, u
 * webhook_url, and one of p payload, z payload deflated (RFC 1951), s3 the payload's object key.
 */
import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { EventId, TenantId } from '../../core/shared/identifiers';
import { awsCall } from '../aws-errors';
import { integer, optionalInteger, optionalS, optionalText, present, reading, text } from './attributes';
import { eventItemKey, type Item, ITEM_VERSION } from './keys';
import type { AcceptedEvent, AcceptedEvents, Claim, EventStore } from '../../core/events/event-store';
import type { Clock } from '../../core/shared/clock';

/** Large payloads. Objects never change: their key ends in the hash of their bytes. */
export interface PayloadObjects {
  put(key: string, payload: Buffer): Promise<void>;
  get(key: string): Promise<string>;
}

/** A write unit (AWS, "DynamoDB read and write capacity"). */
const WRITE_UNIT_BYTES = 1024;
/**
 * Putting an object costs what eight write units do ($5 and $0.625 a million; us-east-1, 2026-11): an item of more than
 * these and the claim's own is dearer than a claim and an object.
 */
const ITEM_MAX_WRITE_UNITS = 9;

export class DynamoEventStore implements EventStore, AcceptedEvents {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
    private readonly objects: PayloadObjects,
    private readonly clock: Clock,
  ) {}

  async claim(event: AcceptedEvent, expiresAt: number): Promise<Claim> {
    const identity = present({
      ...eventItemKey(event.tenantId, event.eventId),
      v: ITEM_VERSION,
      ty: { S: event.eventType },
      at: { N: String(event.arrivedAt) },
      ex: { N: String(expiresAt) },
      oc: optionalS(event.occurredAt),
      u: optionalS(event.webhookUrl),
    });
    const payload = await this.storedPayload(event, identity);
    return awsCall('events table', async () => {
      try {
        await this.client.send(
          new PutItemCommand({
            TableName: this.table,
            Item: { ...identity, ...payload },
            ConditionExpression: 'attribute_not_exists(pk) OR ex <= :now',
            ExpressionAttributeValues: { ':now': { N: this.nowSeconds() } },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return { fresh: true };
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException && error.Item !== undefined)
          return { fresh: false, stored: reading(error.Item, (item) => storedEvent(event, item)) };
        throw error;
      }
    });
  }

  async payload(tenantId: TenantId, eventId: EventId): Promise<string | undefined> {
    const { Item: item } = await awsCall('events table', () =>
      this.client.send(
        new GetItemCommand({
          TableName: this.table,
          Key: eventItemKey(tenantId, eventId),
          ConsistentRead: true,
          ProjectionExpression: 'p, z, s3, ex, v',
        }),
      ),
    );
    return item === undefined || this.isExpired(item) ? undefined : this.payloadOf(item);
  }

  async event(tenantId: TenantId, eventId: EventId): Promise<AcceptedEvent | undefined> {
    const { Item: item } = await awsCall('events table', () =>
      this.client.send(
        new GetItemCommand({ TableName: this.table, Key: eventItemKey(tenantId, eventId), ConsistentRead: true }),
      ),
    );
    if (item === undefined || this.isExpired(item)) return undefined;
    return { ...reading(item, () => storedEvent({ tenantId, eventId }, item)), payload: await this.payloadOf(item) };
  }

  private isExpired(item: Item): boolean {
    return (optionalInteger(item, 'ex') ?? 0) <= Number(this.nowSeconds());
  }

  private async payloadOf(item: Item): Promise<string> {
    return reading(item, () => {
      if (item.z?.B !== undefined) return inflateRawSync(item.z.B).toString('utf8');
      const key = optionalText(item, 's3');
      return key === undefined ? text(item, 'p') : this.objects.get(key);
    });
  }

  /**
   * The payload as the item is to hold it: plain, compressed when that saves a write unit, or in S3, where it is put
   * first.
   */
  private async storedPayload(event: AcceptedEvent, identity: Item): Promise<Item> {
    const rest = itemBytes(identity) + 1;
    const plainBytes = Buffer.byteLength(event.payload);
    if (writeUnits(rest + plainBytes) === 1) return { p: { S: event.payload } };
    const payload = Buffer.from(event.payload, 'utf8');
    const compressed = deflateRawSync(payload);
    const [plain, deflated] = [writeUnits(rest + plainBytes), writeUnits(rest + compressed.length)];
    if (deflated < plain && deflated <= ITEM_MAX_WRITE_UNITS) return { z: { B: compressed } };
    if (plain <= ITEM_MAX_WRITE_UNITS) return { p: { S: event.payload } };
    const key = `payloads/${event.tenantId}/${event.eventId}/${createHash('sha256').update(payload).digest('hex')}`;
    await this.objects.put(key, payload);
    return { s3: { S: key } };
  }

  private nowSeconds(): string {
    return String(Math.floor(this.clock.now() / 1000));
  }
}

function storedEvent(
  { tenantId, eventId }: Pick<AcceptedEvent, 'tenantId' | 'eventId'>,
  item: Item,
): Extract<Claim, { fresh: false }>['stored'] {
  const webhookUrl = optionalText(item, 'u');
  const occurredAt = optionalText(item, 'oc');
  return {
    tenantId,
    eventId,
    eventType: text(item, 'ty'),
    arrivedAt: integer(item, 'at'),
    ...(webhookUrl !== undefined && { webhookUrl }),
    ...(occurredAt !== undefined && { occurredAt }),
  };
}

function writeUnits(bytes: number): number {
  return Math.ceil(bytes / WRITE_UNIT_BYTES);
}

/**
 * Size of an item of texts and numbers (AWS, "DynamoDB item sizes and formats": UTF-8 names and texts; a number takes
 * about a byte for two digits, and one more).
 */
function itemBytes(item: Item): number {
  let bytes = 0;
  for (const [name, value] of Object.entries(item))
    bytes +=
      name.length + (value.N !== undefined ? Math.ceil(value.N.length / 2) + 1 : Buffer.byteLength(value.S ?? ''));
  return bytes;
}
