import { readSubscription } from '../../core/subscriptions/manage-subscriptions';
import type { ApiContext } from '../context';
import { type Operation, tenantOperation } from '../http/operation';
import { showWebhook } from './show-webhook';
import { UNKNOWN_WEBHOOK, WEBHOOK_PARAMS, webhookKey, webhookShapes } from './webhook-shapes';

export function getWebhook(context: ApiContext): Operation {
  const { tenant, ports } = context;
  const { schema, example } = webhookShapes(context);
  return tenantOperation(tenant, {
    id: 'getWebhook',
    method: 'get',
    path: '/webhooks/{webhook_id}',
    tag: 'Webhooks',
    unknown: UNKNOWN_WEBHOOK,
    summary: 'Read a webhook',
    description: 'Without its secret, which is shown when it is made or regenerated alone.',
    params: WEBHOOK_PARAMS,
    success: { status: 200, description: 'The webhook.', schema, example },
    async run({ tenantId, params: { webhook_id: id } }) {
      return { body: await showWebhook(await readSubscription(webhookKey(tenantId, id), ports), context) };
    },
  });
}
