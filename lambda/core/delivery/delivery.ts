/**
 * A delivery: one event on its way to one endpoint. Its message travels through the queues, its record is what the log
 * shows.
 */
import * as z from 'zod/mini';
import type { AttemptResult } from '../endpoint/endpoint';
import { UnreadableMessage } from '../shared/errors';
import type { ChainId, DeliveryId, EventId, SubscriptionId, TenantId } from '../shared/identifiers';
import { sqsText } from '../shared/sqs-text';

/**
 * A message between our own functions, format 1. Those over {@link INLINE_MAX_BYTES}, and every retry, have no payload:
 * it is read from the stored event.
 */
export interface DeliveryMessage {
  readonly deliveryId: DeliveryId;
  readonly tenantId: TenantId;
  readonly subscriptionId: SubscriptionId;
  readonly eventId: EventId;
  readonly eventType: string;
  /** Number of the attempt that this message asks for, from 1: k of the protocol. */
  readonly attempt: number;
  readonly chain: ChainId;
  /** Epoch milliseconds of the event's stored arrival; a replay's own creation. */
  readonly arrivedAt: number;
  /** Epoch milliseconds before which no attempt is made; absent: at once. */
  readonly dueAt?: number;
  /** Milliseconds for which it was deferred so far, in all. */
  readonly deferredMs?: number;
  /** Milliseconds for which it waited so far because of its subscription's rate limit, in all. */
  readonly rateWaitedMs?: number;
  /** It was given a place in the line of its subscription's rate limit, which is its due time. */
  readonly inLine?: true;
  /** The URL that its event names, where it does; the subscription id is then that URL's row. */
  readonly url?: string;
  /** The manual retry or recovery that made it: it is not counted. */
  readonly replayId?: string;
  /** Of a replay: the delivery that the event itself caused, even where a replay was replayed. */
  readonly replayOf?: DeliveryId;
  readonly payload?: string;
}

/**
 * A message at most this long, as UTF-8, carries its payload with it: a batch of ten stays within three of SQS's 64 KB
 * request units.
 */
export const INLINE_MAX_BYTES = 16 * 1024;

const messageFormat = z.object({
  v: z.literal(1),
  delivery: z.string(),
  tenant: z.string(),
  subscription: z.string(),
  event: z.string(),
  type: z.string(),
  attempt: z.int().check(z.gte(1)),
  chain: z.string(),
  arrived: z.number(),
  due: z.optional(z.number()),
  deferred: z.optional(z.number()),
  waited: z.optional(z.number()),
  line: z.optional(z.literal(true)),
  url: z.optional(z.string()),
  replay: z.optional(z.string()),
  of: z.optional(z.string()),
  payload: z.optional(z.string()),
});

export function formatDeliveryMessage(message: DeliveryMessage): string {
  const {
    deliveryId,
    tenantId,
    subscriptionId,
    eventId,
    eventType,
    attempt,
    chain,
    arrivedAt,
    dueAt,
    deferredMs,
    rateWaitedMs,
    inLine,
    url,
    replayId,
    replayOf,
  } = message;
  const identity = {
    v: 1,
    delivery: deliveryId,
    tenant: tenantId,
    subscription: subscriptionId,
    event: eventId,
    type: eventType,
  };
  const reference = {
    ...identity,
    attempt,
    chain,
    arrived: arrivedAt,
    due: dueAt,
    deferred: deferredMs,
    waited: rateWaitedMs,
    line: inLine,
    url,
    replay: replayId,
    of: replayOf,
  }; // JSON leaves out what is undefined
  if (message.payload === undefined) return sqsText(JSON.stringify(reference));
  const inline = sqsText(JSON.stringify({ ...reference, payload: message.payload }));
  return Buffer.byteLength(inline) <= INLINE_MAX_BYTES ? inline : sqsText(JSON.stringify(reference));
}

/** @throws UnreadableMessage for a format that this version does not know */
export function parseDeliveryMessage(body: string): DeliveryMessage {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new UnreadableMessage('the delivery message is not JSON');
  }
  const parsed = messageFormat.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new UnreadableMessage(
      `the delivery message is not of a format that this version reads: ${issue?.path.join('.')}: ${issue?.message}`,
    );
  }
  const {
    delivery,
    tenant,
    subscription,
    event,
    type,
    attempt,
    chain,
    arrived,
    due,
    deferred,
    waited,
    line,
    url,
    replay,
    of,
    payload,
  } = parsed.data;
  return {
    deliveryId: delivery as DeliveryId,
    tenantId: tenant as TenantId,
    subscriptionId: subscription as SubscriptionId,
    eventId: event as EventId,
    eventType: type,
    attempt,
    chain: chain as ChainId,
    arrivedAt: arrived,
    ...(due !== undefined && { dueAt: due }),
    ...(deferred !== undefined && { deferredMs: deferred }),
    ...(waited !== undefined && { rateWaitedMs: waited }),
    ...(line !== undefined && { inLine: line }),
    ...(url !== undefined && { url }),
    ...(replay !== undefined && { replayId: replay }),
    ...(of !== undefined && { replayOf: of as DeliveryId }),
    ...(payload !== undefined && { payload }),
  };
}

/** One line of a delivery's history. */
export interface AttemptEntry {
  /** Epoch milliseconds at which it began. */
  readonly at: number;
  readonly latencyMs: number;
  /** HTTP status, when there was an answer. */
  readonly status?: number;
  /** Why there was none. */
  readonly error?: string;
  /** The start of the answer's body. */
  readonly answer?: string;
}

export function attemptEntry(at: number, result: AttemptResult): AttemptEntry {
  return result.kind === 'answered'
    ? { at, latencyMs: result.latencyMs, status: result.status, ...(result.answer !== '' && { answer: result.answer }) }
    : { at, latencyMs: result.latencyMs, error: result.message };
}

export type DeliveryStatus = 'pending' | 'delivered' | 'failed' | 'cancelled';

export interface DeliveryRecord {
  readonly tenantId: TenantId;
  readonly subscriptionId: SubscriptionId;
  readonly deliveryId: DeliveryId;
  readonly eventId: EventId;
  readonly eventType: string;
  /** Where it went, or would have gone; unknown when the subscription was gone already. */
  readonly url?: string;
  readonly status: DeliveryStatus;
  /** Attempts made so far: n of the protocol. */
  readonly attempts: number;
  /** The chain id of the message that may make the next attempt; a terminal record needs none. */
  readonly chain?: ChainId;
  /** Epoch milliseconds of the next attempt, while pending. */
  readonly dueAt?: number;
  /** The chain id of the message that still has to send the next attempt's: its send was refused (rule 4). */
  readonly unsentBy?: ChainId;
  /** Of a failed record: its operational events are out (rule 6). */
  readonly published?: boolean;
  /** Of the subscription, as it was seen at the attempt that failed and counted. */
  readonly epoch?: number;
  readonly history: readonly AttemptEntry[];
  /** Why it failed or was cancelled, for people. */
  readonly reason?: string;
  /** Epoch milliseconds at which it became terminal. */
  readonly settledAt?: number;
  /** Of a replay: the manual retry or recovery that made it, and the delivery that the event itself caused. */
  readonly replayId?: string;
  readonly replayOf?: DeliveryId;
  /** Of an original: its replays, oldest first (rule 8). */
  readonly replays?: readonly DeliveryId[];
  /** Epoch seconds. */
  readonly expiresAt: number;
}

export function isTerminal(status: DeliveryStatus): boolean {
  return status !== 'pending';
}

/**
 * Our own, from a write whose answer was lost: the settled time is stamped once an attempt, and so is a pending
 * record's next chain id.
 */
export function isSameRecord(stored: DeliveryRecord, record: DeliveryRecord): boolean {
  return (
    stored.status === record.status &&
    stored.attempts === record.attempts &&
    stored.settledAt === record.settledAt &&
    stored.chain === record.chain
  );
}
