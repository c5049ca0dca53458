import type { DeliveryRecord } from '../../core/delivery/delivery-record';
import { NotFound } from '../../core/shared/errors';
import { isUrlTarget } from '../../core/shared/identifiers';
import { isSubscription } from '../../core/subscriptions/subscription-reader';
import type { ApiContext } from '../context';
import { EVENT_ID_EXAMPLE } from '../events/event-resource';
import { type Operation, tenantOperation } from '../http/operation';
import { deliveryDetail, deliveryDetailSchema, requestHeaders } from './delivery-resource';
import { DELIVERY_PARAMS, deliveryShapes, UNKNOWN_DELIVERY } from './delivery-shapes';
import { findDelivery } from './find-delivery';

export function getDelivery(context: ApiContext): Operation {
  const { settings, tenant, ports } = context;
  const { example, payloadExample } = deliveryShapes(context);
  return tenantOperation(tenant, {
    id: 'getDelivery',
    method: 'get',
    path: '/webhooks/events/{delivery_id}',
    tag: 'Deliveries',
    unknown: UNKNOWN_DELIVERY,
    summary: 'Read a delivery',
    description: 'With all its attempts, and what is sent.',
    params: DELIVERY_PARAMS,
    success: {
      status: 200,
      description: 'The delivery.',
      schema: deliveryDetailSchema,
      example: {
        ...example,
        attempts: [{ at: '2026-03-19T10:21:44.120Z', latency_ms: 87, http_status: 503, answer: 'Service Unavailable' }],
        payload: payloadExample,
        request_headers: requestHeaders(settings.profile, EVENT_ID_EXAMPLE, ['x-environment']),
      },
    },
    async run({ tenantId, params: { delivery_id: id } }) {
      const record = await findDelivery(tenantId, id, context);
      if (record === undefined) throw new NotFound(UNKNOWN_DELIVERY);
      const [payload, own] = await Promise.all([
        ports.events.payload(tenantId, record.eventId),
        ownHeaderNames(record, context),
      ]);
      return { body: deliveryDetail(record, payload, requestHeaders(settings.profile, record.eventId, own)) };
    },
  });
}

/** The names of the owner's headers, as the webhook has them now. */
async function ownHeaderNames(
  { tenantId, subscriptionId }: DeliveryRecord,
  { ports }: ApiContext,
): Promise<readonly string[]> {
  if (isUrlTarget(subscriptionId)) return [];
  const {
    subscriptions: [found],
  } = await ports.subscriptions.read([{ tenantId, subscriptionId }]);
  return isSubscription(found) ? (found.headers?.names ?? []) : [];
}
