import type { SubscriptionId, TenantId } from '../shared/identifiers';
import type { PreviousSecret, SealedHeaders } from '../signing/secret';
import type { Subscription } from './subscription';

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

/** What an owner changes; what is absent stays, null takes away. */
export interface SubscriptionChange {
  readonly url?: string;
  readonly eventTypes?: readonly string[];
  readonly description?: string | null;
  /** True: a new epoch, nothing of the old one's counts and reasons is left. False: disabled by its owner. */
  readonly enabled?: boolean;
  readonly headers?: SealedHeaders | null;
  /** Attempts a second. A limit that changes begins anew, with nobody in line. */
  readonly rateLimit?: number | null;
  readonly secret?: { readonly sealed: string; readonly previous?: PreviousSecret };
  /** Epoch milliseconds; later than what it was updated at before. */
  readonly updatedAt: number;
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
