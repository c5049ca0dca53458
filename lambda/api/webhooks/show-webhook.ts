import type { Subscription } from '../../core/subscriptions/subscription';
import type { ApiContext } from '../context';
import { lastTriggered } from './last-triggered';
import { type Webhook, webhookResource } from './webhook-resource';

/**
 * Shows one webhook with the time of its last attempt.
 *
 * @param secret only where the answer shows it
 */
export async function showWebhook(subscription: Subscription, context: ApiContext, secret?: string): Promise<Webhook> {
  const { tenant, ports } = context;
  const now = ports.clock.now();
  const times = await lastTriggered([subscription], context);
  return webhookResource(subscription, tenant, now, { secret, lastTriggeredAt: times.get(subscription.id) });
}
