import { REASON_CODE, REASON_PARAMS } from '../http/reason-resource';
import { z } from '@hono/zod-openapi';
import { isSuccess } from '../../core/endpoint/endpoint';
import { readSubscription } from '../../core/subscriptions/manage-subscriptions';
import { sendTest, TEST_EVENT_TYPE } from '../../core/subscriptions/test-send';
import { creationLimit } from '../account/creation-limit';
import type { ApiContext } from '../context';
import { type Operation, tenantOperation } from '../http/operation';
import { describeAttempt } from './attempt-result';
import { UNKNOWN_WEBHOOK, WEBHOOK_PARAMS, webhookKey, webhookShapes } from './webhook-shapes';

const resultSchema = z
  .object({
    success: z.boolean().openapi({ description: 'Whether it answered with 2xx.' }),
    event_id: z.string(),
    event_type: z.string(),
    http_status: z.int().optional(),
    latency_ms: z.int(),
    response: z.string().optional().openapi({ description: "The start of the answer's body." }),
    error: z.string().optional().openapi({ description: 'Why it failed.' }),
    error_code: REASON_CODE.optional(),
    error_params: REASON_PARAMS.optional(),
  })
  .openapi('TestResult');

const RESULT_EXAMPLE = {
  success: true,
  event_id: '0199d1c2-8a3b-7d1f-8c44-1e2f3a4b5c6d',
  event_type: TEST_EVENT_TYPE,
  http_status: 200,
  latency_ms: 87,
  response: 'ok',
};

export function testWebhook(context: ApiContext): Operation {
  const { settings, tenant, ports } = context;
  const { eventTypes } = webhookShapes(context);
  return tenantOperation(tenant, {
    id: 'testWebhook',
    method: 'post',
    path: '/webhooks/{webhook_id}/test',
    tag: 'Webhooks',
    unknown: UNKNOWN_WEBHOOK,
    summary: 'Send a test event',
    description:
      'One real, signed delivery now, whether the webhook is enabled or not. It is not on the log and not ' +
      'counted. The call succeeds also when the endpoint does not: see `success`.',
    params: WEBHOOK_PARAMS,
    body: {
      kind: 'json',
      required: false,
      schema: requestSchema(eventTypes),
      example: { event_type: eventTypes[0] },
    },
    success: { status: 200, description: 'How the endpoint took it.', schema: resultSchema, example: RESULT_EXAMPLE },
    errors: [429],
    change: 'subscription.tested',
    async run({ tenantId, params: { webhook_id: id }, body: { event_type: type } }) {
      await creationLimit(tenantId, context);
      const subscription = await readSubscription(webhookKey(tenantId, id), ports);
      const { ok, eventId, eventType, result } = await sendTest(
        subscription,
        type,
        settings.catalog,
        settings.profile,
        ports,
      );
      const attempt = describeAttempt(result, isSuccess(result));
      return { body: { success: ok, event_id: eventId, event_type: eventType, ...attempt }, resource: id };
    },
  });
}

function requestSchema(eventTypes: readonly string[]) {
  return z
    .strictObject({
      event_type: z
        .enum([TEST_EVENT_TYPE, ...eventTypes])
        .optional()
        .openapi({
          description: `Sends the catalog's example of this type. Without it: \`${TEST_EVENT_TYPE}\`.`,
        }),
    })
    .openapi('TestWebhook');
}
