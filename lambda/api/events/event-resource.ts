/** An event as a producer sends it. */
import { z } from '@hono/zod-openapi';
import type { EventCatalog } from '../../core/shared/profile';
import { GIVEN_TIME } from '../http/time';

export const EVENT_ID_EXAMPLE = 'b2837c9d-3356-4d6e-b31c-1d931fb8e6ec';
export const eventIdPattern = /^[A-Za-z0-9_:-]{1,128}$/;

export function eventSchema({ eventTypes }: EventCatalog) {
  return z
    .strictObject({
      event_id: z
        .string()
        .regex(eventIdPattern)
        .openapi({ description: 'Unique per tenant: the idempotency key. Sending an event again is safe.' }),
      event_type: z.enum(eventTypes.map(({ name }) => name) as [string, ...string[]]),
      payload: z
        .union([z.record(z.string(), z.unknown()), z.string()])
        .openapi({ description: 'An object, or a string, which is then sent byte for byte.' }),
      webhook_url: z.string().max(2048).optional().openapi({ description: 'Deliver there instead of to webhooks.' }),
      occurred_at: GIVEN_TIME.optional(),
    })
    .openapi('Event');
}

/** The event in the documentation. */
export function eventExample({ eventTypes: [first] }: EventCatalog) {
  return { event_id: EVENT_ID_EXAMPLE, event_type: first?.name, payload: first?.example };
}
