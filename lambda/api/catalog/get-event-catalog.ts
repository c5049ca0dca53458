import { z } from '@hono/zod-openapi';
import type { ApiContext } from '../context';
import { type Operation, serviceOperation } from '../http/operation';
import { eventTypeSchema } from './event-type-resource';

const catalogSchema = z.object({ event_types: z.array(eventTypeSchema) }).openapi('EventCatalogue');

export function getEventCatalog({ settings: { catalogue } }: ApiContext): Operation {
  return serviceOperation({
    id: 'getEventCatalogue',
    method: 'get',
    path: '/webhooks/event-catalogue',
    tag: 'Catalogue',
    summary: 'Read the event catalogue',
    description: 'Each event type with its description, the JSON Schema of its payload, and an example.',
    success: {
      status: 200,
      description: 'The catalogue.',
      schema: catalogSchema,
      example: { event_types: catalogue.eventTypes.slice(0, 1) },
    },
    run: () => Promise.resolve({ body: { event_types: catalogue.eventTypes } }),
  });
}
