import { z } from '@hono/zod-openapi';
import { retryDelivery as replayDelivery } from '../../core/replay/manual-retry';
import { NotFound } from '../../core/shared/errors';
import { parsePublicDeliveryId, publicDeliveryId } from '../../core/shared/identifiers';
import { creationLimit } from '../account/creation-limit';
import type { ApiContext } from '../context';
import { EVENT_ID_EXAMPLE } from '../events/event-resource';
import { type Operation, tenantOperation } from '../http/operation';
import { DELIVERY_ID_EXAMPLE } from './delivery-resource';
import { DELIVERY_PARAMS, UNKNOWN_DELIVERY } from './delivery-shapes';

export function retryDelivery(context: ApiContext): Operation {
  const { settings, tenant, ports } = context;
  return tenantOperation(tenant, {
    id: 'retryDelivery',
    method: 'post',
    path: '/webhooks/events/{delivery_id}/retry',
    tag: 'Deliveries',
    unknown: UNKNOWN_DELIVERY,
    summary: 'Retry a delivery',
    description:
      'Sends the same event to the same webhook once more, as a delivery of its own with the whole schedule, ' +
      'whatever became of the first. It is not counted; its success resets the count.',
    params: DELIVERY_PARAMS,
    body: { kind: 'json', required: false, schema: z.strictObject({}), example: {} },
    success: {
      status: 202,
      description: 'The new delivery is in its queue.',
      schema: z.object({ id: z.string(), event_id: z.string() }).openapi('Retry'),
      example: { id: DELIVERY_ID_EXAMPLE, event_id: EVENT_ID_EXAMPLE },
    },
    errors: [409],
    change: 'delivery.retried',
    async run({ tenantId, params: { delivery_id: id } }) {
      await creationLimit(tenantId, context);
      const key = parsePublicDeliveryId(id);
      if (key === undefined) throw new NotFound(UNKNOWN_DELIVERY);
      const replay = await replayDelivery({ tenantId, ...key }, settings.profile, ports);
      return { body: { id: publicDeliveryId(replay), event_id: replay.eventId }, resource: id };
    },
  });
}
