import { REASON_CODE, REASON_PARAMS, reasonParams } from '../http/reason-resource';
import { reason, type Reason, reasonText } from '../../core/shared/reason';
import { z } from '@hono/zod-openapi';
import { checkEndpointUrl } from '../../core/endpoint/endpoint-policy';
import type { ApiContext } from '../context';
import { type Operation, tenantOperation } from '../http/operation';
import { ENDPOINT_EXAMPLE, ownText } from './webhook-resource';
import { UNKNOWN_WEBHOOK } from './webhook-shapes';

const requestSchema = z
  .strictObject({
    url: ownText().openapi({
      description: 'As it would be given to make a webhook.',
      example: ENDPOINT_EXAMPLE,
    }),
  })
  .openapi('CheckUrl');

const verdictSchema = z
  .object({
    acceptable: z.boolean(),
    reason: z.string().optional().openapi({ description: 'For people: the first rule that it breaks.' }),
    reason_code: REASON_CODE.optional(),
    reason_params: REASON_PARAMS.optional(),
  })
  .openapi('UrlVerdict');

export function checkWebhookUrl({ tenant, rules }: ApiContext): Operation {
  return tenantOperation(tenant, {
    id: 'checkWebhookUrl',
    method: 'post',
    path: '/webhooks/check-url',
    tag: 'Webhooks',
    unknown: UNKNOWN_WEBHOOK,
    summary: 'Check a URL',
    description:
      'Whether a webhook may have it, and why not, while it is being typed. Its spelling alone is judged: no ' +
      'request leaves for it, its name is not resolved, and nothing is kept.',
    body: {
      kind: 'json',
      required: true,
      schema: requestSchema,
      example: { url: 'http://hooks.your-company.com/events' },
    },
    success: {
      status: 200,
      description: 'The verdict.',
      schema: verdictSchema,
      example: { ...refusal(reason('scheme-not-allowed', { schemes: 'https://' })) },
    },
    run({ body: { url } }) {
      const verdict = checkEndpointUrl(url, rules.endpoints);
      return Promise.resolve({
        body: verdict.ok ? { acceptable: true } : refusal(verdict.reason),
      });
    },
  });
}

function refusal(why: Reason) {
  return { acceptable: false, reason: reasonText(why), reason_code: why.code, reason_params: reasonParams(why) };
}
