/**
 * Keys of the tables. Every key begins with the tenant, so that no read made for one tenant can name another's item.
 * `#` joins the parts, and no id holds one.
 */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import {
  type DeliveryId,
  type EventId,
  logShard,
  type SubscriptionId,
  type TenantId,
} from '../../core/shared/identifiers';
import type { ReceptionKey } from '../../core/receiving/receptions';

export type Item = Record<string, AttributeValue>;

/** Version of the items' format, in attribute `v`. */
export const ITEM_VERSION = { N: '1' };

export function subscriptionItemKey(tenantId: TenantId, subscriptionId: SubscriptionId): Item {
  return { pk: { S: `T#${tenantId}` }, sk: { S: `S#${subscriptionId}` } };
}

/** The tenant's own secret, for events that name their URL. */
export function accountItemKey(tenantId: TenantId): Item {
  return { pk: { S: `T#${tenantId}` }, sk: { S: 'A#' } };
}

/** Routes of an event type lie in a partition of their own: fan-out reads these alone. */
export function routePartition(tenantId: TenantId, eventType: string): string {
  return `R#${tenantId}#${eventType}`;
}

export function eventItemKey(tenantId: TenantId, eventId: EventId): Item {
  return { pk: { S: `${tenantId}#${eventId}` } };
}

/** The log key (rule 10): subscription and shard, then the delivery's time-ordered id. */
export function deliveryItemKey(tenantId: TenantId, subscriptionId: SubscriptionId, deliveryId: DeliveryId): Item {
  return { pk: { S: logPartition(tenantId, subscriptionId, logShard(deliveryId)) }, sk: { S: deliveryId } };
}

/** One shard of what went to a target; the index of failures has the same. */
export function logPartition(tenantId: TenantId, subscriptionId: SubscriptionId, shard: number): string {
  return `${tenantId}#${subscriptionId}#${shard}`;
}

/** Whose a log partition is. */
export function parseLogPartition(partition: string): {
  readonly tenantId: TenantId;
  readonly subscriptionId: SubscriptionId;
} {
  const [tenantId, subscriptionId] = partition.split('#');
  return { tenantId: tenantId as TenantId, subscriptionId: subscriptionId as SubscriptionId };
}

/** The current or last recovery of a subscription; removed with it. */
export function recoveryItemKey(tenantId: TenantId, subscriptionId: SubscriptionId): Item {
  return { pk: { S: `T#${tenantId}` }, sk: { S: `J#${subscriptionId}` } };
}

/**
 * Figures of an hour, by target, or of the tenant as a whole.
 *
 * @param hour epoch milliseconds
 */
export function hourItemKey(tenantId: TenantId, target: SubscriptionId | undefined, hour: number): Item {
  return {
    pk: { S: tenantId },
    sk: { S: `F#${target ?? '*'}#${new Date(hour).toISOString().slice(0, 'yyyy-mm-ddThh'.length)}` },
  };
}

/** When something was last sent to a subscription. */
export function triggeredItemKey(tenantId: TenantId, target: SubscriptionId): Item {
  return { pk: { S: tenantId }, sk: { S: `L#${target}` } };
}

/** An origin that the tenant's events named themselves. */
export function originItemKey(tenantId: TenantId, target: SubscriptionId): Item {
  return { pk: { S: tenantId }, sk: { S: `O#${target}` } };
}

/**
 * How often something was done in a window of time. No tenant id has a `#`, so this is none of a tenant's.
 *
 * @param start epoch seconds
 */
export function limitItemKey(name: string, windowSeconds: number, start: number): Item {
  return { pk: { S: `limit#${name}` }, sk: { S: `${windowSeconds}#${start}` } };
}

/** An event of a receiver's source, whose path holds no `#`. */
export function receptionItemKey({ source, identity }: ReceptionKey): Item {
  return { pk: { S: `${source}#${identity}` } };
}
