import { streakOf } from '../../core/subscriptions/subscription';
import { REASON_CODE, REASON_PARAMS } from '../http/reason-resource';
import { z } from '@hono/zod-openapi';
import type { AttemptResult } from '../../core/endpoint/endpoint';
import { readSubscription } from '../../core/subscriptions/manage-subscriptions';
import { checkHealth } from '../../core/subscriptions/test-send';
import type { ApiContext } from '../context';
import { type Operation, tenantOperation } from '../http/operation';
import { describeAttempt } from './attempt-result';
import { UNKNOWN_WEBHOOK, WEBHOOK_PARAMS, webhookKey } from './webhook-shapes';

const healthSchema = z
  .object({
    healthy: z.boolean(),
    reachable: z.boolean().openapi({ description: 'Whether it answered at all.' }),
    http_status: z.int().optional(),
    latency_ms: z.int(),
    error: z.string().optional(),
    error_code: REASON_CODE.optional(),
    error_params: REASON_PARAMS.optional(),
    enabled: z.boolean(),
    failure_count: z.int(),
    circuit: z
      .enum(['closed', 'open'])
      .openapi({ description: 'Open: deliveries wait, for the endpoint did not answer at all.' }),
  })
  .openapi('WebhookHealth');

const HEALTH_EXAMPLE = {
  healthy: true,
  reachable: true,
  http_status: 200,
  latency_ms: 41,
  enabled: true,
  failure_count: 0,
  circuit: 'closed',
};

export function getWebhookHealth({ settings, tenant, ports }: ApiContext): Operation {
  return tenantOperation(tenant, {
    id: 'getWebhookHealth',
    method: 'get',
    path: '/webhooks/{webhook_id}/health',
    tag: 'Webhooks',
    unknown: UNKNOWN_WEBHOOK,
    summary: 'See whether the endpoint can be reached',
    description:
      'A HEAD request now, without an event. Any answer but a server error (5xx; 501 is none: many receivers ' +
      'do not know HEAD) is healthy.',
    params: WEBHOOK_PARAMS,
    success: {
      status: 200,
      description: 'What came of it, and how the webhook stands.',
      schema: healthSchema,
      example: HEALTH_EXAMPLE,
    },
    errors: [429],
    async run({ tenantId, params: { webhook_id: id } }) {
      const subscription = await readSubscription(webhookKey(tenantId, id), ports);
      const result = await checkHealth(subscription, settings.profile, ports);
      const healthy = isHealthy(result);
      const { response: _none, ...attempt } = describeAttempt(result, healthy);
      return {
        body: {
          healthy,
          reachable: result.kind === 'answered',
          ...attempt,
          enabled: subscription.enabled,
          failure_count: streakOf(subscription),
          circuit: subscription.circuit === undefined ? 'closed' : 'open',
        },
      };
    },
  });
}

/** The status of a server that does not know the method (RFC 9110, section 15.6.2). */
const NOT_IMPLEMENTED = 501;

function isHealthy(result: AttemptResult): boolean {
  return result.kind === 'answered' && (result.status < 500 || result.status === NOT_IMPLEMENTED);
}
