import { z } from '@hono/zod-openapi';
import type { ApiContext } from '../context';
import { type Operation, serviceOperation } from '../http/operation';

const listSchema = z.object({ event_types: z.array(z.string()) }).openapi('EventTypes');

export function listEventTypes({ settings: { catalog } }: ApiContext): Operation {
  const names = catalog.eventTypes.map(({ name }) => name);
  return serviceOperation({
    id: 'listEventTypes',
    method: 'get',
    path: '/webhooks/event-types',
    tag: 'Catalog',
    summary: 'List event types',
    description: 'All that a webhook can ask for.',
    success: {
      status: 200,
      description: 'Their names.',
      schema: listSchema,
      example: { event_types: names },
    },
    run: () => Promise.resolve({ body: { event_types: names } }),
  });
}
