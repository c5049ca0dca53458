/** Events by HTTP: the same contract as on the event queue and the bus. */
import { z } from '@hono/zod-openapi';
import { EVENT_MAX_BYTES } from '../../core/events/event';
import { EVENTS_MAX, publishEvents } from '../../core/events/publish-events';
import type { ApiContext } from '../context';
import { EVENT_ID_EXAMPLE, eventIdPattern } from '../deliveries/delivery-resource';
import { type Operation, tenantOperation } from '../http/operation';
import { GIVEN_TIME } from '../http/time';

/**
 * Lambda takes 6 MB of an invocation's event (AWS, "Lambda quotas"), the request's headers and the escapes of its body
 * included.
 */
const BODY_MAX_BYTES = 6 * 1024 * 1024;

export function eventOperations({ settings, tenant, rules, ports }: ApiContext): Operation[] {
  const { eventTypes } = settings.catalogue;
  const event = z
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
  const example = { event_id: EVENT_ID_EXAMPLE, event_type: eventTypes[0]?.name, payload: eventTypes[0]?.example };
  return [
    tenantOperation(tenant, {
      id: 'publishEvents',
      method: 'post',
      path: '/events',
      tag: 'Events',
      summary: 'Publish events',
      description:
        `One event, or up to ${EVENTS_MAX} as \`{"events": [...]}\`; each at most ${EVENT_MAX_BYTES / 1024} KiB, ` +
        `all or none. An event may also have the \`tenant_id\` of the path, its parts joined by \`/\`, and no ` +
        'other. Once it answers they are in the queue and are not lost. After 503 some may be: send the same ' +
        'again.',
      body: {
        kind: 'text',
        maxBytes: BODY_MAX_BYTES,
        schema: z.union([
          event,
          z.strictObject({ events: z.array(event).min(1).max(EVENTS_MAX) }).openapi('EventBatch'),
        ]),
        example,
      },
      success: {
        status: 202,
        description: 'The queue has them.',
        schema: z
          .object({ accepted: z.int(), events: z.array(z.object({ event_id: z.string() })) })
          .openapi('PublishedEvents'),
        example: { accepted: 1, events: [{ event_id: EVENT_ID_EXAMPLE }] },
        leadsTo: { getPayload: { id: '$response.body#/events/0/event_id' } },
      },
      async run({ tenantId, body }) {
        const ids = await publishEvents(
          body as string,
          tenantId,
          { tenantParts: settings.profile.tenantParts, eventTypes: rules.eventTypes },
          ports.publisher,
        );
        return { body: { accepted: ids.length, events: ids.map((id) => ({ event_id: id })) } };
      },
    }),
  ];
}
