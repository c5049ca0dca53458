/**
 * Accepted events: claim and payload in one item of the events table, or the payload in S3 where that costs less.
 * `event-store.ts` of the core declares what an event holds.
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
import { asItem, itemOf, optionalInteger, readItem } from './attributes';
import { eventItemKey, type Item } from './keys';
import {
  type AcceptedEvent,
  type AcceptedEvents,
  type Claim,
  type EventStore,
  eventFields,
} from '../../core/events/event-store';
import { UnreadableItem } from '../../core/shared/errors';
import { bytes, encode, integer, names, optional, text as textField } from '../../core/shared/format';
import type { Clock } from '../../core/shared/clock';

/** Large payloads. Objects never change: their key ends in the hash of their bytes. */
export interface PayloadObjects {
  put(key: string, payload: Buffer): Promise<void>;
  get(key: string): Promise<string>;
}

/** Epoch seconds: the table's TTL. */
const claimFields = { ...eventFields, expiresAt: integer('ex') };

/** One of these is there. */
const payloadFields = {
  plain: optional(textField('p')),
  /** RFC 1951. */
  deflated: optional(bytes('z')),
  /** The key of its object in S3. */
  object: optional(textField('s3')),
};

const NAMES = names(claimFields);
const PAYLOAD_ATTRIBUTES = [...Object.values(names(payloadFields)), NAMES.expiresAt, 'v'].join(', ');

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
    const claim = { ...event, expiresAt };
    const identity = itemOf(eventItemKey(event.tenantId, event.eventId), claimFields, claim);
    const payload = await this.storedPayload(event, identity);
    return awsCall('events table', async () => {
      try {
        await this.client.send(
          new PutItemCommand({
            TableName: this.table,
            Item: { ...identity, ...payload },
            ConditionExpression: `attribute_not_exists(pk) OR ${NAMES.expiresAt} <= :now`,
            ExpressionAttributeValues: { ':now': { N: this.nowSeconds() } },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return { fresh: true };
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException && error.Item !== undefined)
          return { fresh: false, stored: storedEvent(event, error.Item) };
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
          ProjectionExpression: PAYLOAD_ATTRIBUTES,
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
    return { ...storedEvent({ tenantId, eventId }, item), payload: await this.payloadOf(item) };
  }

  private isExpired(item: Item): boolean {
    return (optionalInteger(item, NAMES.expiresAt) ?? 0) <= Number(this.nowSeconds());
  }

  private async payloadOf(item: Item): Promise<string> {
    const { plain, deflated, object } = readItem(item, payloadFields);
    if (deflated !== undefined) return inflateRawSync(deflated).toString('utf8');
    if (object !== undefined) return this.objects.get(object);
    if (plain === undefined) throw new UnreadableItem('an event has no payload');
    return plain;
  }

  /**
   * The payload as the item is to hold it: plain, compressed when that saves a write unit, or in S3, where it is put
   * first.
   */
  private async storedPayload(event: AcceptedEvent, identity: Item): Promise<Item> {
    const rest = itemBytes(identity) + 1;
    const plainBytes = Buffer.byteLength(event.payload);
    if (writeUnits(rest + plainBytes) === 1) return asItem(encode(payloadFields, { plain: event.payload }));
    const payload = Buffer.from(event.payload, 'utf8');
    const compressed = deflateRawSync(payload);
    const [plain, deflated] = [writeUnits(rest + plainBytes), writeUnits(rest + compressed.length)];
    if (deflated < plain && deflated <= ITEM_MAX_WRITE_UNITS)
      return asItem(encode(payloadFields, { deflated: compressed }));
    if (plain <= ITEM_MAX_WRITE_UNITS) return asItem(encode(payloadFields, { plain: event.payload }));
    const key = `payloads/${event.tenantId}/${event.eventId}/${createHash('sha256').update(payload).digest('hex')}`;
    await this.objects.put(key, payload);
    return asItem(encode(payloadFields, { object: key }));
  }

  private nowSeconds(): string {
    return String(Math.floor(this.clock.now() / 1000));
  }
}

function storedEvent(
  { tenantId, eventId }: Pick<AcceptedEvent, 'tenantId' | 'eventId'>,
  item: Item,
): Extract<Claim, { fresh: false }>['stored'] {
  return { tenantId, eventId, ...readItem(item, eventFields) };
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
