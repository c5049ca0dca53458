/** An origin of URLs that events named themselves, as the API shows it. */
import { z } from '@hono/zod-openapi';
import type { Origin as OriginFigures } from '../../core/history/figures';
import { time, TIME } from '../http/time';

export const originSchema = z
  .object({
    id: z.string().openapi({ description: 'Lists its deliveries, as `subscription_id`.' }),
    origin: z.string().openapi({ description: 'Scheme, host and port.' }),
    last_triggered_at: TIME,
  })
  .openapi('Origin');

export type Origin = z.infer<typeof originSchema>;

export const ORIGIN_EXAMPLE: Origin = {
  id: 'url:0f1e2d3c4b5a69788796a5b4c3d2e1f0',
  origin: 'https://hooks.your-company.com',
  last_triggered_at: '2026-03-19T10:21:44.000Z',
};

export function originResource({ target, origin, lastTriggeredAt }: OriginFigures): Origin {
  return { id: target, origin, last_triggered_at: time(lastTriggeredAt) };
}
