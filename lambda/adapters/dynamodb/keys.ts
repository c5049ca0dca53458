/**
 * Keys of the three tables. Every key begins with the tenant, so that no read made for one tenant can name another's item. `#` joins the parts, and no
 * id holds one.
 */
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type DeliveryId, type EventId, logShard, type SubscriptionId, type TenantId } from '../../core/identifiers';

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
  return { pk: { S: `${tenantId}#${subscriptionId}#${logShard(deliveryId)}` }, sk: { S: deliveryId } };
}

/** The current or last recovery of a subscription; removed with it. */
export function recoveryItemKey(tenantId: TenantId, subscriptionId: SubscriptionId): Item {
  return { pk: { S: `T#${tenantId}` }, sk: { S: `J#${subscriptionId}` } };
}
