import { updateSubscription } from '../../core/subscriptions/manage-subscriptions';
import { creationLimit } from '../account/creation-limit';
import type { ApiContext } from '../context';
import { type Operation, tenantOperation } from '../http/operation';
import { showWebhook } from './show-webhook';
import { subscriptionInput, webhookInput } from './webhook-resource';
import { UNKNOWN_WEBHOOK, WEBHOOK_PARAMS, webhookKey, webhookShapes } from './webhook-shapes';

export function updateWebhook(context: ApiContext): Operation {
  const { tenant, rules, ports } = context;
  const { fields, schema, example } = webhookShapes(context);
  return tenantOperation(tenant, {
    id: 'updateWebhook',
    method: 'put',
    path: '/webhooks/{webhook_id}',
    tag: 'Webhooks',
    unknown: UNKNOWN_WEBHOOK,
    summary: 'Change a webhook',
    description:
      'What is left out stays as it is. `enabled: true` on one that was disabled enables it again and begins ' +
      'its count of failures anew.',
    params: WEBHOOK_PARAMS,
    body: {
      kind: 'json',
      required: true,
      schema: webhookInput(fields).required({ events: true }).openapi('UpdateWebhook'),
      example: { events: example.events, enabled: true },
    },
    success: { status: 200, description: 'The webhook as it is now.', schema, example },
    errors: [409],
    change: 'subscription.updated',
    async run({ tenantId, params: { webhook_id: id }, body }) {
      await creationLimit(tenantId, context);
      const changed = await updateSubscription(webhookKey(tenantId, id), subscriptionInput(body), rules, {
        ...ports,
        keyRing: await ports.keyRings.ring(),
      });
      return { body: await showWebhook(changed, context), resource: id };
    },
  });
}
