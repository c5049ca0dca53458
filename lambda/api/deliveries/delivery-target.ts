/** What deliveries go to: a webhook, or an origin of URLs that events named themselves. */
import { formatReason } from '../../core/shared/reason-format';
import { reason } from '../../core/shared/reason';
import { z } from '@hono/zod-openapi';
import { WEBHOOK_ID } from '../webhooks/webhook-resource';

const TARGET = /^([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|url:[0-9a-f]{32})$/;

export function deliveryTarget(description: string) {
  return z
    .string({ error: formatReason(reason('target-required')) })
    .regex(TARGET, { error: formatReason(reason('target-invalid')) })
    .openapi({ description, example: WEBHOOK_ID });
}
