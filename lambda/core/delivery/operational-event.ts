import { isUrlTarget, publicDeliveryId } from '../shared/identifiers';
import { reason, type Reason, type ReasonCode, reasonText } from '../shared/reason';
import { streakOf, type Subscription } from '../subscriptions/subscription';
import type { DeliveryRecord } from './delivery-record';

export type OperationalEvent =
  /** A delivery is given up. */
  | { readonly name: 'delivery.failed'; readonly detail: DeliveryFailedDetail }
  /** One more failed delivery in a row will disable the subscription. */
  | {
      readonly name: 'subscription.failing';
      readonly detail: SubscriptionDetail & { readonly failed_in_a_row: number; readonly disabled_after: number };
    }
  | { readonly name: 'subscription.disabled'; readonly detail: SubscriptionDetail & ReasonDetail };

/** A reason as people read it, and as a program does. */
interface ReasonDetail {
  readonly reason: string;
  readonly reason_code: ReasonCode;
  readonly reason_params: Reason['params'];
}

interface DeliveryFailedDetail extends ReasonDetail {
  readonly tenant_id: string;
  /** Absent for a delivery to an event's own URL. */
  readonly subscription_id?: string;
  /** As the API names it. */
  readonly delivery_id: string;
  readonly event_id: string;
  readonly event_type: string;
  readonly attempts: number;
}

interface SubscriptionDetail {
  readonly tenant_id: string;
  readonly subscription_id: string;
}

export function deliveryFailed(record: DeliveryRecord): OperationalEvent {
  const { tenantId, subscriptionId, eventId, eventType, attempts } = record;
  return {
    name: 'delivery.failed',
    detail: {
      tenant_id: tenantId,
      ...(!isUrlTarget(subscriptionId) && { subscription_id: subscriptionId }),
      delivery_id: publicDeliveryId(record),
      event_id: eventId,
      event_type: eventType,
      attempts,
      ...reasonDetail(record.reason ?? reason('unknown')),
    },
  };
}

export function subscriptionFailing(subscription: Subscription, disabledAfter: number): OperationalEvent {
  const { tenantId, id } = subscription;
  return {
    name: 'subscription.failing',
    detail: {
      tenant_id: tenantId,
      subscription_id: id,
      failed_in_a_row: streakOf(subscription),
      disabled_after: disabledAfter,
    },
  };
}

export function subscriptionDisabled(
  { tenantId, id }: Pick<Subscription, 'tenantId' | 'id'>,
  why: Reason,
): OperationalEvent {
  const detail = { tenant_id: tenantId, subscription_id: id, ...reasonDetail(why) };
  return { name: 'subscription.disabled', detail };
}

function reasonDetail(why: Reason): ReasonDetail {
  return { reason: reasonText(why), reason_code: why.code, reason_params: why.params };
}

export interface OperationalEvents {
  /** @throws PortUnavailable */
  emit(events: readonly OperationalEvent[]): Promise<void>;
}
