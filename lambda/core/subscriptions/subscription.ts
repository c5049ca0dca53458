/** A customer's subscription: which events go where, and the secret that signs them. */
import { circuitFields } from '../endpoint/circuit';
import { rateLimitFields } from '../endpoint/rate-limit';
import {
  boolean,
  group,
  integer,
  mark,
  type Model,
  names,
  number,
  optional,
  text,
  texts,
  written,
} from '../shared/format';
import type { SubscriptionId, TenantId } from '../shared/identifiers';
import { reasonField } from '../shared/reason-format';
import type { SecretOwner } from '../signing/key-ring';
import { previousSecretFields, sealedHeadersFields } from '../signing/secret';

/** Where events go. Later versions have other kinds. */
export interface HttpsDestination {
  readonly kind: 'https';
  readonly url: string;
}

export type Destination = HttpsDestination;

/** What a subscription's owner sets. A field that is added here is stored, read and changed like the others. */
export const ownerFields = {
  destination: written<Destination>(
    'url',
    'a URL',
    ({ url }) => url,
    (url) => ({ kind: 'https', url }),
  ),
  eventTypes: texts('events'),
  description: optional(text('description')),
  /** The owner's own headers on every delivery, credentials mostly: names in clear, the values sealed. */
  headers: optional(group(sealedHeadersFields)),
  /** Absent: as fast as events come. */
  rateLimit: optional(group(rateLimitFields)),
};

/** What the functions keep about a subscription. */
const stateFields = {
  enabled: boolean('enabled'),
  /** Raised whenever it is enabled again. Counting belongs to an epoch (rule 6). */
  epoch: integer('epoch'),
  /** Failed deliveries that counted in this epoch. Only grows. The streak is count - countAtLastSuccess. */
  count: integer('count'),
  countAtLastSuccess: integer('forgiven'),
  /** Why it was disabled, unless its owner did that. */
  disabledReason: optional(reasonField('disabled_reason')),
  /** Epoch milliseconds. */
  disabledAt: optional(number('disabled_at')),
  /** The operational event about the disabling was published. */
  disablingPublished: mark('announced'),
  /** Transport failures have opened it. */
  circuit: optional(group(circuitFields.circuit)),
  suspicion: optional(group(circuitFields.suspicion)),
  sealedSecret: text('secret'),
  /** The secret before a regeneration with overlap. Until its end, Standard Webhooks carries its signature, too. */
  previousSecret: optional(group(previousSecretFields)),
  /** Who created it, where the platform says so. */
  userId: optional(text('user')),
  /** Epoch milliseconds. */
  createdAt: number('created'),
  /** Epoch milliseconds. */
  updatedAt: number('updated'),
};

/** How a subscription is stored: the one place that knows its attributes. */
export const subscriptionFields = { ...ownerFields, ...stateFields };

/** Names of attributes, for update expressions. */
export const SUBSCRIPTION_NAMES = names(subscriptionFields);

export interface Subscription extends Model<typeof subscriptionFields> {
  readonly kind: 'subscription';
  readonly tenantId: TenantId;
  readonly id: SubscriptionId;
}

/**
 * What stands for a subscription when an event names its own URL: the circuit of its origin. It is never counted or
 * disabled.
 */
export interface Origin extends Model<typeof originFields> {
  readonly kind: 'origin';
  readonly tenantId: TenantId;
  readonly id: SubscriptionId;
}

export const originFields = { circuit: stateFields.circuit, suspicion: stateFields.suspicion };

/** Where a delivery goes. */
export type Target = Subscription | Origin;

/** What is kept of a tenant itself. */
export const accountFields = {
  /** Signs what goes to the URLs that its events name. Created when it is first needed. */
  sealedSecret: optional(text('secret')),
  previousSecret: optional(group(previousSecretFields)),
  /** Absent: no plan on record, which allows everything. */
  plan: optional(text('plan')),
};

/** Kept beside the account's fields. Only conditions of a write read the count of a tenant's subscriptions. */
const accountCounters = { subscriptionCount: integer('subs') };

export const ACCOUNT_NAMES = names({ ...accountFields, ...accountCounters });

export type Account = Model<typeof accountFields>;

/** The row by which an event type's fan-out finds a subscription. */
export interface SubscriptionRoute {
  readonly subscriptionId: SubscriptionId;
  /** Epoch milliseconds. */
  readonly createdAt: number;
}

export const routeFields = { createdAt: number('created') };

/** Failed deliveries in a row. */
export function streakOf({ count, countAtLastSuccess }: Pick<Subscription, 'count' | 'countAtLastSuccess'>): number {
  return Math.max(0, count - countAtLastSuccess);
}

/** Whose secret a subscription's sealed secret is. */
export function secretOwner(subscription: Pick<Subscription, 'tenantId' | 'id'>): SecretOwner {
  return { purpose: 'signing-secret', tenantId: subscription.tenantId, owner: subscription.id };
}

/** Whose headers a subscription's sealed headers are. */
export function headersOwner(subscription: Pick<Subscription, 'tenantId' | 'id'>): SecretOwner {
  return { purpose: 'headers', tenantId: subscription.tenantId, owner: subscription.id };
}
