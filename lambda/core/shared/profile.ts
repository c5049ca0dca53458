/**
 * What a platform's webhooks look like, as the functions see it. The constructs write these values
 * (lib/webhook-profile.ts), the functions parse them here when they start: a value that this version does not know
 * stops the function with a message instead of sending something odd.
 */
import * as z from 'zod/mini';
import { EVENT_TYPE } from './identifiers';
import { parseSettings } from './settings';

const headerName = z.string().check(z.regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$/));
const seconds = z.number().check(z.nonnegative());
const count = z.int().check(z.positive());
/** Plan ids are lower case. */
export const PLAN_ID = /^[a-z0-9][a-z0-9_-]{0,63}$/;
const planId = z.string().check(z.regex(PLAN_ID));

/**
 * One signature on a delivery. `hmac` covers the platforms' own schemes; `standard-webhooks` is the specification's,
 * version 1.0.0.
 */
const signatureScheme = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('hmac'),
    header: headerName,
    encoding: z.enum(['hex', 'base64']),
    prefix: z.string(),
    /** What is signed: the body alone, or the time in unix seconds, a dot and the body. */
    content: z.enum(['body', 'timestamp.body']),
    /** Carries the time, where it is signed. */
    timestampHeader: z.optional(headerName),
  }),
  z.strictObject({ kind: z.literal('standard-webhooks') }),
]);

const endpointPolicy = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('production'),
    ports: z.array(z.int().check(z.gte(1), z.lte(65535))).check(z.minLength(1)),
  }),
  z.strictObject({ kind: z.literal('development') }),
]);

const retry = z.strictObject({
  /** The wait before each retry, in seconds, counted from the end of the attempt before. */
  delays: z.array(seconds),
  /** Jitter only adds, at most this share of the delay. */
  jitter: z.number().check(z.gte(0), z.lte(0.2)),
  /** `transient`: transport errors, 408, 429 and 5xx. `all-but-success`: everything but 2xx. */
  on: z.enum(['transient', 'all-but-success']),
  /** Whether a later `Retry-After` on 429 and 503 is honored. */
  retryAfter: z.boolean(),
  /** Whether 410 Gone disables the subscription. */
  goneDisables: z.boolean(),
});

const hotSettings = z.strictObject({
  version: z.literal(1),
  name: z.string(),
  tenantParts: z.int().check(z.gte(1), z.lte(4)),
  userAgent: z.string(),
  /** Sent on every delivery as they are. */
  headers: z.record(headerName, z.string()),
  signatures: z.array(signatureScheme).check(z.minLength(1)),
  retry,
  /** For resolve, connect, TLS, headers and body of one attempt. */
  deadlineSeconds: z.number().check(z.positive()),
  endpoints: endpointPolicy,
  /** Failed deliveries in a row that disable a subscription. */
  disableAfter: count,
  /**
   * Plans whose tenants get deliveries; absent: the platform's plans do not matter here. A tenant without a plan on
   * record is allowed.
   */
  plans: z.optional(z.array(planId)),
  /**
   * How long claims, payloads and delivery records are kept; their minimum is computed at synth (rule 9 of
   * docs/architecture.md).
   */
  eventTtlSeconds: count,
  deliveryTtlSeconds: count,
});

const catalog = z.strictObject({
  version: z.literal(1),
  /**
   * Names of the tenant's parts in the management API's paths, such as
   * `/organizations/{organization_id}/teams/{team_id}`.
   */
  tenantPath: z.string(),
  /** Plans that have webhooks, and their limits. */
  plans: z.optional(z.array(z.strictObject({ id: planId, name: z.string(), maxSubscriptions: z.optional(count) }))),
  eventTypes: z.array(
    z.strictObject({
      name: z.string().check(z.regex(EVENT_TYPE)),
      description: z.string(),
      /** JSON Schema of the payload; published, not enforced at dispatch. */
      schema: z.record(z.string(), z.unknown()),
      example: z.record(z.string(), z.unknown()),
    }),
  ),
});

export type SignatureScheme = z.infer<typeof signatureScheme>;
export type RetrySettings = z.infer<typeof retry>;
export type Profile = z.infer<typeof hotSettings>;
export type EventCatalog = z.infer<typeof catalog>;
export type Plan = NonNullable<EventCatalog['plans']>[number];

/** @param json the value of the environment variable `WEBHOOK_PROFILE` */
export function parseProfile(json: string | undefined): Profile {
  return parseSettings('WEBHOOK_PROFILE', hotSettings, json);
}

/** @param json the content of catalog.json, which lies beside the function's code */
export function parseCatalog(json: string | undefined): EventCatalog {
  return parseSettings('catalog.json', catalog, json);
}
