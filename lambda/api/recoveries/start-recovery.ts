import { z } from '@hono/zod-openapi';
import { startRecovery as start } from '../../core/replay/recovery';
import { creationLimit } from '../account/creation-limit';
import type { ApiContext } from '../context';
import { type Operation, tenantOperation } from '../http/operation';
import { GIVEN_TIME } from '../http/time';
import { UNKNOWN_WEBHOOK, WEBHOOK_PARAMS, webhookKey } from '../webhooks/webhook-shapes';
import { RECOVERIES_PATH, RECOVERY_EXAMPLE, recoveryResource, recoverySchema } from './recovery-resource';

const requestSchema = z
  .strictObject({
    since: GIVEN_TIME.openapi({
      description: 'In the past. Longer ago than events are kept is as long as they are kept.',
    }),
  })
  .openapi('StartRecovery');

export function startRecovery(context: ApiContext): Operation {
  const { settings, tenant, ports } = context;
  return tenantOperation(tenant, {
    id: 'startRecovery',
    method: 'post',
    path: RECOVERIES_PATH,
    tag: 'Recovery',
    unknown: UNKNOWN_WEBHOOK,
    summary: 'Recover what failed',
    description:
      'Sends all deliveries of the webhook once more that failed or were canceled of events since a time, ' +
      'those of the time when it was disabled included, those delivered since left out. One at a time: asked ' +
      'for again while it runs, it is answered as it stands. It survives crashes, and is paced so that live ' +
      'deliveries are not held up.',
    params: WEBHOOK_PARAMS,
    body: { kind: 'json', required: true, schema: requestSchema, example: { since: '2026-03-19T06:00:00Z' } },
    success: { status: 202, description: 'It is under way.', schema: recoverySchema, example: RECOVERY_EXAMPLE },
    errors: [409],
    change: 'recovery.started',
    async run({ tenantId, params: { webhook_id: id }, body: { since } }) {
      await creationLimit(tenantId, context);
      // A recovery that already runs is shown. A client that lost the first answer gets it this way.
      const { job } = await start(webhookKey(tenantId, id), Date.parse(since), settings.profile, ports);
      return { body: recoveryResource(job), resource: `${id} ${job.id}` };
    },
  });
}
