import type { SubscriptionId, TenantId } from '../shared/identifiers';
import type { Changes } from '../shared/format';
import type { PreviousSecret } from '../signing/secret';
import type { ownerFields, Subscription } from './subscription';

/** What a tenant may have at the moment of a write, held by the write itself: two at once do not pass a limit. */
export interface CreationLimit {
  /** The plan by which the limit was found; absent: none on record. */
  readonly plan?: string;
  readonly maxSubscriptions?: number;
}

export interface SubscriptionWriter {
  /**
   * Puts the subscription and its routes, and counts it, in one transaction.
   *
   * @returns `limit` when the tenant has as many already, `plan-changed` when its plan is not the one that the limit
   *   was found by
   * @throws PortUnavailable
   */
  create(subscription: Subscription, limit?: CreationLimit): Promise<'created' | 'limit' | 'plan-changed'>;
}

/** What an owner changes. What is absent stays, null removes. */
export interface SubscriptionChange extends Changes<typeof ownerFields> {
  /** True: a new epoch, without the counts and reasons of the old one. False: disabled by its owner. */
  readonly enabled?: boolean;
  readonly secret?: RegeneratedSecret;
  /** Epoch milliseconds. Later than the last change. */
  readonly updatedAt: number;
}

/** A new secret, sealed, and what stays of the one before it. */
export interface RegeneratedSecret {
  readonly sealed: string;
  readonly previous?: PreviousSecret;
}

export interface SubscriptionPage {
  /** Newest first. An item that cannot be read is left out. */
  readonly subscriptions: readonly Subscription[];
  /** The last one examined, where there may be more. */
  readonly after?: SubscriptionId;
}

/** A tenant's subscriptions, for their owner. */
export interface SubscriptionDirectory extends SubscriptionWriter {
  /**
   * Newest first, read strongly.
   *
   * @param limit of items examined
   * @throws PortUnavailable
   */
  list(tenantId: TenantId, limit: number, after?: SubscriptionId): Promise<SubscriptionPage>;
  /**
   * Changes attribute by attribute, and the routes with the events, in one transaction; false when it is not as it was
   * seen (by `updatedAt` and epoch).
   *
   * @throws PortUnavailable
   */
  update(seen: Subscription, change: SubscriptionChange): Promise<boolean>;
  /**
   * Removes it and its routes, and counts it no more; false when it is not as it was seen, or gone.
   *
   * @throws PortUnavailable
   */
  remove(seen: Subscription): Promise<boolean>;
}
