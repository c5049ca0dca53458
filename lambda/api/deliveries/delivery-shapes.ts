/** What the operations on deliveries share: how a path names a delivery or an event, and the example. */
import { formatReason } from '../../core/shared/reason-format';
import { reason } from '../../core/shared/reason';
import { z } from '@hono/zod-openapi';
import { oncePerContext } from '../context';
import { EVENT_ID_EXAMPLE, eventIdPattern } from '../events/event-resource';
import { type Delivery, DELIVERY_EXAMPLE, DELIVERY_ID_EXAMPLE, deliveryIdPattern } from './delivery-resource';

/** The message for a delivery that does not exist. */
export const UNKNOWN_DELIVERY = reason('delivery-not-found');
/** The message for an event that does not exist. */
export const UNKNOWN_EVENT = reason('event-not-found');

/** The parameter that names a delivery in a path. */
export const DELIVERY_PARAMS = {
  delivery_id: z
    .string()
    .regex(deliveryIdPattern, { error: formatReason(reason('delivery-id-invalid')) })
    .openapi({ description: 'The delivery.', example: DELIVERY_ID_EXAMPLE }),
};

/** The id of an event in a path. */
export function eventIdParam(description: string): z.ZodString {
  return z
    .string()
    .regex(eventIdPattern, { error: formatReason(reason('event-id-invalid')) })
    .openapi({ description, example: EVENT_ID_EXAMPLE });
}

export const deliveryShapes = oncePerContext(({ settings }) => {
  const eventTypes = settings.catalog.eventTypes.map(({ name }) => name) as [string, ...string[]];
  const example: Delivery = { ...DELIVERY_EXAMPLE, event_type: eventTypes[0] };
  return { eventTypes, example, payloadExample: settings.catalog.eventTypes[0]?.example };
});
