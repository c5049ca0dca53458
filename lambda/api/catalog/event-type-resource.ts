/** An event type as the API shows it. */
import { z } from '@hono/zod-openapi';

export const eventTypeSchema = z
  .object({
    name: z.string(),
    description: z.string(),
    schema: z.record(z.string(), z.unknown()).openapi({ description: 'JSON Schema of the payload.' }),
    example: z.record(z.string(), z.unknown()),
  })
  .openapi('EventType');
