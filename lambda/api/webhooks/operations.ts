/** Webhooks: what their owners do with them, and what they try them out with. */
import { z } from '@hono/zod-openapi';
import { type AttemptResult, isSuccess } from '../../core/endpoint/endpoint';
import { checkEndpointUrl } from '../../core/endpoint/endpoint-policy';
import { PortUnavailable } from '../../core/shared/errors';
import type { SubscriptionId, TenantId } from '../../core/shared/identifiers';
import {
  createSubscription,
  deleteSubscription,
  OVERLAP_MAX_SECONDS,
  readSubscription,
  regenerateSecret,
  updateSubscription,
} from '../../core/subscriptions/manage-subscriptions';
import { requireWebhooks } from '../../core/subscriptions/plans';
import { checkHealth, sendTest, TEST_EVENT_TYPE } from '../../core/subscriptions/test-send';
import type { ApiContext } from '../context';
import { asUuid, formatCursor, readCursor } from '../http/cursor';
import { type Operation, tenantOperation } from '../http/operation';
import { GIVEN_BOOLEAN, page, PAGE_QUERY, pageOf } from '../http/pages';
import {
  ENDPOINT_EXAMPLE,
  ownText,
  SECRET_EXAMPLE,
  webhookExample,
  webhookFields,
  webhookId,
  webhookResource,
  webhookSchema,
} from './webhook-resource';
import type { CreationLimit } from '../../core/subscriptions/subscription-directory';
import type { Subscription } from '../../core/subscriptions/subscription';

export const UNKNOWN_WEBHOOK = 'There is no such webhook.';
/** Of subscriptions that a page examines where a filter passes few of them, and how many it reads at once. */
const EXAMINED_MAX = 500;
const FILTERED_CHUNK = 100;

export const OVERLAP = z
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

export function webhookOperations(context: ApiContext): Operation[] {
  const { settings, tenant, rules, ports } = context;
  const { clock, subscriptions } = ports;
  const eventTypes = settings.catalogue.eventTypes.map(({ name }) => name);
  const schema = webhookSchema(tenant);
  const list = pageOf(schema, 'WebhookList');
  const example = webhookExample(tenant, eventTypes);
  const fields = webhookFields(eventTypes);
  const params = { webhook_id: webhookId };
  const withPath = { tag: 'Webhooks', unknown: UNKNOWN_WEBHOOK } as const;

  const keyOf = (tenantId: TenantId, id: string) => ({ tenantId, subscriptionId: id as SubscriptionId });
  const shown = async (subscription: Subscription, secret?: string) =>
    webhookResource(subscription, tenant, clock.now(), {
      secret,
      lastTriggeredAt: (await lastTriggered([subscription], context)).get(subscription.id),
    });

  return [
    tenantOperation(tenant, {
      ...withPath,
      id: 'listWebhooks',
      method: 'get',
      path: '/webhooks',
      summary: 'List webhooks',
      description: 'Newest first.',
      query: {
        ...PAGE_QUERY,
        enabled: GIVEN_BOOLEAN.optional().openapi({
          type: 'boolean',
          description: 'Only those that are enabled, or are not.',
        }),
      },
      success: {
        status: 200,
        description: 'A page of webhooks.',
        schema: list,
        example: { data: [example], has_more: false },
      },
      errors: [409],
      async run({ tenantId, query: { cursor, limit, enabled } }) {
        const name = ['webhooks', tenantId, enabled?.toString()];
        let after = cursor === undefined ? undefined : (asUuid(readCursor(cursor, name)) as SubscriptionId);
        const found: Subscription[] = [];
        const chunk = enabled === undefined ? limit : FILTERED_CHUNK;
        for (let examined = 0; examined < EXAMINED_MAX && found.length < limit; examined += chunk) {
          const slice = await subscriptions.list(tenantId, chunk, after);
          const fitting = slice.subscriptions.filter((each) => enabled === undefined || each.enabled === enabled);
          const taken = fitting.slice(0, limit - found.length);
          found.push(...taken);
          after = taken.length < fitting.length ? taken.at(-1)!.id : slice.after;
          if (after === undefined) break;
        }
        const times = await lastTriggered(found, context);
        const data = found.map((each) =>
          webhookResource(each, tenant, clock.now(), { lastTriggeredAt: times.get(each.id) }),
        );
        return { body: page(data, after === undefined ? undefined : formatCursor(after, name)) };
      },
    }),

    tenantOperation(tenant, {
      ...withPath,
      id: 'createWebhook',
      method: 'post',
      path: '/webhooks',
      summary: 'Create a webhook',
      description: 'The answer alone holds its secret, for those who may see secrets: keep it.',
      body: {
        kind: 'json',
        required: true,
        schema: z
          .strictObject({
            url: fields.url,
            events: fields.events,
            description: fields.description.optional(),
            enabled: fields.enabled.optional(),
            headers: fields.headers.optional(),
            rate_limit: fields.rate_limit.optional(),
          })
          .openapi('CreateWebhook'),
        example: { url: example.url, events: example.events, description: example.description },
      },
      success: {
        status: 201,
        description: 'The webhook, with its secret.',
        schema,
        example: { ...example, secret: SECRET_EXAMPLE },
      },
      errors: [409],
      change: 'subscription.created',
      async run({
        tenantId,
        body: { url, events, description, enabled, headers, rate_limit: rateLimit },
        userId,
        seesSecrets,
      }) {
        const limit = await creationLimit(tenantId, context);
        const { subscription, secret } = await createSubscription(
          {
            ...{ tenantId, url, eventTypes: events },
            ...(description !== undefined && { description }),
            ...(enabled !== undefined && { enabled }),
            ...(headers !== undefined && { headers }),
            ...(rateLimit !== undefined && { rateLimit }),
            ...(userId !== undefined && { userId }),
          },
          rules,
          { ...ports, keyRing: await ports.keyRings.ring() },
          limit,
        );
        return {
          body: webhookResource(subscription, tenant, clock.now(), seesSecrets ? { secret } : {}),
          resource: subscription.id,
        };
      },
    }),

    tenantOperation(tenant, {
      ...withPath,
      id: 'checkWebhookUrl',
      method: 'post',
      path: '/webhooks/check-url',
      summary: 'Check a URL',
      description:
        'Whether a webhook may have it, and why not, while it is being typed. Its spelling alone is judged: no ' +
        'request leaves for it, its name is not resolved, and nothing is kept.',
      body: {
        kind: 'json',
        required: true,
        schema: z
          .strictObject({
            url: ownText().openapi({
              description: 'As it would be given to make a webhook.',
              example: ENDPOINT_EXAMPLE,
            }),
          })
          .openapi('CheckUrl'),
        example: { url: 'http://hooks.your-company.com/events' },
      },
      success: {
        status: 200,
        description: 'The verdict.',
        schema: z
          .object({
            acceptable: z.boolean(),
            reason: z.string().optional().openapi({ description: 'For people: the first rule that it breaks.' }),
          })
          .openapi('UrlVerdict'),
        example: { acceptable: false, reason: "The endpoint's URL must start with https://." },
      },
      run({ body: { url } }) {
        const verdict = checkEndpointUrl(url, rules.endpoints);
        return Promise.resolve({
          body: verdict.ok ? { acceptable: true } : { acceptable: false, reason: verdict.message },
        });
      },
    }),

    tenantOperation(tenant, {
      ...withPath,
      id: 'getWebhook',
      method: 'get',
      path: '/webhooks/{webhook_id}',
      summary: 'Read a webhook',
      description: 'Without its secret, which is shown when it is made or regenerated alone.',
      params,
      success: { status: 200, description: 'The webhook.', schema, example },
      async run({ tenantId, params: { webhook_id: id } }) {
        return { body: await shown(await readSubscription(keyOf(tenantId, id), ports)) };
      },
    }),

    tenantOperation(tenant, {
      ...withPath,
      id: 'updateWebhook',
      method: 'put',
      path: '/webhooks/{webhook_id}',
      summary: 'Change a webhook',
      description:
        'What is left out stays as it is. `enabled: true` on one that was disabled enables it again and begins ' +
        'its count of failures anew.',
      params,
      body: {
        kind: 'json',
        required: true,
        schema: z
          .strictObject({
            events: fields.events,
            url: fields.url.optional(),
            description: fields.description.optional(),
            enabled: fields.enabled.optional(),
            headers: fields.headers.optional(),
            rate_limit: fields.rate_limit.optional(),
          })
          .openapi('UpdateWebhook'),
        example: { events: example.events, enabled: true },
      },
      success: { status: 200, description: 'The webhook as it is now.', schema, example },
      errors: [409],
      change: 'subscription.updated',
      async run({
        tenantId,
        params: { webhook_id: id },
        body: { events, url, description, enabled, headers, rate_limit: rateLimit },
      }) {
        await creationLimit(tenantId, context);
        const changed = await updateSubscription(
          keyOf(tenantId, id),
          {
            eventTypes: events,
            ...(url !== undefined && { url }),
            ...(description !== undefined && { description }),
            ...(enabled !== undefined && { enabled }),
            ...(headers !== undefined && { headers }),
            ...(rateLimit !== undefined && { rateLimit }),
          },
          rules,
          { ...ports, keyRing: await ports.keyRings.ring() },
        );
        return { body: await shown(changed), resource: id };
      },
    }),

    tenantOperation(tenant, {
      ...withPath,
      id: 'deleteWebhook',
      method: 'delete',
      path: '/webhooks/{webhook_id}',
      summary: 'Delete a webhook',
      description:
        'Events that come from now on do not go there; deliveries on their way are cancelled. Its deliveries ' +
        'stay in the log until their time.',
      params,
      success: { status: 204, description: 'It is gone.', schema: z.undefined(), example: undefined },
      errors: [409],
      change: 'subscription.deleted',
      async run({ tenantId, params: { webhook_id: id } }) {
        await deleteSubscription(keyOf(tenantId, id), ports);
        return { body: undefined, resource: id };
      },
    }),

    tenantOperation(tenant, {
      ...withPath,
      id: 'regenerateWebhookSecret',
      method: 'post',
      path: '/webhooks/{webhook_id}/regenerate-secret',
      summary: 'Regenerate the secret',
      description: 'The new secret signs from the next attempt on.',
      params,
      body: { kind: 'json', required: false, schema: OVERLAP, example: { overlap_seconds: 86_400 } },
      success: {
        status: 200,
        description: 'The webhook, with its new secret.',
        schema,
        example: { ...example, secret: SECRET_EXAMPLE },
      },
      errors: [409],
      change: 'subscription.secret-regenerated',
      async run({ tenantId, params: { webhook_id: id }, body: { overlap_seconds: seconds = 0 } }) {
        await creationLimit(tenantId, context);
        const { subscription, secret } = await regenerateSecret(keyOf(tenantId, id), seconds, {
          ...ports,
          keyRing: await ports.keyRings.ring(),
        });
        return { body: await shown(subscription, secret), resource: id };
      },
    }),

    tenantOperation(tenant, {
      ...withPath,
      id: 'testWebhook',
      method: 'post',
      path: '/webhooks/{webhook_id}/test',
      summary: 'Send a test event',
      description:
        'One real, signed delivery now, whether the webhook is enabled or not. It is not on the log and not ' +
        'counted. The call succeeds also when the endpoint does not: see `success`.',
      params,
      body: {
        kind: 'json',
        required: false,
        schema: z
          .strictObject({
            event_type: z
              .enum([TEST_EVENT_TYPE, ...eventTypes])
              .optional()
              .openapi({
                description: `Sends the catalogue's example of this type. Without it: \`${TEST_EVENT_TYPE}\`.`,
              }),
          })
          .openapi('TestWebhook'),
        example: { event_type: eventTypes[0] },
      },
      success: {
        status: 200,
        description: 'How the endpoint took it.',
        schema: z
          .object({
            success: z.boolean().openapi({ description: 'Whether it answered with 2xx.' }),
            event_id: z.string(),
            event_type: z.string(),
            http_status: z.int().optional(),
            latency_ms: z.int(),
            response: z.string().optional().openapi({ description: "The start of the answer's body." }),
            error: z.string().optional().openapi({ description: 'Why it failed, in words.' }),
          })
          .openapi('TestResult'),
        example: {
          success: true,
          event_id: '0199d1c2-8a3b-7d1f-8c44-1e2f3a4b5c6d',
          event_type: TEST_EVENT_TYPE,
          http_status: 200,
          latency_ms: 87,
          response: 'ok',
        },
      },
      errors: [429],
      change: 'subscription.tested',
      async run({ tenantId, params: { webhook_id: id }, body: { event_type: type } }) {
        await creationLimit(tenantId, context);
        const subscription = await readSubscription(keyOf(tenantId, id), ports);
        const { ok, eventId, eventType, result } = await sendTest(
          subscription,
          type,
          settings.catalogue,
          settings.profile,
          ports,
        );
        return {
          body: { success: ok, event_id: eventId, event_type: eventType, ...inWords(result, isSuccess(result)) },
          resource: id,
        };
      },
    }),

    tenantOperation(tenant, {
      ...withPath,
      id: 'getWebhookHealth',
      method: 'get',
      path: '/webhooks/{webhook_id}/health',
      summary: 'See whether the endpoint can be reached',
      description:
        'A HEAD request now, without an event. Any answer but a server error (5xx; 501 is none: many receivers ' +
        'do not know HEAD) is healthy.',
      params,
      success: {
        status: 200,
        description: 'What came of it, and how the webhook stands.',
        schema: z
          .object({
            healthy: z.boolean(),
            reachable: z.boolean().openapi({ description: 'Whether it answered at all.' }),
            http_status: z.int().optional(),
            latency_ms: z.int(),
            error: z.string().optional(),
            enabled: z.boolean(),
            failure_count: z.int(),
            circuit: z
              .enum(['closed', 'open'])
              .openapi({ description: 'Open: deliveries wait, for the endpoint did not answer at all.' }),
          })
          .openapi('WebhookHealth'),
        example: {
          healthy: true,
          reachable: true,
          http_status: 200,
          latency_ms: 41,
          enabled: true,
          failure_count: 0,
          circuit: 'closed',
        },
      },
      errors: [429],
      async run({ tenantId, params: { webhook_id: id } }) {
        const subscription = await readSubscription(keyOf(tenantId, id), ports);
        const result = await checkHealth(subscription, settings.profile, ports);
        const healthy = isHealthy(result);
        const { response: _none, ...found } = inWords(result, healthy);
        return {
          body: {
            ...{ healthy, reachable: result.kind === 'answered', ...found },
            ...{
              enabled: subscription.enabled,
              failure_count: Math.max(0, subscription.count - subscription.countAtLastSuccess),
              circuit: subscription.circuit === undefined ? 'closed' : 'open',
            },
          },
        };
      },
    }),
  ];
}

/**
 * @returns what may be created
 * @throws Forbidden when the tenant's plan has no webhooks
 */
export async function creationLimit(tenantId: TenantId, { settings, ports }: ApiContext): Promise<CreationLimit> {
  return requireWebhooks(await ports.accounts.account(tenantId), settings.catalogue.plans);
}

/** Best effort: a list is worth more than the times in it. */
async function lastTriggered(
  subscriptions: readonly Subscription[],
  { ports }: ApiContext,
): Promise<ReadonlyMap<SubscriptionId, number>> {
  const [first] = subscriptions;
  if (first === undefined) return new Map();
  const ids = subscriptions.map(({ id }) => id).sort();
  try {
    return await ports.figures.lastTriggered(first.tenantId, ids[0]!, ids.at(-1)!);
  } catch (error) {
    if (!(error instanceof PortUnavailable)) throw error;
    ports.log.warn('last-triggered times could not be read', { reason: error.message });
    return new Map();
  }
}

/** RFC 9110, section 15.6.2: a server that does not know the method. */
const NOT_IMPLEMENTED = 501;

function isHealthy(result: AttemptResult): boolean {
  return result.kind === 'answered' && (result.status < 500 || result.status === NOT_IMPLEMENTED);
}

function inWords(
  result: AttemptResult,
  good: boolean,
): { http_status?: number; latency_ms: number; response?: string; error?: string } {
  const latency = Math.round(result.latencyMs);
  if (result.kind !== 'answered') return { latency_ms: latency, error: result.message };
  return {
    ...{ http_status: result.status, latency_ms: latency },
    ...(result.answer !== '' && { response: result.answer }),
    ...(!good && {
      error:
        'The endpoint answered ' +
        `${result.status}${result.status >= 300 && result.status < 400 ? '; redirects are not followed' : ''}.`,
    }),
  };
}
