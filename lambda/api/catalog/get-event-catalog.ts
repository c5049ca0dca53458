import { z } from '@hono/zod-openapi';
import type { ApiContext } from '../context';
import { type Operation, serviceOperation } from '../http/operation';
import { eventTypeSchema } from './event-type-resource';

const catalogSchema = z.object({ event_types: z.array(eventTypeSchema) }).openapi('EventCatalog');

export function getEventCatalog({ settings: { catalog } }: ApiContext): Operation {
  return serviceOperation({
    id: 'getEventCatalog',
    method: 'get',
    path: '/webhooks/event-catalog',
    tag: 'Catalog',
    summary: 'Read the event catalog',
    description: 'Each event type with its description, the JSON Schema of its payload, and an example.',
    success: {
      status: 200,
      description: 'The catalog.',
      schema: catalogSchema,
      example: { event_types: catalog.eventTypes.slice(0, 1) },
    },
    run: () => Promise.resolve({ body: { event_types: catalog.eventTypes } }),
  });
}
