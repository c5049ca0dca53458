/** Figures: what came of deliveries by the hour, and the origins that events named themselves. */
import { z } from '@hono/zod-openapi';
import type { SubscriptionId } from '../../core/shared/identifiers';
import type { ApiContext } from '../context';
import { formatCursor, readCursor } from '../http/cursor';
import { deliveryTarget } from '../deliveries/delivery-target';
import { type Operation, tenantOperation } from '../http/operation';
import { page, PAGE_QUERY, pageOf } from '../http/pages';
import { time, TIME } from '../http/time';

const HOUR_MS = 3_600_000;
const HOURS = { day: 24, week: 168 } as const;
/** How the row of a URL's origin is named: see urlTarget. */
const ORIGIN_PREFIX = 'url:';

const counts = { delivered: z.int(), failed: z.int(), cancelled: z.int() };

const statistics = z
  .object({
    period: z.enum(['day', 'week']),
    hours: z
      .array(z.object({ start: TIME, ...counts }).openapi('HourFigures'))
      .openapi({ description: 'Every hour of the period, oldest first; the last is the one that is not over.' }),
    totals: z.object(counts).openapi('Figures'),
  })
  .openapi('Statistics');

const origin = z
  .object({
    id: z.string().openapi({ description: 'Lists its deliveries, as `subscription_id`.' }),
    origin: z.string().openapi({ description: 'Scheme, host and port.' }),
    last_triggered_at: TIME,
  })
  .openapi('Origin');

export function statisticsOperations({ tenant, ports }: ApiContext): Operation[] {
  return [
    tenantOperation(tenant, {
      id: 'getStatistics',
      method: 'get',
      path: '/webhooks/stats',
      tag: 'Deliveries',
      summary: 'Count deliveries by the hour',
      description:
        'How many came to which end in each hour of the last day or week, of one webhook or of all. They ' +
        'follow within a minute or so, and are approximate after a crash.',
      query: {
        subscription_id: deliveryTarget('Of one webhook or origin; without it, of all.').optional(),
        period: z
          .enum(['day', 'week'])
          .default('day')
          .openapi({ default: 'day', description: 'The last 24 hours, or the last 168.' }),
      },
      success: {
        status: 200,
        description: 'The figures.',
        schema: statistics,
        example: {
          period: 'day',
          hours: [{ start: '2026-03-19T10:00:00.000Z', delivered: 120, failed: 2, cancelled: 0 }],
          totals: { delivered: 120, failed: 2, cancelled: 0 },
        },
      },
      async run({ tenantId, query: { subscription_id: id, period } }) {
        const last = Math.floor(ports.clock.now() / HOUR_MS) * HOUR_MS;
        const first = last - (HOURS[period] - 1) * HOUR_MS;
        const found = new Map(
          (await ports.figures.hourly(tenantId, id as SubscriptionId | undefined, first, last)).map((figures) => [
            figures.hour,
            figures,
          ]),
        );
        const hours = Array.from({ length: HOURS[period] }, (_unused, index) => {
          const hour = first + index * HOUR_MS;
          const { delivered = 0, failed = 0, cancelled = 0 } = found.get(hour) ?? {};
          // A failed delivery that a copy's success overtook is taken off the hour of that success, which may be
          // another.
          return {
            start: time(hour),
            delivered: Math.max(0, delivered),
            failed: Math.max(0, failed),
            cancelled: Math.max(0, cancelled),
          };
        });
        const sum = (name: keyof typeof counts) => hours.reduce((total, hour) => total + hour[name], 0);
        return {
          body: {
            period,
            hours,
            totals: { delivered: sum('delivered'), failed: sum('failed'), cancelled: sum('cancelled') },
          },
        };
      },
    }),

    tenantOperation(tenant, {
      id: 'listOrigins',
      method: 'get',
      path: '/webhooks/origins',
      tag: 'Deliveries',
      summary: 'List the origins that events named themselves',
      description: 'Of the `webhook_url` of events that had one. Their deliveries are listed by `id`.',
      query: PAGE_QUERY,
      success: {
        status: 200,
        description: 'A page of origins, in no telling order.',
        schema: pageOf(origin, 'OriginList'),
        example: {
          data: [
            {
              id: 'url:0f1e2d3c4b5a69788796a5b4c3d2e1f0',
              origin: 'https://hooks.your-company.com',
              last_triggered_at: '2026-03-19T10:21:44.000Z',
            },
          ],
          has_more: false,
        },
      },
      errors: [409],
      async run({ tenantId, query: { cursor, limit } }) {
        const name = ['origins', tenantId];
        const before =
          cursor === undefined ? undefined : ((ORIGIN_PREFIX + readCursor(cursor, name)) as SubscriptionId);
        const { origins, after } = await ports.figures.origins(tenantId, limit, before);
        const data = origins.map(({ target, origin: text, lastTriggeredAt }) => ({
          id: target,
          origin: text,
          last_triggered_at: time(lastTriggeredAt),
        }));
        return {
          body: page(data, after === undefined ? undefined : formatCursor(after.slice(ORIGIN_PREFIX.length), name)),
        };
      },
    }),
  ];
}
