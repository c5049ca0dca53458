/** The record of a delivery: one event on its way to one endpoint, as the delivery log shows it. */
import type { AttemptResult } from '../endpoint/endpoint';
import { integer, mark, type Model, number, optional, records, rounded, text, texts } from '../shared/format';
import type { ChainId, DeliveryId, EventId, SubscriptionId, TenantId } from '../shared/identifiers';
import { reasonField } from '../shared/reason-format';

/** One line of a delivery's history. */
const attemptFields = {
  /** Epoch milliseconds at which it began. */
  at: number('a'),
  latencyMs: rounded('l'),
  /** HTTP status, when there was a response. */
  status: optional(integer('s')),
  /** Why there was none. */
  error: optional(reasonField('e')),
  /** The start of the response body. */
  answer: optional(text('b')),
};

export type AttemptEntry = Model<typeof attemptFields>;

export function attemptEntry(at: number, result: AttemptResult): AttemptEntry {
  const { latencyMs } = result;
  if (result.kind !== 'answered') return { at, latencyMs, error: result.reason };
  return { at, latencyMs, status: result.status, answer: result.answer === '' ? undefined : result.answer };
}

export type DeliveryStatus = 'pending' | 'delivered' | 'failed' | 'cancelled';

/** How a record is stored. Names are short because each record has to fit one write unit. */
export const deliveryRecordFields = {
  status: text<DeliveryStatus>('st'),
  /** Attempts made so far: n of the protocol. */
  attempts: integer('n'),
  eventId: text<EventId>('ev'),
  eventType: text('ty'),
  /** Where it went, or would have gone. Unknown when the subscription was gone already. */
  url: optional(text('url')),
  history: records('log', attemptFields),
  /** Why it failed or was canceled. */
  reason: optional(reasonField('why')),
  /** The chain id of the message that may make the next attempt. A terminal record needs none. */
  chain: optional(text<ChainId>('ch')),
  /** Epoch milliseconds of the next attempt, while pending. */
  dueAt: optional(number('due')),
  /** The chain id of the message that must still send the next attempt's message: its send was refused (rule 4). */
  unsentBy: optional(text<ChainId>('owed')),
  /** Of a failed record: its operational events were published (rule 6). */
  published: mark('told'),
  /** Of the subscription, as it was seen at the attempt that failed and counted. */
  epoch: optional(integer('ep')),
  /** Epoch milliseconds at which it became terminal. */
  settledAt: optional(number('end')),
  /** Epoch seconds: the table's TTL. */
  expiresAt: integer('ex'),
  /** Of a replay: the manual retry or recovery that made it. */
  replayId: optional(text('rid')),
  /** Of a replay: the delivery that the event itself caused. */
  replayOf: optional(text<DeliveryId>('of')),
  /** Of an original: its replays, oldest first (rule 8). */
  replays: optional(texts<DeliveryId>('rp')),
};

export interface DeliveryRecord extends Model<typeof deliveryRecordFields> {
  readonly tenantId: TenantId;
  readonly subscriptionId: SubscriptionId;
  readonly deliveryId: DeliveryId;
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
