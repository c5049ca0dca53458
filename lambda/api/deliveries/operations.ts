/** The delivery log: what went where, how each attempt ended, the payload, and one more try. */
import { z } from '@hono/zod-openapi';
import { deliveriesOfEvent, historyPage, type HistoryQuery } from '../../core/history/delivery-history';
import { NotFound, UnreadableItem } from '../../core/shared/errors';
import {
  type DeliveryId,
  type EventId,
  isUrlTarget,
  parsePublicDeliveryId,
  publicDeliveryId,
  type SubscriptionId,
  type TenantId,
} from '../../core/shared/identifiers';
import { retryDelivery } from '../../core/replay/manual-retry';
import type { ApiContext } from '../context';
import { asUuid, formatCursor, readCursor } from '../http/cursor';
import {
  DELIVERY_EXAMPLE,
  DELIVERY_ID_EXAMPLE,
  DELIVERY_STATUSES,
  deliveryDetail,
  deliveryDetailSchema,
  deliveryIdPattern,
  deliveryResource,
  deliverySchema,
  EVENT_ID_EXAMPLE,
  eventIdPattern,
  payloadFields,
  requestHeaders,
} from './delivery-resource';
import { deliveryTarget } from './delivery-target';
import { type Operation, tenantOperation } from '../http/operation';
import { page, PAGE_QUERY, pageOf } from '../http/pages';
import { creationLimit } from '../webhooks/operations';
import type { DeliveryRecord } from '../../core/delivery/delivery';

const UNKNOWN_DELIVERY = 'There is no such delivery.';
const UNKNOWN_EVENT = 'There is no such event.';
/**
 * Of a tenant's webhooks, the newest first, that are looked at for the deliveries of one event; and how many are read
 * at once.
 */
const WEBHOOKS_SEARCHED = 500;
const WEBHOOKS_AT_ONCE = 100;

const deliveryId = z
  .string()
  .regex(deliveryIdPattern, { error: 'is not the id of a delivery' })
  .openapi({ description: 'The delivery.', example: DELIVERY_ID_EXAMPLE });

export function deliveryOperations(context: ApiContext): Operation[] {
  const { settings, tenant, ports } = context;
  const eventTypes = settings.catalogue.eventTypes.map(({ name }) => name) as [string, ...string[]];
  const params = { delivery_id: deliveryId };
  const example = { ...DELIVERY_EXAMPLE, event_type: eventTypes[0] };

  return [
    tenantOperation(tenant, {
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
        schema: pageOf(deliverySchema, 'DeliveryList'),
        example: { data: [example], has_more: false },
        leadsTo: {
          getDelivery: { delivery_id: '$response.body#/data/0/id' },
          retryDelivery: { delivery_id: '$response.body#/data/0/id' },
        },
      },
      errors: [409],
      async run({
        tenantId,
        query: { cursor, limit, event_type: eventType, processing_status: status, subscription_id: target },
      }) {
        const name = ['deliveries', tenantId, target, eventType, status];
        const before = cursor === undefined ? undefined : (asUuid(readCursor(cursor, name)) as DeliveryId);
        const query = {
          limit,
          ...(before !== undefined && { before }),
          ...(eventType !== undefined && { eventType }),
          ...(status !== undefined && { status }),
        };
        const found = await historyPage({ tenantId, subscriptionId: target as SubscriptionId }, query, ports.history);
        return {
          body: page(
            found.records.map(deliveryResource),
            found.before === undefined ? undefined : formatCursor(found.before, name),
          ),
        };
      },
    }),

    tenantOperation(tenant, {
      id: 'listEventDeliveries',
      method: 'get',
      path: '/webhooks/events/{event_id}/deliveries',
      tag: 'Deliveries',
      unknown: UNKNOWN_EVENT,
      summary: 'List the deliveries of one event',
      description: 'Newest first, replays included; among the 500 newest webhooks.',
      params: {
        event_id: z
          .string()
          .regex(eventIdPattern, { error: 'is not the id of an event' })
          .openapi({ description: 'The event.', example: EVENT_ID_EXAMPLE }),
      },
      query: PAGE_QUERY,
      success: {
        status: 200,
        description: 'A page of deliveries.',
        schema: pageOf(deliverySchema, 'DeliveryList'),
        example: { data: [example], has_more: false },
      },
      errors: [409],
      async run({ tenantId, params: { event_id: eventId }, query: { cursor, limit } }) {
        const name = ['event deliveries', tenantId, eventId];
        const before = cursor === undefined ? undefined : (asUuid(readCursor(cursor, name)) as DeliveryId);
        const found = await ofEvent(
          tenantId,
          eventId as EventId,
          { limit, ...(before !== undefined && { before }) },
          context,
        );
        return {
          body: page(
            found.records.map(deliveryResource),
            found.before === undefined ? undefined : formatCursor(found.before, name),
          ),
        };
      },
    }),

    tenantOperation(tenant, {
      id: 'getDelivery',
      method: 'get',
      path: '/webhooks/events/{delivery_id}',
      tag: 'Deliveries',
      unknown: UNKNOWN_DELIVERY,
      summary: 'Read a delivery',
      description: 'With all its attempts, and what is sent.',
      params,
      success: {
        status: 200,
        description: 'The delivery.',
        schema: deliveryDetailSchema,
        example: {
          ...example,
          attempts: [
            { at: '2026-03-19T10:21:44.120Z', latency_ms: 87, http_status: 503, answer: 'Service Unavailable' },
          ],
          payload: settings.catalogue.eventTypes[0]?.example,
          request_headers: requestHeaders(settings.profile, EVENT_ID_EXAMPLE, ['x-environment']),
        },
      },
      async run({ tenantId, params: { delivery_id: id } }) {
        const record = await readDelivery(tenantId, id, context);
        if (record === undefined) throw new NotFound(UNKNOWN_DELIVERY);
        const [payload, own] = await Promise.all([
          ports.events.payload(tenantId, record.eventId),
          ownHeaderNames(record, context),
        ]);
        return { body: deliveryDetail(record, payload, requestHeaders(settings.profile, record.eventId, own)) };
      },
    }),

    tenantOperation(tenant, {
      id: 'getPayload',
      method: 'get',
      path: '/webhooks/events/{id}/payload',
      tag: 'Deliveries',
      unknown: UNKNOWN_EVENT,
      summary: "Read an event's payload",
      description: 'By the id of the event, or of one of its deliveries. It is kept at least 30 days.',
      params: {
        id: z
          .string()
          .regex(eventIdPattern, { error: 'is not the id of an event' })
          .openapi({ description: 'The event, or a delivery.', example: EVENT_ID_EXAMPLE }),
      },
      success: {
        status: 200,
        description: 'The payload as it is sent.',
        schema: z
          .object({
            event_id: z.string(),
            event_type: z.string(),
            payload: z.record(z.string(), z.unknown()).optional(),
            payload_text: z
              .string()
              .optional()
              .openapi({ description: 'In place of `payload` when it is no JSON object.' }),
            enriched: z.boolean().openapi({ description: 'Whether anything was added since: never.' }),
            note: z.string().optional(),
          })
          .openapi('EventPayload'),
        example: {
          event_id: EVENT_ID_EXAMPLE,
          event_type: eventTypes[0],
          payload: settings.catalogue.eventTypes[0]?.example,
          enriched: false,
        },
      },
      async run({ tenantId, params: { id } }) {
        const record = deliveryIdPattern.test(id) ? await readDelivery(tenantId, id, context) : undefined;
        const event = await ports.events.event(tenantId, record?.eventId ?? (id as EventId));
        if (event !== undefined) {
          const fields = payloadFields(event.payload);
          const note =
            'payload_text' in fields ? { note: 'The payload is not a JSON object; this text is what is sent.' } : {};
          return {
            body: { event_id: event.eventId, event_type: event.eventType, ...fields, enriched: false, ...note },
          };
        }
        if (record === undefined) throw new NotFound(UNKNOWN_EVENT);
        return {
          body: {
            event_id: record.eventId,
            event_type: record.eventType,
            enriched: false,
            note: 'The payload is kept no longer.',
          },
        };
      },
    }),

    tenantOperation(tenant, {
      id: 'retryDelivery',
      method: 'post',
      path: '/webhooks/events/{delivery_id}/retry',
      tag: 'Deliveries',
      unknown: UNKNOWN_DELIVERY,
      summary: 'Retry a delivery',
      description:
        'Sends the same event to the same webhook once more, as a delivery of its own with the whole schedule, ' +
        'whatever became of the first. It is not counted; its success resets the count.',
      params,
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
        const replay = await retryDelivery({ tenantId, ...key }, settings.profile, ports);
        return { body: { id: publicDeliveryId(replay), event_id: replay.eventId }, resource: id };
      },
    }),
  ];
}

/** What became of one event, in pages like every other list. */
async function ofEvent(
  tenantId: TenantId,
  eventId: EventId,
  { limit, before }: Pick<HistoryQuery, 'limit' | 'before'>,
  { ports }: ApiContext,
): Promise<{ records: readonly DeliveryRecord[]; before?: DeliveryId }> {
  const subscriptionIds: SubscriptionId[] = [];
  for (
    let after: SubscriptionId | undefined, more = true;
    more && subscriptionIds.length < WEBHOOKS_SEARCHED;
    more = after !== undefined
  ) {
    const slice = await ports.subscriptions.list(tenantId, WEBHOOKS_AT_ONCE, after);
    subscriptionIds.push(...slice.subscriptions.map(({ id }) => id));
    after = slice.after;
  }
  const all = await deliveriesOfEvent({ tenantId, eventId, subscriptionIds }, ports);
  const fitting = all.filter(({ deliveryId: id }) => before === undefined || id < before);
  const records = fitting.slice(0, limit);
  return { records, ...(fitting.length > limit && { before: records.at(-1)!.deliveryId }) };
}

/** Nothing for one that is not there, is past its time, or is another tenant's. */
async function readDelivery(
  tenantId: TenantId,
  id: string,
  { ports }: ApiContext,
): Promise<DeliveryRecord | undefined> {
  const key = parsePublicDeliveryId(id);
  if (key === undefined) return undefined;
  const record = (await ports.history.records([{ tenantId, ...key }])).get(key.deliveryId);
  if (record instanceof UnreadableItem) throw record;
  return record;
}

/** As the webhook has them now. */
async function ownHeaderNames(
  { tenantId, subscriptionId }: DeliveryRecord,
  { ports }: ApiContext,
): Promise<readonly string[]> {
  if (isUrlTarget(subscriptionId)) return [];
  const {
    subscriptions: [found],
  } = await ports.subscriptions.read([{ tenantId, subscriptionId }]);
  return found === undefined || found instanceof Error || !('epoch' in found) ? [] : (found.headers?.names ?? []);
}
