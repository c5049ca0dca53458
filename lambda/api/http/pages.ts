/** Lists and their pages. */
import { formatReason } from '../../core/shared/reason-format';
import { reason } from '../../core/shared/reason';
import { z } from '@hono/zod-openapi';
import { CURSOR_CHARACTERS } from './cursor';

export const PAGE_LIMIT_MAX = 100;
export const PAGE_LIMIT = 20;

/** What every list takes. */
export const PAGE_QUERY = {
  cursor: z
    .string()
    .regex(new RegExp(`^[A-Za-z0-9_-]{${CURSOR_CHARACTERS}}$`), { error: formatReason(reason('cursor-invalid')) })
    .optional()
    .openapi({ description: '`next_cursor` of the page before, with the same filters.' }),
  limit: z
    .string()
    .regex(/^([1-9][0-9]?|100)$/, {
      error: formatReason(reason('page-limit-invalid', { limit: PAGE_LIMIT_MAX })),
    })
    .transform(Number)
    .default(PAGE_LIMIT)
    .openapi({
      type: 'integer',
      minimum: 1,
      maximum: PAGE_LIMIT_MAX,
      default: PAGE_LIMIT,
      description: 'Entries of a page, at most.',
    }),
};

/** `true` or `false`. */
export const GIVEN_BOOLEAN = z
  .enum(['true', 'false'])
  .transform((value) => value === 'true')
  .openapi({ type: 'boolean' });

export function pageOf<T extends z.ZodType>(entry: T, name: string) {
  return z
    .object({
      data: z.array(entry),
      has_more: z.boolean().openapi({
        description:
          'Whether there may be more. A page examines a bounded number of items and may be short, even ' +
          'empty, while there are.',
      }),
      next_cursor: z.string().optional(),
    })
    .openapi(name);
}

export interface Page<T> {
  data: T[];
  has_more: boolean;
  next_cursor?: string;
}

/** @param cursor of the next page, where there may be one */
export function page<T>(data: T[], cursor: string | undefined): Page<T> {
  return { data, has_more: cursor !== undefined, next_cursor: cursor };
}
