/** What the operations on webhooks share: the shapes that depend on the profile, and how a path names a webhook. */
import { reason } from '../../core/shared/reason';
import type { SubscriptionId, SubscriptionKey, TenantId } from '../../core/shared/identifiers';
import { oncePerContext } from '../context';
import { webhookExample, webhookFields, webhookId, webhookSchema } from './webhook-resource';

/** The message for a webhook that does not exist. */
export const UNKNOWN_WEBHOOK = reason('webhook-not-found');

/** The parameter that names a webhook in a path. */
export const WEBHOOK_PARAMS = { webhook_id: webhookId };

export const webhookShapes = oncePerContext(({ settings, tenant }) => {
  const eventTypes = settings.catalog.eventTypes.map(({ name }) => name);
  return {
    eventTypes,
    /** The fields of a request that creates or changes a webhook. */
    fields: webhookFields(eventTypes),
    /** The webhook in an answer. */
    schema: webhookSchema(tenant),
    example: webhookExample(tenant, eventTypes),
  };
});

/** @param id the parameter `webhook_id` of the path */
export function webhookKey(tenantId: TenantId, id: string): SubscriptionKey {
  return { tenantId, subscriptionId: id as SubscriptionId };
}
