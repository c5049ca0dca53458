import { regenerateSecret } from '../../core/subscriptions/manage-subscriptions';
import { creationLimit } from '../account/creation-limit';
import type { ApiContext } from '../context';
import { type Operation, tenantOperation } from '../http/operation';
import { OVERLAP_BODY } from './secret-overlap';
import { showWebhook } from './show-webhook';
import { SECRET_EXAMPLE } from './webhook-resource';
import { UNKNOWN_WEBHOOK, WEBHOOK_PARAMS, webhookKey, webhookShapes } from './webhook-shapes';

export function regenerateWebhookSecret(context: ApiContext): Operation {
  const { tenant, ports } = context;
  const { schema, example } = webhookShapes(context);
  return tenantOperation(tenant, {
    id: 'regenerateWebhookSecret',
    method: 'post',
    path: '/webhooks/{webhook_id}/regenerate-secret',
    tag: 'Webhooks',
    unknown: UNKNOWN_WEBHOOK,
    summary: 'Regenerate the secret',
    description: 'The new secret signs from the next attempt on.',
    params: WEBHOOK_PARAMS,
    body: OVERLAP_BODY,
    success: {
      status: 200,
      description: 'The webhook, with its new secret.',
      schema,
      example: { ...example, secret: SECRET_EXAMPLE },
    },
    errors: [409],
    change: 'subscription.secret-regenerated',
    async run({ tenantId, params: { webhook_id: id }, body: { overlap_seconds: seconds = 0 } }) {
      await creationLimit(tenantId, context);
      const { subscription, secret } = await regenerateSecret(webhookKey(tenantId, id), seconds, {
        ...ports,
        keyRing: await ports.keyRings.ring(),
      });
      return { body: await showWebhook(subscription, context, secret), resource: id };
    },
  });
}
