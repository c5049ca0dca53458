/** What there is to know before a webhook is made: the event catalogue, and how deliveries are signed. */
import { z } from '@hono/zod-openapi';
import type { ApiContext } from '../context';
import { type Operation, serviceOperation } from '../http/operation';
import { describedScheme, schemeSchema } from './signature-scheme-resource';

export function catalogueOperations({ settings: { catalogue, profile } }: ApiContext): Operation[] {
  const schemes = profile.signatures.map(describedScheme);
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
      success: {
        status: 200,
        description: 'Their names.',
        schema: z.object({ event_types: z.array(z.string()) }).openapi('EventTypes'),
        example: { event_types: names },
      },
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

    serviceOperation({
      id: 'getSignatureSchemes',
      method: 'get',
      path: '/webhooks/signature-schemes',
      tag: 'Catalogue',
      summary: 'Read how deliveries are signed',
      description:
        'All signatures that every delivery carries; a receiver verifies one of them. What verifies them by ' +
        'their names is the receiver kit.',
      success: {
        status: 200,
        description: 'The schemes, and what deliveries call themselves.',
        schema: z.object({ schemes: z.array(schemeSchema), user_agent: z.string() }).openapi('SignatureSchemes'),
        example: { schemes, user_agent: profile.userAgent },
      },
      run: () => Promise.resolve({ body: { schemes, user_agent: profile.userAgent } }),
    }),
  ];
}
