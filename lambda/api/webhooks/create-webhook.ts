import { createSubscription } from '../../core/subscriptions/manage-subscriptions';
import { creationLimit } from '../account/creation-limit';
import type { ApiContext } from '../context';
import { type Operation, tenantOperation } from '../http/operation';
import { SECRET_EXAMPLE, subscriptionInput, webhookInput, webhookResource } from './webhook-resource';
import { UNKNOWN_WEBHOOK, webhookShapes } from './webhook-shapes';

export function createWebhook(context: ApiContext): Operation {
  const { tenant, rules, ports } = context;
  const { fields, schema, example } = webhookShapes(context);
  return tenantOperation(tenant, {
    id: 'createWebhook',
    method: 'post',
    path: '/webhooks',
    tag: 'Webhooks',
    unknown: UNKNOWN_WEBHOOK,
    summary: 'Create a webhook',
    description: 'The answer alone holds its secret, for those who may see secrets: keep it.',
    body: {
      kind: 'json',
      required: true,
      schema: webhookInput(fields).required({ url: true, events: true }).openapi('CreateWebhook'),
      example: { url: example.url, events: example.events, description: example.description },
    },
    success: {
      status: 201,
      description: 'The webhook, with its secret.',
      schema,
      example: { ...example, secret: SECRET_EXAMPLE },
    },
    errors: [409],
    change: 'subscription.created',
    async run({ tenantId, body, userId, seesSecrets }) {
      const limit = await creationLimit(tenantId, context);
      const { subscription, secret } = await createSubscription(
        { ...subscriptionInput(body), tenantId, url: body.url, eventTypes: body.events, userId },
        rules,
        { ...ports, keyRing: await ports.keyRings.ring() },
        limit,
      );
      return {
        body: webhookResource(subscription, tenant, ports.clock.now(), seesSecrets ? { secret } : {}),
        resource: subscription.id,
      };
    },
  });
}
