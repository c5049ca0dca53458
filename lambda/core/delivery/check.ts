import { type DeliveryMessage, type DeliveryRecord, isTerminal } from './delivery';

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
  /** Its turn once the record is taken. */
  | { readonly kind: 'take' }
  /** The attempt was made, but the next one's message still has to be sent, by this message. */
  | { readonly kind: 'resend'; readonly record: DeliveryRecord }
  /** It failed, and what follows from that was not completed. */
  | { readonly kind: 'complete'; readonly record: DeliveryRecord }
  /**
   * Another message has it, and its re-enqueue is still owed: whether this one is needed is known once that is sent.
   */
  | { readonly kind: 'wait' }
  /** Another message has it, or nothing is left to do. */
  | { readonly kind: 'drop' };

/** @param record as just read, strongly */
export function decideTurn(message: DeliveryMessage, record: DeliveryRecord | undefined): TurnDecision {
  if (record === undefined) return { kind: 'take' };
  if (isTerminal(record.status)) return isIncomplete(record) ? { kind: 'complete', record } : { kind: 'drop' };
  if (record.attempts === message.attempt && mustResend(message, record)) return { kind: 'resend', record };
  if (record.attempts >= message.attempt) return { kind: 'drop' };
  if (record.attempts === message.attempt - 1)
    return { kind: record.chain === message.chain ? 'attempt' : record.unsentBy === undefined ? 'drop' : 'wait' };
  return { kind: 'attempt' }; // the record is behind: a retry that overtook its own record
}

/** A failed record whose decision and operational events may not have come to their end. */
export function isIncomplete(record: DeliveryRecord): boolean {
  return record.status === 'failed' && record.published !== true;
}

export function mustResend(message: DeliveryMessage, record: DeliveryRecord): boolean {
  return record.unsentBy !== undefined && record.unsentBy === message.chain;
}
