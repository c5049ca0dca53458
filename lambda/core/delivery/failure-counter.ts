import type { SubscriptionKey } from '../shared/identifiers';
import type { Streaks } from '../subscriptions/streaks';
import type { Subscription } from '../subscriptions/subscription';
import type { DeliveryRecord } from './delivery';

/** What counting came to: all records and the count, or nothing. */
export type Counted =
  | { readonly counted: true }
  /** Records that stand otherwise, by index; and whether the subscription is gone, disabled or of another epoch. */
  | { readonly counted: false; readonly refused: ReadonlyMap<number, DeliveryRecord>; readonly outdated: boolean };

/** Counts failed deliveries and disables, on the subscription's item alone (rule 6). */
export interface FailureCounter extends Streaks {
  /**
   * In one transaction: the failed records, each as {@link DeliveryLog.settle} would write it, and count + their
   * number, if the subscription is enabled and of that epoch. At most {@link COUNT_GROUP} records of one subscription.
   *
   * @throws PortUnavailable
   */
  count(
    key: SubscriptionKey,
    epoch: number,
    failures: readonly { readonly record: DeliveryRecord; readonly attempt: number }[],
  ): Promise<Counted>;
  /**
   * Disables, if the subscription is enabled and of the epoch, count and (unless `ignoreStreak`) forgiven that were
   * seen; false when not.
   *
   * @throws PortUnavailable
   */
  disable(
    seen: Subscription,
    reason: string,
    at: number,
    options?: { readonly ignoreStreak?: boolean },
  ): Promise<boolean>;
  /**
   * The operational event about the disabling is out.
   *
   * @throws PortUnavailable
   */
  markDisablingPublished(seen: Subscription): Promise<void>;
}

/** TransactWriteItems takes 100 actions (AWS); the rest is room. */
export const COUNT_GROUP = 90;
