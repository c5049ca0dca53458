import { UnreadableItem } from '../shared/errors';
import type { SubscriptionKey, TenantId } from '../shared/identifiers';
import type { Account, Subscription, Target } from './subscription';

/** What deliver reads of where its batch goes. */
export interface Targets {
  /**
   * One a key, in order; a deleted subscription is undefined, and so is the row of a URL's origin that has never been
   * written. An item that cannot be read is its error, so that it holds up nothing else of the batch.
   */
  readonly subscriptions: readonly (Target | UnreadableItem | undefined)[];
  /** What is kept of the tenants that were asked for, of those that have anything. */
  readonly accounts: ReadonlyMap<TenantId, Account>;
}

export interface SubscriptionReader {
  /**
   * All at once, read strongly (rule 3).
   *
   * @throws PortUnavailable
   */
  read(keys: readonly SubscriptionKey[], accounts?: readonly TenantId[]): Promise<Targets>;
}

/**
 * The one subscription that was asked for.
 *
 * @returns undefined if there is none
 * @throws UnreadableItem
 */
export function subscriptionAmong([found]: Targets['subscriptions']): Subscription | undefined {
  if (found instanceof UnreadableItem) throw found;
  return isSubscription(found) ? found : undefined;
}

export function isSubscription(found: Target | UnreadableItem | undefined): found is Subscription {
  return found !== undefined && !(found instanceof UnreadableItem) && found.kind === 'subscription';
}
