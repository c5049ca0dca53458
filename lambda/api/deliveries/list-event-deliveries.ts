import { deliveriesOfEvent, type HistoryQuery } from '../../core/history/delivery-history';
import type { EventId, SubscriptionId, TenantId } from '../../core/shared/identifiers';
import type { ApiContext } from '../context';
import { type Operation, tenantOperation } from '../http/operation';
import { PAGE_QUERY } from '../http/pages';
import { deliveryListSchema, deliveryPage, type FoundDeliveries, readDeliveryCursor } from './delivery-page';
import { deliveryShapes, eventIdParam, UNKNOWN_EVENT } from './delivery-shapes';

/** How many of the tenant's webhooks are searched, the newest first. */
const WEBHOOKS_SEARCHED = 500;
/** How many webhooks are read at once. */
const WEBHOOKS_AT_ONCE = 100;

export function listEventDeliveries(context: ApiContext): Operation {
  const { example } = deliveryShapes(context);
  return tenantOperation(context.tenant, {
    id: 'listEventDeliveries',
    method: 'get',
    path: '/webhooks/events/{event_id}/deliveries',
    tag: 'Deliveries',
    unknown: UNKNOWN_EVENT,
    summary: 'List the deliveries of one event',
    description: 'Newest first, replays included; among the 500 newest webhooks.',
    params: { event_id: eventIdParam('The event.') },
    query: PAGE_QUERY,
    success: {
      status: 200,
      description: 'A page of deliveries.',
      schema: deliveryListSchema,
      example: { data: [example], has_more: false },
    },
    errors: [409],
    async run({ tenantId, params: { event_id: eventId }, query: { cursor, limit } }) {
      const list = ['event deliveries', tenantId, eventId];
      const before = readDeliveryCursor(cursor, list);
      const found = await findEventDeliveries(tenantId, eventId as EventId, { limit, before }, context);
      return { body: deliveryPage(found, list) };
    },
  });
}

/** What became of one event, in pages like every other list. */
async function findEventDeliveries(
  tenantId: TenantId,
  eventId: EventId,
  { limit, before }: Pick<HistoryQuery, 'limit' | 'before'>,
  context: ApiContext,
): Promise<FoundDeliveries> {
  const subscriptionIds = await newestWebhooks(tenantId, context);
  const all = await deliveriesOfEvent({ tenantId, eventId, subscriptionIds }, context.ports);
  const fitting = all.filter(({ deliveryId: id }) => before === undefined || id < before);
  const records = fitting.slice(0, limit);
  return { records, before: fitting.length > limit ? records.at(-1)!.deliveryId : undefined };
}

async function newestWebhooks(tenantId: TenantId, { ports }: ApiContext): Promise<SubscriptionId[]> {
  const found: SubscriptionId[] = [];
  let after: SubscriptionId | undefined;
  do {
    const slice = await ports.subscriptions.list(tenantId, WEBHOOKS_AT_ONCE, after);
    found.push(...slice.subscriptions.map(({ id }) => id));
    after = slice.after;
  } while (after !== undefined && found.length < WEBHOOKS_SEARCHED);
  return found;
}
