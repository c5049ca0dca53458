/** A customer's subscription: which events go to which URL, and the secret that signs them. */
import type { Circuit } from './circuit';
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
  /** Failed deliveries that counted in this epoch. Only grows; the streak is count - forgiven. */
  readonly count: number;
  /** What `count` was at the last success. */
  readonly forgiven: number;
  /** Why it was disabled, when not by its owner. */
  readonly disabledReason?: string;
  /** Epoch milliseconds. */
  readonly disabledAt?: number;
  /** The operational event about its being disabled is out. */
  readonly announced?: boolean;
  readonly circuit?: Circuit;
  readonly sealedSecret: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** What stands for a subscription when an event names its own URL: the circuit of its origin. It is never counted or disabled. */
export type UrlTarget = Pick<Subscription, 'tenantId' | 'id' | 'circuit'>;

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
