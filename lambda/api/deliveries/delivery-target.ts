/** What deliveries go to: a webhook, or an origin of URLs that events named themselves. */
import { z } from '@hono/zod-openapi';
import { WEBHOOK_ID } from '../webhooks/webhook-resource';

const TARGET = /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|url:[0-9a-f]{32})$/;

export function deliveryTarget(description: string) {
  return z
    .string({ error: 'is required: the id of a webhook, or of an origin' })
    .regex(TARGET, { error: 'must be the id of a webhook, a UUID, or of an origin, url: and 32 hexadecimal digits' })
    .openapi({ description, example: WEBHOOK_ID });
}
