import type { SubscriptionId, TenantId } from '../../core/shared/identifiers';
import type { Subscription } from '../../core/subscriptions/subscription';
import type { ApiContext } from '../context';
import { asUuid, formatCursor, readCursor } from '../http/cursor';
import { type Operation, tenantOperation } from '../http/operation';
import { GIVEN_BOOLEAN, page, PAGE_QUERY, pageOf } from '../http/pages';
import { lastTriggered } from './last-triggered';
import { webhookResource } from './webhook-resource';
import { UNKNOWN_WEBHOOK, webhookShapes } from './webhook-shapes';

/** The most subscriptions that one page examines when a filter passes few of them. */
const EXAMINED_MAX = 500;
/** How many subscriptions a filtered list reads at once. */
const FILTERED_CHUNK = 100;

export function listWebhooks(context: ApiContext): Operation {
  const { tenant, ports } = context;
  const { schema, example } = webhookShapes(context);
  return tenantOperation(tenant, {
    id: 'listWebhooks',
    method: 'get',
    path: '/webhooks',
    tag: 'Webhooks',
    unknown: UNKNOWN_WEBHOOK,
    summary: 'List webhooks',
    description: 'Newest first.',
    query: {
      ...PAGE_QUERY,
      enabled: GIVEN_BOOLEAN.optional().openapi({
        type: 'boolean',
        description: 'Only those that are enabled, or are not.',
      }),
    },
    success: {
      status: 200,
      description: 'A page of webhooks.',
      schema: pageOf(schema, 'WebhookList'),
      example: { data: [example], has_more: false },
    },
    errors: [409],
    async run({ tenantId, query: { cursor, limit, enabled } }) {
      const list = ['webhooks', tenantId, enabled?.toString()];
      const start = cursor === undefined ? undefined : (asUuid(readCursor(cursor, list)) as SubscriptionId);
      const { found, after } = await findSubscriptions(tenantId, { limit, enabled, start }, context);
      const times = await lastTriggered(found, context);
      const data = found.map((each) =>
        webhookResource(each, tenant, ports.clock.now(), { lastTriggeredAt: times.get(each.id) }),
      );
      return { body: page(data, after === undefined ? undefined : formatCursor(after, list)) };
    },
  });
}

interface ListQuery {
  readonly limit: number;
  readonly enabled: boolean | undefined;
  /** The last subscription of the page before. */
  readonly start: SubscriptionId | undefined;
}

async function findSubscriptions(
  tenantId: TenantId,
  { limit, enabled, start }: ListQuery,
  { ports: { subscriptions } }: ApiContext,
): Promise<{ found: Subscription[]; after: SubscriptionId | undefined }> {
  const found: Subscription[] = [];
  const chunk = enabled === undefined ? limit : FILTERED_CHUNK;
  let after = start;
  for (let examined = 0; examined < EXAMINED_MAX && found.length < limit; examined += chunk) {
    const slice = await subscriptions.list(tenantId, chunk, after);
    const fitting = slice.subscriptions.filter((each) => enabled === undefined || each.enabled === enabled);
    const taken = fitting.slice(0, limit - found.length);
    found.push(...taken);
    after = taken.length < fitting.length ? taken.at(-1)!.id : slice.after;
    if (after === undefined) break;
  }
  return { found, after };
}
