/** How deliveries are named in the log, as the API names them. */
import { publicDeliveryId } from '../shared/identifiers';
import type { LogFields } from '../shared/log';
import type { DeliveryKey } from './delivery-log';

export function deliveryLogFields(delivery: DeliveryKey & { readonly eventId?: string }): LogFields {
  return {
    tenant_id: delivery.tenantId,
    delivery_id: publicDeliveryId(delivery),
    ...(delivery.eventId !== undefined && { event_id: delivery.eventId }),
  };
}
