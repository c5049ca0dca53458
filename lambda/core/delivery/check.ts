/** Rule 3 of the protocol: may this message make its attempt? */
import type { DeliveryMessage } from './delivery-message';
import { type DeliveryRecord, isTerminal } from './delivery-record';

/**
 * A first attempt younger than this may go without reading the record: nobody else can have made it yet, since every
 * visibility timeout is longer, and a repeated fan-out is delayed by this and the deliver function's timeout. A replay
 * may not: a recovery's page that is done twice sends it twice at once.
 */
export const UNCHECKED_MS = 60_000;

export function goesUnchecked(message: DeliveryMessage, now: number): boolean {
  return message.attempt === 1 && message.replayId === undefined && now - message.arrivedAt < UNCHECKED_MS;
}

export type TurnDecision =
  /** Its turn. */
  | { readonly kind: 'attempt' }
  /** Its turn once it has created the record. */
  | { readonly kind: 'claim' }
  /** The attempt was made, but this message must still send the next attempt's message. */
  | { readonly kind: 'resend'; readonly record: DeliveryRecord }
  /** The delivery failed, and what follows from that was not completed. */
  | { readonly kind: 'complete'; readonly record: DeliveryRecord }
  /** Another message has the turn and must still send the next one: whether this one is needed is known after that. */
  | { readonly kind: 'wait' }
  /** Another message has the turn, or nothing is left to do. */
  | { readonly kind: 'drop' };

/**
 * One line a clause of the rule, in its order. k is `message.attempt`, n is `record.attempts`.
 *
 * @param record as just read, strongly
 */
export function decideTurn(message: DeliveryMessage, record: DeliveryRecord | undefined): TurnDecision {
  if (record === undefined) return { kind: 'claim' };
  const [k, n] = [message.attempt, record.attempts];
  if (isIncomplete(record)) return { kind: 'complete', record };
  if (isTerminal(record.status)) return { kind: 'drop' };
  if (n === k && mustResend(message, record)) return { kind: 'resend', record };
  if (n >= k) return { kind: 'drop' };
  if (n < k - 1) return { kind: 'attempt' }; // the record is behind: a retry that overtook its own record
  if (record.chain === message.chain) return { kind: 'attempt' };
  if (record.unsentBy !== undefined) return { kind: 'wait' };
  return { kind: 'drop' };
}

/** A failed record whose decision and operational events may not be complete. */
export function isIncomplete(record: DeliveryRecord): boolean {
  return record.status === 'failed' && record.published !== true;
}

/** Whether this message must still send the next attempt's message. */
export function mustResend(message: DeliveryMessage, record: DeliveryRecord): boolean {
  return record.unsentBy !== undefined && record.unsentBy === message.chain;
}
