/** What came of deliveries, as the API shows it. */
import { z } from '@hono/zod-openapi';
import { TIME } from '../http/time';

const COUNTS = { delivered: z.int(), failed: z.int(), cancelled: z.int() };

export const PERIODS = ['day', 'week'] as const;

export const statisticsSchema = z
  .object({
    period: z.enum(PERIODS),
    hours: z
      .array(z.object({ start: TIME, ...COUNTS }).openapi('HourFigures'))
      .openapi({ description: 'Every hour of the period, oldest first; the last is the one that is not over.' }),
    totals: z.object(COUNTS).openapi('Figures'),
  })
  .openapi('Statistics');

export type Statistics = z.infer<typeof statisticsSchema>;

export const STATISTICS_EXAMPLE: Statistics = {
  period: 'day',
  hours: [{ start: '2026-03-19T10:00:00.000Z', delivered: 120, failed: 2, cancelled: 0 }],
  totals: { delivered: 120, failed: 2, cancelled: 0 },
};
