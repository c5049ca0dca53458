/** A recovery as the API shows it. */
import type { Complete } from '../../core/shared/complete';
import { REASON_CODE, REASON_PARAMS, reasonParams } from '../http/reason-resource';
import { reasonText } from '../../core/shared/reason';
import { z } from '@hono/zod-openapi';
import { type RecoveryJob, recoveryProgress } from '../../core/replay/recovery-job';
import { time, TIME } from '../http/time';
import { WEBHOOK_ID } from '../webhooks/webhook-resource';

export const recoverySchema = z
  .object({
    id: z.string(),
    subscription_id: z.string(),
    status: z.enum(['running', 'completed', 'stopped']),
    reason: z.string().optional().openapi({ description: 'Why it stopped. What it had sent by then stays sent.' }),
    reason_code: REASON_CODE.optional(),
    reason_params: REASON_PARAMS.optional(),
    since: TIME,
    progress: z.number().min(0).max(1),
    examined: z.int().openapi({ description: 'Failed and canceled deliveries that it has been through.' }),
    resent: z.int(),
    skipped: z.int().openapi({
      description: 'Delivered since, on their way again, resent 50 times before, or their payload is kept no longer.',
    }),
    estimated_total: z.int().optional().openapi({ description: 'How many there may be to go through.' }),
    created_at: TIME,
    updated_at: TIME,
  })
  .openapi('Recovery');

export type Recovery = z.infer<typeof recoverySchema>;

export const RECOVERY_EXAMPLE: Recovery = {
  id: '0199d1c9-11aa-7b2c-8d3e-4f5a6b7c8d9e',
  subscription_id: WEBHOOK_ID,
  status: 'running',
  since: '2026-03-19T06:00:00.000Z',
  progress: 0.4,
  examined: 400,
  resent: 380,
  skipped: 20,
  estimated_total: 1000,
  created_at: '2026-03-19T10:21:44.000Z',
  updated_at: '2026-03-19T10:21:52.000Z',
};

/** The path of a webhook's recoveries. */
export const RECOVERIES_PATH = '/webhooks/{webhook_id}/recoveries';

export function recoveryResource(job: RecoveryJob): Complete<Recovery> {
  const { id, subscriptionId, status, reason, since, examined, resent, skipped, estimate, createdAt, updatedAt } = job;
  return {
    id,
    subscription_id: subscriptionId,
    status,
    reason: reason && reasonText(reason),
    reason_code: reason?.code,
    reason_params: reason && reasonParams(reason),
    since: time(since),
    progress: Math.round(recoveryProgress(job) * 1000) / 1000,
    examined,
    resent,
    skipped,
    estimated_total: estimate,
    created_at: time(createdAt),
    updated_at: time(updatedAt),
  };
}
