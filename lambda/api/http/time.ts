/** Times as the API shows and takes them: RFC 3339. */
import { formatReason } from '../../core/shared/reason-format';
import { reason } from '../../core/shared/reason';
import { z } from '@hono/zod-openapi';

/** In an answer. */
export const TIME = z
  .string()
  .openapi({ format: 'date-time', description: 'UTC, with milliseconds.', example: '2026-03-19T10:21:44.000Z' });

/** In a request; any offset. */
export const GIVEN_TIME = z.iso
  .datetime({ offset: true, error: formatReason(reason('time-invalid')) })
  .openapi({ example: '2026-03-19T10:21:44Z' });

/** @param milliseconds since the epoch */
export function time(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
