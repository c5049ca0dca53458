/** Rule 3 of the protocol: may this message make its attempt? */
import { type DeliveryMessage, type DeliveryRecord, isTerminal } from './delivery';

/**
 * A first attempt younger than this may go without reading the record: nobody else can have made it yet, since every visibility timeout is longer, and
 * a repeated fan-out is delayed by this and the deliver function's timeout.
 */
export const UNCHECKED_MS = 60_000;

export function goesUnchecked(message: DeliveryMessage, now: number): boolean {
  return message.attempt === 1 && now - message.arrivedAt < UNCHECKED_MS;
}

/** `attempt`: its turn. `take`: its turn once the record is taken. `drop`: another message has it, or nothing is left to do. */
export type Verdict = 'attempt' | 'take' | 'drop';

/** @param record as just read, strongly */
export function judge(message: DeliveryMessage, record: DeliveryRecord | undefined): Verdict {
  if (record === undefined) return 'take';
  if (isTerminal(record.status)) return 'drop';
  if (record.attempts >= message.attempt) return 'drop';
  if (record.attempts === message.attempt - 1) return record.chain === message.chain ? 'attempt' : 'drop';
  return 'attempt'; // the record is behind: a retry that overtook its own record
}
