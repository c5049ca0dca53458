/** Asks a subscription's rate limit for a batch's attempts: who goes now, and when the others come again. */
import { type RandomSource, randomFraction } from '../shared/random';
import { PortUnavailable } from '../shared/errors';
import { BATCHING_WINDOW_MS, GroupedWriter, type GroupResult } from '../shared/grouped-writer';
import { affordable, costOf, type RateLimit } from './rate-limit';
import type { Clock } from '../shared/clock';
import type { DeliveryRates } from './delivery-rates';
import { type SubscriptionKey, targetName } from '../shared/identifiers';

/**
 * Burst allowance. Messages that waited in line get twice as much, because SQS delays have one-second resolution and
 * they arrive unevenly.
 */
const BURST_MICROS = 1_000_000;
const TURN_BURST_MICROS = 2 * BURST_MICROS;
/** A queue's shortest delay: nobody is given an earlier place. */
const FIRST_PLACE_MS = 1_000;
/** The longest DelaySeconds of SQS (AWS, "Amazon SQS delay queues"): a place further off is not given. */
const LINE_MAX_MS = 900_000;
/** Who finds the line full comes back after this, and up to a fifth more. */
const LINE_FULL_MS = 750_000;
/**
 * If the bucket has been idle this long, the messages in line will not arrive (circuit open, or `cancelled`). New
 * messages need not wait for them.
 */
const IDLE_MICROS = 5_000_000;
/** The marks could not be moved: nobody goes, and nobody is given back to the queue, which would count it. */
const REFUSED_MS = 30_000;
/** The limit was changed while it was asked, or others were always faster. */
const CHANGED_MS = 1_000;
/** Another function moved the same mark meanwhile. */
const TRIES = 4;
/** At most a batch of SQS that Lambda takes. */
const GROUP_MAX = 10_000;

/** What may become of an attempt under its limit. */
export type Turn =
  | { readonly kind: 'now' }
  /** Its place in the line: epoch milliseconds. */
  | { readonly kind: 'place'; readonly at: number }
  /** Ask again at that time: there is no place, or the limit has just changed. */
  | { readonly kind: 'later'; readonly at: number };

interface Asking {
  /** Its turn in the line has come. */
  readonly inTurn: boolean;
}

/** One batch's attempts at one subscription: asks for all of them at once, in one write or two. */
export class RateLimiter {
  private readonly lines = new Map<string, GroupedWriter<Asking, Turn>>();

  constructor(
    private readonly ports: { readonly clock: Clock; readonly random: RandomSource; readonly rates: DeliveryRates },
  ) {}

  /**
   * @param limit as the batch read it
   * @param inTurn the message waited in line, or probes a circuit: it goes before those who come new
   */
  turn(key: SubscriptionKey, limit: RateLimit, inTurn: boolean): Promise<Turn> {
    const name = targetName(key);
    let line = this.lines.get(name);
    if (line === undefined) {
      line = new GroupedWriter(GROUP_MAX, (group) => this.ask(key, limit, group), {
        expectsMore: () => true,
        wait: () => this.ports.clock.sleep(BATCHING_WINDOW_MS),
      });
      this.lines.set(name, line);
    }
    return line.write({ inTurn });
  }

  private async ask(
    key: SubscriptionKey,
    limit: RateLimit,
    group: readonly Asking[],
  ): Promise<readonly GroupResult<Turn>[]> {
    const now = this.ports.clock.now();
    // A place is a second ahead at least; who is due within that second has the larger burst, and loses nothing.
    const nobodyWaits =
      (limit.lineUntil ?? 0) <= (now + FIRST_PLACE_MS) * 1000 || (limit.spentUntil ?? 0) < now * 1000 - IDLE_MICROS;
    const inTurn = group.filter((each) => each.inTurn);
    const candidates = nobodyWaits ? [...inTurn, ...group.filter((each) => !each.inTurn)] : inTurn;
    const burst = inTurn.length > 0 ? TURN_BURST_MICROS : BURST_MICROS;
    const going = candidates.slice(
      0,
      await this.unlessRefused(() => this.spend(key, limit, now, candidates.length, burst), 0),
    );
    const waiting = group.filter((each) => !going.includes(each));
    const places = await this.unlessRefused(
      () => this.places(key, limit, now, waiting.length),
      waiting.map(() => this.later(now, REFUSED_MS)),
    );
    const turns = new Map<Asking, Turn>(waiting.map((each, index) => [each, places[index]!]));
    return group.map((each) => ({ ok: true, result: turns.get(each) ?? { kind: 'now' } }));
  }

  /** What was granted stays granted, whatever becomes of the others. */
  private async unlessRefused<T>(ask: () => Promise<T>, otherwise: T): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      if (error instanceof PortUnavailable) return otherwise;
      throw error;
    }
  }

  /** @returns how many may go now */
  private async spend(
    key: SubscriptionKey,
    limit: RateLimit,
    now: number,
    wanted: number,
    burst: number,
  ): Promise<number> {
    let seen = limit;
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      const count = affordable(seen, now * 1000, burst, wanted);
      if (count === 0) return 0;
      const moved = await this.ports.rates.advance(key, {
        mark: 'spentUntil',
        seen,
        notBefore: now * 1000,
        by: count * costOf(limit),
        notAfter: now * 1000 + burst,
      });
      if (moved.advanced) return count;
      if (moved.stored?.perSecond !== limit.perSecond) return 0;
      seen = moved.stored;
    }
    return 0;
  }

  /** The next places of the line, evenly apart. */
  private async places(key: SubscriptionKey, limit: RateLimit, now: number, count: number): Promise<readonly Turn[]> {
    if (count === 0) return [];
    const cost = costOf(limit);
    const [first, last] = [(now + FIRST_PLACE_MS) * 1000, (now + LINE_MAX_MS) * 1000];
    let seen = limit;
    for (let attempt = 1; attempt <= TRIES; attempt += 1) {
      const from = Math.max(seen.lineUntil ?? 0, first);
      const fitting = Math.min(count, Math.floor((last - from) / cost));
      if (fitting <= 0) return Array.from({ length: count }, () => this.later(now, LINE_FULL_MS));
      const moved = await this.ports.rates.advance(key, {
        mark: 'lineUntil',
        seen,
        notBefore: first,
        by: fitting * cost,
        notAfter: last,
      });
      if (moved.advanced)
        return Array.from({ length: count }, (_unused, index): Turn =>
          index < fitting
            ? { kind: 'place', at: Math.ceil((moved.from + index * cost) / 1000) }
            : this.later(now, LINE_FULL_MS),
        );
      if (moved.stored?.perSecond !== limit.perSecond) break;
      seen = moved.stored;
    }
    return Array.from({ length: count }, () => this.later(now, CHANGED_MS));
  }

  private later(now: number, waitMs: number): Turn {
    return { kind: 'later', at: now + Math.ceil(waitMs * (1 + 0.2 * randomFraction(this.ports.random))) };
  }
}
