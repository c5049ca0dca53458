/** The operations on webhooks: what their owners do with them, and what they try them out with. */
import type { ApiContext } from '../context';
import type { Operation } from '../http/operation';
import { checkWebhookUrl } from './check-webhook-url';
import { createWebhook } from './create-webhook';
import { deleteWebhook } from './delete-webhook';
import { getWebhook } from './get-webhook';
import { getWebhookHealth } from './get-webhook-health';
import { listWebhooks } from './list-webhooks';
import { regenerateWebhookSecret } from './regenerate-webhook-secret';
import { testWebhook } from './test-webhook';
import { updateWebhook } from './update-webhook';

export function webhookOperations(context: ApiContext): Operation[] {
  return [
    listWebhooks(context),
    createWebhook(context),
    checkWebhookUrl(context),
    getWebhook(context),
    updateWebhook(context),
    deleteWebhook(context),
    regenerateWebhookSecret(context),
    testWebhook(context),
    getWebhookHealth(context),
  ];
}
