/** The event catalogue. */
import { z } from '@hono/zod-openapi';
import type { ApiContext } from '../context';
import { type Operation, serviceOperation } from '../operation';

export function catalogueOperations({ settings: { catalogue } }: ApiContext): Operation[] {
  const names = catalogue.eventTypes.map(({ name }) => name);
  const entry = z
    .object({
      name: z.string(),
      description: z.string(),
      schema: z.record(z.string(), z.unknown()).openapi({ description: 'JSON Schema of the payload.' }),
      example: z.record(z.string(), z.unknown()),
    })
    .openapi('EventType');
  return [
    serviceOperation({
      id: 'listEventTypes',
      method: 'get',
      path: '/webhooks/event-types',
      tag: 'Catalogue',
      summary: 'List event types',
      description: 'All that a webhook can ask for.',
      success: { status: 200, description: 'Their names.', schema: z.object({ event_types: z.array(z.string()) }).openapi('EventTypes'), example: { event_types: names } },
      run: () => Promise.resolve({ body: { event_types: names } }),
    }),

    serviceOperation({
      id: 'getEventCatalogue',
      method: 'get',
      path: '/webhooks/event-catalogue',
      tag: 'Catalogue',
      summary: 'Read the event catalogue',
      description: 'Each event type with its description, the JSON Schema of its payload, and an example.',
      success: {
        status: 200,
        description: 'The catalogue.',
        schema: z.object({ event_types: z.array(entry) }).openapi('EventCatalogue'),
        example: { event_types: catalogue.eventTypes.slice(0, 1) },
      },
      run: () => Promise.resolve({ body: { event_types: catalogue.eventTypes } }),
    }),
  ];
}
