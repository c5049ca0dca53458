import { z } from '@hono/zod-openapi';
import type { HourFigures } from '../../core/history/figures';
import type { SubscriptionId } from '../../core/shared/identifiers';
import type { ApiContext } from '../context';
import { deliveryTarget } from '../deliveries/delivery-target';
import { type Operation, tenantOperation } from '../http/operation';
import { time } from '../http/time';
import { PERIODS, type Statistics, STATISTICS_EXAMPLE, statisticsSchema } from './statistics-resource';

const HOUR_MS = 3_600_000;
const HOURS = { day: 24, week: 168 } as const satisfies Record<Statistics['period'], number>;

export function getStatistics({ tenant, ports }: ApiContext): Operation {
  return tenantOperation(tenant, {
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
        .enum(PERIODS)
        .default('day')
        .openapi({ default: 'day', description: 'The last 24 hours, or the last 168.' }),
    },
    success: { status: 200, description: 'The figures.', schema: statisticsSchema, example: STATISTICS_EXAMPLE },
    async run({ tenantId, query: { subscription_id: id, period } }) {
      const last = Math.floor(ports.clock.now() / HOUR_MS) * HOUR_MS;
      const first = last - (HOURS[period] - 1) * HOUR_MS;
      const figures = await ports.figures.hourly(tenantId, id as SubscriptionId | undefined, first, last);
      const hours = everyHour(first, HOURS[period], figures);
      return { body: { period, hours, totals: totalsOf(hours) } };
    },
  });
}

/** Every hour of a period, those without figures included. */
function everyHour(first: number, count: number, figures: readonly HourFigures[]): Statistics['hours'] {
  const byHour = new Map(figures.map((each) => [each.hour, each]));
  return Array.from({ length: count }, (_unused, index) => {
    const hour = first + index * HOUR_MS;
    const { delivered = 0, failed = 0, cancelled = 0 } = byHour.get(hour) ?? {};
    // A copy's success takes a failed delivery off the hour of that success, which may be another hour.
    return {
      start: time(hour),
      delivered: Math.max(0, delivered),
      failed: Math.max(0, failed),
      cancelled: Math.max(0, cancelled),
    };
  });
}

function totalsOf(hours: Statistics['hours']): Statistics['totals'] {
  const sum = (name: keyof Statistics['totals']) => hours.reduce((total, hour) => total + hour[name], 0);
  return { delivered: sum('delivered'), failed: sum('failed'), cancelled: sum('cancelled') };
}
