import { integer, type Model, number, optional } from '../shared/format';

/**
 * A subscription's rate limit: how many attempts a second its owner says the endpoint stands. What goes over it waits
 * in a line, and is delivered in its turn.
 *
 * Two marks in time stand on the subscription's item. `spentUntil` is a bucket: each attempt moves it on by the time
 * that one takes under the limit, and it may be ahead of the clock by the burst, no more; so that in any T seconds
 * there are at most limit x (T + 2) attempts, however many functions make them. `lineUntil` is the line's end: who may
 * not go now gets the place there, and comes back at that time, when the bucket has room again; without it, all would
 * come back at once, or too seldom.
 */
export const RATE_LIMIT_MAX = 1_000;

/** How a rate limit and its marks are stored. */
export const rateLimitFields = {
  /** Attempts: 1 to {@link RATE_LIMIT_MAX}. */
  perSecond: integer('rate_limit'),
  /** Microseconds since 1970. Absent: never used. */
  spentUntil: optional(number('rate_spent')),
  /** Microseconds since 1970. Absent: no delivery ever waited. */
  lineUntil: optional(number('rate_line')),
};

export type RateLimit = Model<typeof rateLimitFields>;

/** A delivery waits for a limit at most this long in all, over all its attempts; rule 9 counts on it. */
export const RATE_WAIT_MAX_MS = 24 * 3600 * 1000;

/** How much time one attempt takes under a limit, in microseconds. */
export function costOf({ perSecond }: RateLimit): number {
  return Math.ceil(1_000_000 / perSecond);
}

/** How many attempts may go now, of so many that want to. */
export function affordable(limit: RateLimit, nowMicros: number, burst: number, wanted: number): number {
  const free = nowMicros + burst - Math.max(limit.spentUntil ?? 0, nowMicros);
  return Math.max(0, Math.min(wanted, Math.floor(free / costOf(limit))));
}
