import { reason, type Reason, reasonText } from '../../core/shared/reason';
import { REASON_CODE } from '../http/reason-resource';
import { z } from '@hono/zod-openapi';
import type { DeliveryRecord } from '../../core/delivery/delivery-record';
import type { AcceptedEvent } from '../../core/events/event-store';
import { NotFound } from '../../core/shared/errors';
import type { EventId } from '../../core/shared/identifiers';
import type { ApiContext } from '../context';
import { EVENT_ID_EXAMPLE } from '../events/event-resource';
import { type Operation, tenantOperation } from '../http/operation';
import { deliveryIdPattern, payloadFields } from './delivery-resource';
import { deliveryShapes, eventIdParam, UNKNOWN_EVENT } from './delivery-shapes';
import { findDelivery } from './find-delivery';

const eventPayloadSchema = z
  .object({
    event_id: z.string(),
    event_type: z.string(),
    payload: z.record(z.string(), z.unknown()).optional(),
    payload_text: z.string().optional().openapi({ description: 'In place of `payload` when it is no JSON object.' }),
    enriched: z.boolean().openapi({ description: 'Whether anything was added since: never.' }),
    note: z.string().optional(),
    note_code: REASON_CODE.optional(),
  })
  .openapi('EventPayload');
type EventPayload = z.infer<typeof eventPayloadSchema>;

export function getPayload(context: ApiContext): Operation {
  const { tenant, ports } = context;
  const { eventTypes, payloadExample } = deliveryShapes(context);
  return tenantOperation(tenant, {
    id: 'getPayload',
    method: 'get',
    path: '/webhooks/events/{id}/payload',
    tag: 'Deliveries',
    unknown: UNKNOWN_EVENT,
    summary: "Read an event's payload",
    description: 'By the id of the event, or of one of its deliveries. It is kept at least 30 days.',
    params: { id: eventIdParam('The event, or a delivery.') },
    success: {
      status: 200,
      description: 'The payload as it is sent.',
      schema: eventPayloadSchema,
      example: {
        event_id: EVENT_ID_EXAMPLE,
        event_type: eventTypes[0],
        payload: payloadExample,
        enriched: false,
      },
    },
    async run({ tenantId, params: { id } }) {
      const record = deliveryIdPattern.test(id) ? await findDelivery(tenantId, id, context) : undefined;
      const event = await ports.events.event(tenantId, record?.eventId ?? (id as EventId));
      if (event !== undefined) return { body: keptPayload(event) };
      if (record === undefined) throw new NotFound(UNKNOWN_EVENT);
      return { body: expiredPayload(record) };
    },
  });
}

function keptPayload({ eventId, eventType, payload }: AcceptedEvent): EventPayload {
  const fields = payloadFields(payload);
  return {
    event_id: eventId,
    event_type: eventType,
    ...fields,
    enriched: false,
    ...('payload_text' in fields ? noteOf(reason('payload-not-an-object')) : {}),
  };
}

function expiredPayload({ eventId, eventType }: DeliveryRecord): EventPayload {
  return { event_id: eventId, event_type: eventType, enriched: false, ...noteOf(reason('payload-expired')) };
}

function noteOf(why: Reason): Pick<EventPayload, 'note' | 'note_code'> {
  return { note: reasonText(why), note_code: why.code };
}
