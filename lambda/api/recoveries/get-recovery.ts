import { reason } from '../../core/shared/reason';
import { NotFound } from '../../core/shared/errors';
import { readSubscription } from '../../core/subscriptions/manage-subscriptions';
import type { ApiContext } from '../context';
import { type Operation, tenantOperation } from '../http/operation';
import { UNKNOWN_WEBHOOK, WEBHOOK_PARAMS, webhookKey } from '../webhooks/webhook-shapes';
import { RECOVERIES_PATH, RECOVERY_EXAMPLE, recoveryResource, recoverySchema } from './recovery-resource';

export function getRecovery({ tenant, ports }: ApiContext): Operation {
  return tenantOperation(tenant, {
    id: 'getRecovery',
    method: 'get',
    path: RECOVERIES_PATH,
    tag: 'Recovery',
    unknown: UNKNOWN_WEBHOOK,
    summary: 'Read the recovery under way, or the last',
    description: 'With its progress.',
    params: WEBHOOK_PARAMS,
    success: { status: 200, description: 'The recovery.', schema: recoverySchema, example: RECOVERY_EXAMPLE },
    async run({ tenantId, params: { webhook_id: id } }) {
      const key = webhookKey(tenantId, id);
      const [job] = await Promise.all([ports.jobs.read(key), readSubscription(key, ports)]);
      if (job === undefined) throw new NotFound(reason('recovery-not-found'));
      return { body: recoveryResource(job) };
    },
  });
}
