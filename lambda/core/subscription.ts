/** A customer's subscription: which events go to which URL, and the secret that signs them. */
import type { SubscriptionId, TenantId } from './identifiers';
import type { SecretOwner } from './key-ring';

export interface Subscription {
  readonly tenantId: TenantId;
  readonly id: SubscriptionId;
  readonly url: string;
  readonly eventTypes: readonly string[];
  readonly description?: string;
  readonly enabled: boolean;
  /** Raised whenever it is enabled again; counting belongs to an epoch (rule 6). */
  readonly epoch: number;
  readonly sealedSecret: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** The row by which an event type's fan-out finds a subscription. */
export interface Route {
  readonly subscriptionId: SubscriptionId;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/** Whose secret a subscription's sealed secret is. */
export function secretOwner(subscription: Pick<Subscription, 'tenantId' | 'id'>): SecretOwner {
  return { purpose: 'signing-secret', tenantId: subscription.tenantId, owner: subscription.id };
}
