import { z } from '@hono/zod-openapi';
import { EVENT_MAX_BYTES } from '../../core/events/event';
import { EVENTS_MAX, publishEvents as publish } from '../../core/events/publish-events';
import type { ApiContext } from '../context';
import { type Operation, tenantOperation } from '../http/operation';
import { EVENT_ID_EXAMPLE, eventExample, eventSchema } from './event-resource';

/**
 * Lambda takes 6 MB of an invocation's event (AWS, "Lambda quotas"). The request's headers and the escapes of its body
 * are included.
 */
const BODY_MAX_BYTES = 6 * 1024 * 1024;

const acceptedSchema = z
  .object({ accepted: z.int(), events: z.array(z.object({ event_id: z.string() })) })
  .openapi('PublishedEvents');

export function publishEvents({ settings, tenant, rules, ports }: ApiContext): Operation {
  const event = eventSchema(settings.catalog);
  const batch = z.strictObject({ events: z.array(event).min(1).max(EVENTS_MAX) }).openapi('EventBatch');
  return tenantOperation(tenant, {
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
      schema: z.union([event, batch]),
      example: eventExample(settings.catalog),
    },
    success: {
      status: 202,
      description: 'The queue has them.',
      schema: acceptedSchema,
      example: { accepted: 1, events: [{ event_id: EVENT_ID_EXAMPLE }] },
      leadsTo: { getPayload: { id: '$response.body#/events/0/event_id' } },
    },
    async run({ tenantId, body }) {
      const ids = await publish(
        body as string,
        tenantId,
        { tenantParts: settings.profile.tenantParts, eventTypes: rules.eventTypes },
        ports.publisher,
      );
      return { body: { accepted: ids.length, events: ids.map((id) => ({ event_id: id })) } };
    },
  });
}
