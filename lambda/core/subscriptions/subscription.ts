/** A customer's subscription: which events go to which URL, and the secret that signs them. */
import type { Circuit, Suspicion } from '../endpoint/circuit';
import type { SubscriptionId, TenantId } from '../shared/identifiers';
import type { SecretOwner } from '../signing/key-ring';
import type { RateLimit } from '../endpoint/rate-limit';
import type { PreviousSecret, SealedHeaders } from '../signing/secret';

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
  readonly countAtLastSuccess: number;
  /** Why it was disabled, when not by its owner. */
  readonly disabledReason?: string;
  /** Epoch milliseconds. */
  readonly disabledAt?: number;
  /** The operational event about its being disabled is out. */
  readonly disablingPublished?: boolean;
  readonly circuit?: Circuit;
  readonly suspicion?: Suspicion;
  readonly sealedSecret: string;
  /** The secret before it was regenerated with an overlap: Standard Webhooks carries its signature, too, until then. */
  readonly previousSecret?: PreviousSecret;
  /** Headers of the owner's own on every delivery, credentials mostly: names in clear, the values sealed. */
  readonly headers?: SealedHeaders;
  /** Absent: as fast as events come. */
  readonly rateLimit?: RateLimit;
  /** Who made it, where the platform says so. */
  readonly userId?: string;
  /** Epoch milliseconds. */
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** What is kept of a tenant itself. */
export interface Account {
  /** Signs what goes to the URLs that its events name; made when it is first needed. */
  readonly sealedSecret?: string;
  readonly previousSecret?: PreviousSecret;
  /** Absent: no plan on record, which is allowed everything. */
  readonly plan?: string;
}

/**
 * What stands for a subscription when an event names its own URL: the circuit of its origin. It is never counted or
 * disabled.
 */
export type UrlTarget = Pick<Subscription, 'tenantId' | 'id' | 'circuit' | 'suspicion'>;

/** The row by which an event type's fan-out finds a subscription. */
export interface SubscriptionRoute {
  readonly subscriptionId: SubscriptionId;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

/** Whose secret a subscription's sealed secret is. */
export function secretOwner(subscription: Pick<Subscription, 'tenantId' | 'id'>): SecretOwner {
  return { purpose: 'signing-secret', tenantId: subscription.tenantId, owner: subscription.id };
}

/** Whose headers a subscription's sealed headers are. */
export function headersOwner(subscription: Pick<Subscription, 'tenantId' | 'id'>): SecretOwner {
  return { purpose: 'headers', tenantId: subscription.tenantId, owner: subscription.id };
}
