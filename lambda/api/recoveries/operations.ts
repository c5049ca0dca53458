/** Recovery: everything that failed or was cancelled since a time, sent once more. */
import { z } from '@hono/zod-openapi';
import { NotFound } from '../../core/shared/errors';
import type { SubscriptionId } from '../../core/shared/identifiers';
import { readSubscription } from '../../core/subscriptions/manage-subscriptions';
import { startRecovery } from '../../core/replay/recovery';
import { type RecoveryJob, recoveryProgress } from '../../core/replay/recovery-job';
import type { ApiContext } from '../context';
import { type Operation, tenantOperation } from '../http/operation';
import { GIVEN_TIME, time, TIME } from '../http/time';
import { WEBHOOK_ID, webhookId } from '../webhooks/webhook-resource';
import { creationLimit, UNKNOWN_WEBHOOK } from '../webhooks/operations';

const schema = z
  .object({
    id: z.string(),
    subscription_id: z.string(),
    status: z.enum(['running', 'completed', 'stopped']),
    reason: z.string().optional().openapi({ description: 'Why it stopped. What it had sent by then stays sent.' }),
    since: TIME,
    progress: z.number().min(0).max(1),
    examined: z.int().openapi({ description: 'Failed and cancelled deliveries that it has been through.' }),
    resent: z.int(),
    skipped: z.int().openapi({
      description: 'Delivered since, on their way again, resent 50 times before, or their payload is kept no longer.',
    }),
    estimated_total: z.int().optional().openapi({ description: 'How many there may be to go through.' }),
    created_at: TIME,
    updated_at: TIME,
  })
  .openapi('Recovery');

const EXAMPLE = {
  ...{
    id: '0199d1c9-11aa-7b2c-8d3e-4f5a6b7c8d9e',
    subscription_id: WEBHOOK_ID,
    status: 'running',
    since: '2026-03-19T06:00:00.000Z',
  },
  ...{
    progress: 0.4,
    examined: 400,
    resent: 380,
    skipped: 20,
    estimated_total: 1000,
    created_at: '2026-03-19T10:21:44.000Z',
    updated_at: '2026-03-19T10:21:52.000Z',
  },
};

export function recoveryOperations(context: ApiContext): Operation[] {
  const { settings, tenant, ports } = context;
  const params = { webhook_id: webhookId };
  const path = '/webhooks/{webhook_id}/recoveries';
  return [
    tenantOperation(tenant, {
      id: 'startRecovery',
      method: 'post',
      path,
      tag: 'Recovery',
      unknown: UNKNOWN_WEBHOOK,
      summary: 'Recover what failed',
      description:
        'Sends all deliveries of the webhook once more that failed or were cancelled of events since a time, ' +
        'those of the time when it was disabled included, those delivered since left out. One at a time: asked ' +
        'for again while it runs, it is answered as it stands. It survives crashes, and is paced so that live ' +
        'deliveries are not held up.',
      params,
      body: {
        kind: 'json',
        required: true,
        schema: z
          .strictObject({
            since: GIVEN_TIME.openapi({
              description: 'In the past. Longer ago than events are kept is as long as they are kept.',
            }),
          })
          .openapi('StartRecovery'),
        example: { since: '2026-03-19T06:00:00Z' },
      },
      success: { status: 202, description: 'It is under way.', schema, example: EXAMPLE },
      errors: [409],
      change: 'recovery.started',
      async run({ tenantId, params: { webhook_id: id }, body: { since } }) {
        await creationLimit(tenantId, context);
        // Asked for again while it runs, it is shown: a client whose answer was lost gets it so.
        const { job } = await startRecovery(
          { tenantId, subscriptionId: id as SubscriptionId },
          Date.parse(since),
          settings.profile,
          ports,
        );
        return { body: recoveryResource(job), resource: `${id} ${job.id}` };
      },
    }),

    tenantOperation(tenant, {
      id: 'getRecovery',
      method: 'get',
      path,
      tag: 'Recovery',
      unknown: UNKNOWN_WEBHOOK,
      summary: 'Read the recovery under way, or the last',
      description: 'With its progress.',
      params,
      success: { status: 200, description: 'The recovery.', schema, example: EXAMPLE },
      async run({ tenantId, params: { webhook_id: id } }) {
        const key = { tenantId, subscriptionId: id as SubscriptionId };
        const [job] = await Promise.all([ports.jobs.read(key), readSubscription(key, ports)]);
        if (job === undefined) throw new NotFound('There was no recovery of this webhook.');
        return { body: recoveryResource(job) };
      },
    }),
  ];
}

function recoveryResource(job: RecoveryJob): z.infer<typeof schema> {
  const { id, subscriptionId, status, reason, since, examined, resent, skipped, estimate, createdAt, updatedAt } = job;
  return {
    ...{ id, subscription_id: subscriptionId, status },
    ...(reason !== undefined && { reason }),
    since: time(since),
    progress: Math.round(recoveryProgress(job) * 1000) / 1000,
    ...{ examined, resent, skipped },
    ...(estimate !== undefined && { estimated_total: estimate }),
    ...{ created_at: time(createdAt), updated_at: time(updatedAt) },
  };
}
