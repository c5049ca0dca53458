/** The body of a request that regenerates a secret. */
import { z } from '@hono/zod-openapi';
import { OVERLAP_MAX_SECONDS } from '../../core/subscriptions/manage-subscriptions';

const schema = z
  .strictObject({
    overlap_seconds: z
      .int()
      .min(0)
      .max(OVERLAP_MAX_SECONDS)
      .optional()
      .openapi({
        description:
          'For so long Standard Webhooks carries both signatures. Without it the old secret signs nothing any ' +
          'more, from the next attempt on.',
      }),
  })
  .openapi('Overlap');

export const OVERLAP_BODY = {
  kind: 'json',
  required: false,
  schema,
  example: { overlap_seconds: 86_400 },
} as const;
