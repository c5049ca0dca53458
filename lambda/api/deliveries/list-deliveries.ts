import { z } from '@hono/zod-openapi';
import { historyPage } from '../../core/history/delivery-history';
import type { SubscriptionId } from '../../core/shared/identifiers';
import type { ApiContext } from '../context';
import { type Operation, tenantOperation } from '../http/operation';
import { PAGE_QUERY } from '../http/pages';
import { deliveryListSchema, deliveryPage, readDeliveryCursor } from './delivery-page';
import { DELIVERY_STATUSES } from './delivery-resource';
import { deliveryShapes } from './delivery-shapes';
import { deliveryTarget } from './delivery-target';

export function listDeliveries(context: ApiContext): Operation {
  const { tenant, ports } = context;
  const { eventTypes, example } = deliveryShapes(context);
  return tenantOperation(tenant, {
    id: 'listDeliveries',
    method: 'get',
    path: '/webhooks/events',
    tag: 'Deliveries',
    summary: 'List deliveries',
    description: 'Newest first: those of one webhook, or to one origin of URLs that events named themselves.',
    query: {
      ...PAGE_QUERY,
      subscription_id: deliveryTarget(
        'A webhook, also one that was deleted; or an origin, by its `id` in the list of origins.',
      ),
      event_type: z.enum(eventTypes).optional().openapi({ description: 'Only those of this type.' }),
      processing_status: z.enum(DELIVERY_STATUSES).optional().openapi({ description: 'Only those that stand so.' }),
    },
    success: {
      status: 200,
      description: 'A page of deliveries.',
      schema: deliveryListSchema,
      example: { data: [example], has_more: false },
      leadsTo: {
        getDelivery: { delivery_id: '$response.body#/data/0/id' },
        retryDelivery: { delivery_id: '$response.body#/data/0/id' },
      },
    },
    errors: [409],
    async run({ tenantId, query }) {
      const { cursor, limit, event_type: eventType, processing_status: status, subscription_id: target } = query;
      const list = ['deliveries', tenantId, target, eventType, status];
      const before = readDeliveryCursor(cursor, list);
      const found = await historyPage(
        { tenantId, subscriptionId: target as SubscriptionId },
        { limit, before, eventType, status },
        ports.history,
      );
      return { body: deliveryPage(found, list) };
    },
  });
}
