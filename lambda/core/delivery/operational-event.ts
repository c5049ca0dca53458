import { isUrlTarget } from '../shared/identifiers';
import type { Subscription } from '../subscriptions/subscription';
import type { DeliveryRecord } from './delivery';

export type OperationalEvent =
  /** A delivery is given up. */
  | { readonly name: 'delivery.failed'; readonly detail: DeliveryFailedDetail }
  /** One more failed delivery in a row will disable the subscription. */
  | {
      readonly name: 'subscription.failing';
      readonly detail: SubscriptionDetail & { readonly failed_in_a_row: number; readonly disabled_after: number };
    }
  | { readonly name: 'subscription.disabled'; readonly detail: SubscriptionDetail & { readonly reason: string } };

interface DeliveryFailedDetail {
  readonly tenant_id: string;
  /** Absent for a delivery to an event's own URL. */
  readonly subscription_id?: string;
  readonly delivery_id: string;
  readonly event_id: string;
  readonly event_type: string;
  readonly attempts: number;
  readonly reason: string;
}

interface SubscriptionDetail {
  readonly tenant_id: string;
  readonly subscription_id: string;
}

export function deliveryFailed(record: DeliveryRecord): OperationalEvent {
  const { tenantId, subscriptionId, deliveryId, eventId, eventType, attempts, reason } = record;
  return {
    name: 'delivery.failed',
    detail: {
      tenant_id: tenantId,
      ...(!isUrlTarget(subscriptionId) && { subscription_id: subscriptionId }),
      delivery_id: deliveryId,
      event_id: eventId,
      event_type: eventType,
      attempts,
      reason: reason ?? 'unknown',
    },
  };
}

export function subscriptionFailing(
  { tenantId, id, count, countAtLastSuccess }: Subscription,
  disabledAfter: number,
): OperationalEvent {
  return {
    name: 'subscription.failing',
    detail: {
      tenant_id: tenantId,
      subscription_id: id,
      failed_in_a_row: count - countAtLastSuccess,
      disabled_after: disabledAfter,
    },
  };
}

export function subscriptionDisabled(
  { tenantId, id }: Pick<Subscription, 'tenantId' | 'id'>,
  reason: string,
): OperationalEvent {
  return { name: 'subscription.disabled', detail: { tenant_id: tenantId, subscription_id: id, reason } };
}

export interface OperationalEvents {
  /** @throws PortUnavailable */
  emit(events: readonly OperationalEvent[]): Promise<void>;
}
