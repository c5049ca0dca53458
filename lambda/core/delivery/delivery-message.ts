/** The message of a delivery, which travels through our queues and asks for one attempt. */
import { formatMessage, integer, mark, type Model, number, optional, parseMessage, text } from '../shared/format';
import type { ChainId, DeliveryId, EventId, SubscriptionId, TenantId } from '../shared/identifiers';
import { sqsText } from '../shared/sqs-text';

/** Of messages that this version writes and reads. */
const VERSION = 1;

/**
 * How a delivery message is written. Messages over {@link INLINE_MAX_BYTES}, and every retry, have no payload: deliver
 * reads it from the stored event.
 */
export const deliveryMessageFields = {
  deliveryId: text<DeliveryId>('delivery'),
  tenantId: text<TenantId>('tenant'),
  subscriptionId: text<SubscriptionId>('subscription'),
  eventId: text<EventId>('event'),
  eventType: text('type'),
  /** Number of the attempt that this message asks for, from 1: k of the protocol. */
  attempt: integer('attempt', 1),
  chain: text<ChainId>('chain'),
  /** Epoch milliseconds of the event's stored arrival. Of a replay: its own creation. */
  arrivedAt: number('arrived'),
  /** Epoch milliseconds before which no attempt is made. Absent: at once. */
  dueAt: optional(number('due')),
  /** Milliseconds for which it was deferred so far, in all. */
  deferredMs: optional(number('deferred')),
  /** Milliseconds for which it waited so far because of its subscription's rate limit, in all. */
  rateWaitedMs: optional(number('waited')),
  /** It has a place in the line of its subscription's rate limit. The place is its due time. */
  inLine: mark('line'),
  /** The URL that its event names, where the event does. The subscription id is then that URL's row. */
  url: optional(text('url')),
  /** The manual retry or recovery that made it. Replays are not counted. */
  replayId: optional(text('replay')),
  /** Of a replay: the delivery that the event itself caused, even where a replay was replayed. */
  replayOf: optional(text<DeliveryId>('of')),
  payload: optional(text('payload')),
};

export type DeliveryMessage = Model<typeof deliveryMessageFields>;

/**
 * A message at most this long, as UTF-8, carries its payload. A batch of ten then stays within three of SQS's 64 KB
 * request units.
 */
export const INLINE_MAX_BYTES = 16 * 1024;

export function formatDeliveryMessage(message: DeliveryMessage): string {
  const whole = sqsText(formatMessage(VERSION, deliveryMessageFields, message));
  if (message.payload === undefined || Buffer.byteLength(whole) <= INLINE_MAX_BYTES) return whole;
  return sqsText(formatMessage(VERSION, deliveryMessageFields, { ...message, payload: undefined }));
}

/** @throws UnreadableMessage for a format that this version does not know */
export function parseDeliveryMessage(body: string): DeliveryMessage {
  return parseMessage('delivery message', VERSION, deliveryMessageFields, body);
}
