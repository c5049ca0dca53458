import { z } from '@hono/zod-openapi';
import { deleteSubscription } from '../../core/subscriptions/manage-subscriptions';
import type { ApiContext } from '../context';
import { type Operation, tenantOperation } from '../http/operation';
import { UNKNOWN_WEBHOOK, WEBHOOK_PARAMS, webhookKey } from './webhook-shapes';

export function deleteWebhook({ tenant, ports }: ApiContext): Operation {
  return tenantOperation(tenant, {
    id: 'deleteWebhook',
    method: 'delete',
    path: '/webhooks/{webhook_id}',
    tag: 'Webhooks',
    unknown: UNKNOWN_WEBHOOK,
    summary: 'Delete a webhook',
    description:
      'Events that come from now on do not go there. Deliveries on their way are canceled. Its deliveries ' +
      'stay in the log until their time.',
    params: WEBHOOK_PARAMS,
    success: { status: 204, description: 'It is gone.', schema: z.undefined(), example: undefined },
    errors: [409],
    change: 'subscription.deleted',
    async run({ tenantId, params: { webhook_id: id } }) {
      await deleteSubscription(webhookKey(tenantId, id), ports);
      return { body: undefined, resource: id };
    },
  });
}
