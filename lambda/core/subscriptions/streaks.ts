import type { SubscriptionKey } from '../shared/identifiers';

/** Consecutive failures of a subscription, on its item alone (rule 6). */
export interface Streaks {
  /**
   * After a success: sets countAtLastSuccess to count, if the subscription exists and is of that epoch.
   *
   * @throws PortUnavailable
   */
  resetStreak(key: SubscriptionKey, epoch: number): Promise<void>;
}
