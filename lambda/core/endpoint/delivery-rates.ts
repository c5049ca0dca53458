import type { RateLimit } from './rate-limit';
import type { SubscriptionKey } from '../shared/identifiers';

/** How a mark of a rate limit is to move. All in microseconds, times since 1970. */
export interface RateAdvance {
  readonly mark: 'spentUntil' | 'lineUntil';
  /** The limit, and where its marks were last seen: a hint, which may be old. */
  readonly seen: RateLimit;
  /** From there on, where the mark is earlier or there is none. */
  readonly notBefore: number;
  readonly by: number;
  /** It moves no further than this. */
  readonly notAfter: number;
}

export type RateAdvanced =
  | { readonly advanced: true; /** Where it stood, or `notBefore`. */ readonly from: number }
  /**
   * It would go too far, or another has moved it; as it stands. Absent: there is no limit any more, or no subscription.
   */
  | { readonly advanced: false; readonly stored?: RateLimit };

/** The marks of subscriptions' rate limits, on their items. */
export interface DeliveryRates {
  /**
   * Moves a mark at once, or not at all, as long as the limit is the one that was seen.
   *
   * @throws PortUnavailable
   */
  advance(key: SubscriptionKey, advance: RateAdvance): Promise<RateAdvanced>;
}
