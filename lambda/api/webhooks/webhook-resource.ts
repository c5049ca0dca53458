/** A subscription as the API shows it: a "webhook", in the words of LeapOCR's published clients. */
import type { Complete } from '../../core/shared/complete';
import { REASON_CODE, REASON_PARAMS, reasonParams } from '../http/reason-resource';
import { formatReason } from '../../core/shared/reason-format';
import { reason, reasonText } from '../../core/shared/reason';
import { z } from '@hono/zod-openapi';
import { CUSTOM_HEADERS_MAX } from '../../core/subscriptions/custom-headers';
import {
  DESCRIPTION_MAX_CHARACTERS,
  EVENT_TYPES_MAX,
  type SubscriptionInput,
} from '../../core/subscriptions/manage-subscriptions';
import { MAX_URL_LENGTH } from '../../core/endpoint/endpoint-policy';
import { RATE_LIMIT_MAX } from '../../core/endpoint/rate-limit';
import { tenantExample, tenantFields, type TenantPath } from '../http/tenant-path';
import { time, TIME } from '../http/time';
import { streakOf, type Subscription } from '../../core/subscriptions/subscription';

const DISABLED_BY_OWNER = reason('disabled-by-owner');
export const ENDPOINT_EXAMPLE = 'https://hooks.your-company.com/events';
export const WEBHOOK_ID = '0199d1c2-7f1a-7c3e-9a55-3f0c2b7d4e10';
export const SECRET_EXAMPLE = 'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';

const wellFormed = {
  check: (text: string) => text.isWellFormed(),
  error: formatReason(reason('unpaired-surrogate')),
};

/** What an owner writes: text that is kept as it is. */
export function ownText(): z.ZodString {
  return z.string().refine(wellFormed.check, { error: wellFormed.error });
}

export const webhookId = z
  .uuid({ error: formatReason(reason('webhook-id-invalid')) })
  .openapi({ description: 'The webhook.', example: WEBHOOK_ID });

export const SECRET = z
  .string()
  .openapi({ description: 'Signs deliveries: `whsec_` and the base64 of 32 bytes.', example: SECRET_EXAMPLE });

/** The core checks them (custom-headers.ts), and says what is wrong with which; this is for the documentation. */
const HEADERS_DESCRIBED: object = {
  maxProperties: CUSTOM_HEADERS_MAX,
  propertyNames: { pattern: "^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$" },
  additionalProperties: { type: 'string', pattern: '^[\\x21-\\x7e]([\\x20-\\x7e\\t]*[\\x21-\\x7e])?$' },
};

/** The fields of a request that makes or changes one. */
export function webhookFields(eventTypes: readonly string[]) {
  return {
    // Checked by the endpoint policy, which says what rule a URL breaks; no schema can say all of them, and one that
    // says some invites what it leaves out.
    url: ownText().openapi({
      format: 'uri',
      description:
        `Where its events go: at most ${MAX_URL_LENGTH} characters, and what the platform's endpoint policy ` +
        'allows.',
      example: ENDPOINT_EXAMPLE,
    }),
    events: z
      .array(z.enum(eventTypes as [string, ...string[]]))
      .min(1)
      .max(EVENT_TYPES_MAX)
      .openapi({ description: 'Types of the event catalog; naming one twice is naming it once.' }),
    description: ownText()
      .max(DESCRIPTION_MAX_CHARACTERS)
      .openapi({ description: 'For people. An empty one takes it away.', example: 'Production' }),
    enabled: z.boolean().openapi({ description: 'Enabling one that was disabled begins its count of failures anew.' }),
    headers: z.record(z.string(), z.string()).openapi({
      ...HEADERS_DESCRIBED,
      description:
        'Headers of your own on every delivery, at most 4 KiB; none that the sender or the connection sets. ' +
        'They are credentials: their values are sealed and never shown again. An empty object takes them away.',
      example: { 'x-environment': 'production' },
    }),
    rate_limit: z
      .int()
      .min(1)
      .max(RATE_LIMIT_MAX)
      .nullable()
      .openapi({
        description:
          'Deliveries a second that the endpoint takes, retries included, evened out over two seconds. What ' +
          'comes faster waits in line, for 24 hours at most. Null takes the limit away.',
        example: 50,
      }),
  };
}

type WebhookFields = ReturnType<typeof webhookFields>;

/** The body of a request that changes a webhook. One that creates it also needs `url` and `events`. */
export function webhookInput(fields: WebhookFields) {
  return z.strictObject(fields).partial();
}

/** What an owner gives, by the names of the core. */
export function subscriptionInput({
  url,
  events,
  description,
  enabled,
  headers,
  rate_limit,
}: z.infer<ReturnType<typeof webhookInput>>): Complete<SubscriptionInput> {
  return { url, eventTypes: events, description, enabled, headers, rateLimit: rate_limit };
}

export function webhookSchema(tenant: TenantPath) {
  return z
    .object({
      ...namedFields(tenant),
      id: z.uuid(),
      url: z.string(),
      events: z.array(z.string()),
      description: z.string().optional(),
      enabled: z.boolean(),
      failure_count: z.int().min(0).openapi({ description: 'Deliveries in a row that failed.' }),
      secret: SECRET.optional().openapi({
        description: 'When it is made or regenerated alone, for those who may see secrets.',
      }),
      previous_secret_expires_at: TIME.optional().openapi({
        description: 'Until then Standard Webhooks carries the signature of the secret before this one, too.',
      }),
      header_names: z
        .array(z.string())
        .optional()
        .openapi({ description: 'Names of the headers of your own; their values are not shown.' }),
      rate_limit: z
        .int()
        .min(1)
        .max(RATE_LIMIT_MAX)
        .optional()
        .openapi({ description: 'Deliveries a second, at most; absent: as fast as events come.' }),
      user_id: z.string().optional().openapi({ description: 'Who made it.' }),
      disabled_reason: z.string().optional(),
      disabled_reason_code: REASON_CODE.optional(),
      disabled_reason_params: REASON_PARAMS.optional(),
      disabled_at: TIME.optional(),
      last_triggered_at: TIME.optional().openapi({
        description: 'The last attempt that is known; follows within a minute or so.',
      }),
      created_at: TIME,
      updated_at: TIME,
    })
    .openapi('Webhook');
}

/** The tenant's, whose names only the profile knows. */
function namedFields({ parameters }: TenantPath): Record<never, z.ZodString> {
  return Object.fromEntries(parameters.map((name) => [name, z.string()]));
}

export type Webhook = z.infer<ReturnType<typeof webhookSchema>>;

export interface WebhookExtras {
  readonly secret?: string;
  /** Epoch milliseconds. */
  readonly lastTriggeredAt?: number;
}

/** @param now epoch milliseconds */
export function webhookResource(
  subscription: Subscription,
  tenant: TenantPath,
  now: number,
  { secret, lastTriggeredAt }: WebhookExtras = {},
): Complete<Webhook> {
  const {
    tenantId,
    id,
    destination,
    eventTypes,
    description,
    enabled,
    previousSecret,
    headers,
    rateLimit,
    userId,
    disabledAt,
    disabledReason,
    createdAt,
    updatedAt,
  } = subscription;
  const why = enabled ? undefined : (disabledReason ?? DISABLED_BY_OWNER);
  const overlaps = previousSecret !== undefined && previousSecret.until > now;
  return {
    ...tenantFields(tenant, tenantId),
    id,
    url: destination.url,
    events: [...eventTypes],
    description,
    enabled,
    failure_count: streakOf(subscription),
    secret,
    previous_secret_expires_at: overlaps ? time(previousSecret.until) : undefined,
    header_names: headers && [...headers.names],
    rate_limit: rateLimit?.perSecond,
    user_id: userId,
    disabled_reason: why && reasonText(why),
    disabled_reason_code: why?.code,
    disabled_reason_params: why && reasonParams(why),
    disabled_at: enabled || disabledAt === undefined ? undefined : time(disabledAt),
    last_triggered_at: lastTriggeredAt === undefined ? undefined : time(lastTriggeredAt),
    created_at: time(createdAt),
    updated_at: time(updatedAt),
  };
}

/** As the documentation shows one. */
export function webhookExample(tenant: TenantPath, eventTypes: readonly string[]): Webhook {
  return {
    ...tenantFields(tenant, tenantExample(tenant)),
    id: WEBHOOK_ID,
    url: ENDPOINT_EXAMPLE,
    events: eventTypes.slice(0, 2),
    description: 'Production',
    enabled: true,
    failure_count: 0,
    created_at: '2026-03-19T10:21:44.000Z',
    updated_at: '2026-03-19T10:21:44.000Z',
  };
}
