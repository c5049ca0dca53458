/** What owners do with their subscriptions: create, change, regenerate the secret, delete. */
import type { RandomSource } from '../shared/random';
import { checkCustomHeaders, sealHeaders } from './custom-headers';
import { checkEndpointUrl, type EndpointPolicy } from '../endpoint/endpoint-policy';
import { Conflict, Forbidden, InvalidInput, NotFound } from '../shared/errors';
import { type SubscriptionId, type SubscriptionKey, type TenantId, tenantIdFault, uuidV7 } from '../shared/identifiers';
import { type KeyRing, SEALING_IV_BYTES } from '../signing/key-ring';
import type { Profile, SignatureScheme } from '../shared/profile';
import { RATE_LIMIT_MAX } from '../endpoint/rate-limit';
import { formatSecret, type PreviousSecret, SECRET_BYTES } from '../signing/secret';
import type { Clock } from '../shared/clock';
import type { CreationLimit, SubscriptionDirectory, SubscriptionWriter } from './subscription-directory';
import type { SubscriptionReader } from './subscription-reader';
import { secretOwner, type Subscription } from './subscription';

export const EVENT_TYPES_MAX = 10;
export const DESCRIPTION_MAX_CHARACTERS = 500;
/** A week: enough for any rollout, and short enough that a leaked secret does not live on. */
export const OVERLAP_MAX_SECONDS = 7 * 86400;

export interface NewSubscription {
  readonly tenantId: string;
  readonly url: string;
  readonly eventTypes: readonly string[];
  readonly description?: string;
  readonly enabled?: boolean;
  /** Headers of the owner's own, by name. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Attempts a second; null: as fast as events come. */
  readonly rateLimit?: number | null;
  readonly userId?: string;
}

/**
 * What is absent stays as it is; a description or headers that are empty are taken away, and so is a rate limit that is
 * null.
 */
export interface SubscriptionUpdate {
  readonly url?: string;
  readonly eventTypes?: readonly string[];
  readonly description?: string;
  readonly enabled?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
  readonly rateLimit?: number | null;
}

export interface SubscriptionRules {
  readonly tenantParts: number;
  readonly eventTypes: ReadonlySet<string>;
  readonly endpoints: EndpointPolicy;
  /** The profile's own headers, which an owner's may not replace. */
  readonly headers: Profile['headers'];
  readonly signatures: readonly SignatureScheme[];
}

interface ManagementPorts {
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly keyRing: KeyRing;
  readonly subscriptions: SubscriptionReader & SubscriptionDirectory;
}

/**
 * Somebody else, or a delivery that disabled it, changes a subscription at the same time this often before the caller
 * is told.
 */
const UPDATE_TRIES = 4;

/**
 * Makes a subscription with a secret of its own.
 *
 * @param limit of the tenant's plan, see plans.ts
 * @returns the subscription, and its secret in clear: the only time that it is shown
 * @throws InvalidInput naming the field at fault
 * @throws Forbidden when the plan's limit is reached
 * @throws Conflict when the plan changed meanwhile
 */
export async function createSubscription(
  input: NewSubscription,
  rules: SubscriptionRules,
  ports: Omit<ManagementPorts, 'subscriptions'> & { readonly subscriptions: SubscriptionWriter },
  limit: CreationLimit = {},
): Promise<{ subscription: Subscription; secret: string }> {
  const fault = tenantIdFault(input.tenantId, rules.tenantParts);
  if (fault !== undefined) throw new InvalidInput('tenant_id', fault);
  checkUrl(input.url, rules);
  const eventTypes = selectedEventTypes(input.eventTypes, rules.eventTypes);
  checkDescription(input.description);
  const headers = checkCustomHeaders(input.headers ?? {}, rules);
  checkRateLimit(input.rateLimit);

  const now = ports.clock.now();
  const secret = formatSecret(ports.random.bytes(SECRET_BYTES));
  const identity = { tenantId: input.tenantId as TenantId, id: uuidV7(now, ports.random.bytes(10)) as SubscriptionId };
  const subscription: Subscription = {
    ...identity,
    url: input.url,
    eventTypes,
    ...(input.description !== undefined && input.description !== '' && { description: input.description }),
    enabled: input.enabled ?? true,
    ...(input.enabled === false && { disabledAt: now }),
    epoch: 1,
    count: 0,
    countAtLastSuccess: 0,
    sealedSecret: ports.keyRing.seal(secret, secretOwner(identity), ports.random.bytes(SEALING_IV_BYTES)),
    ...(Object.keys(headers).length > 0 && { headers: sealHeaders(headers, identity, ports.keyRing, ports.random) }),
    ...(typeof input.rateLimit === 'number' && { rateLimit: { perSecond: input.rateLimit } }),
    ...(input.userId !== undefined && { userId: input.userId }),
    createdAt: now,
    updatedAt: now,
  };
  const created = await ports.subscriptions.create(subscription, limit);
  if (created === 'limit')
    throw new Forbidden(
      `The plan "${limit.plan}" allows ${limit.maxSubscriptions} webhooks, and there are as many. Delete one, ` +
        'or change the plan.',
    );
  if (created === 'plan-changed') throw new Conflict('The plan was changed at the same moment; try again.');
  return { subscription, secret };
}

/** @throws NotFound, InvalidInput; Conflict when others keep changing it */
export async function updateSubscription(
  key: SubscriptionKey,
  input: SubscriptionUpdate,
  rules: SubscriptionRules,
  ports: ManagementPorts,
): Promise<Subscription> {
  if (input.url !== undefined) checkUrl(input.url, rules);
  const eventTypes =
    input.eventTypes === undefined ? undefined : selectedEventTypes(input.eventTypes, rules.eventTypes);
  checkDescription(input.description);
  const headers = input.headers === undefined ? undefined : checkCustomHeaders(input.headers, rules);
  checkRateLimit(input.rateLimit);
  return changeSubscription(key, ports, (seen, updatedAt) => ({
    updatedAt,
    ...(input.url !== undefined && { url: headersGoThere(seen, input.url, headers) }),
    ...(eventTypes !== undefined && { eventTypes }),
    ...(input.description !== undefined && { description: input.description === '' ? null : input.description }),
    ...(input.enabled !== undefined && input.enabled !== seen.enabled && { enabled: input.enabled }),
    ...(headers !== undefined && {
      headers: Object.keys(headers).length === 0 ? null : sealHeaders(headers, seen, ports.keyRing, ports.random),
    }),
    // One that is given as it was keeps who waits in line where they are.
    ...(input.rateLimit !== undefined &&
      input.rateLimit !== (seen.rateLimit?.perSecond ?? null) && { rateLimit: input.rateLimit }),
  }));
}

/**
 * A new secret, in force from the next attempt on.
 *
 * @param overlapSeconds for which Standard Webhooks carries the old secret's signature, too; 0 to
 *   {@link OVERLAP_MAX_SECONDS}
 * @throws NotFound, InvalidInput, Conflict
 */
export async function regenerateSecret(
  key: SubscriptionKey,
  overlapSeconds: number,
  ports: ManagementPorts,
): Promise<{ subscription: Subscription; secret: string }> {
  const secret = formatSecret(ports.random.bytes(SECRET_BYTES));
  const subscription = await changeSubscription(key, ports, (seen, updatedAt) => ({
    updatedAt,
    secret: {
      sealed: ports.keyRing.seal(secret, secretOwner(seen), ports.random.bytes(SEALING_IV_BYTES)),
      ...overlap(seen.sealedSecret, overlapSeconds, ports.clock.now()),
    },
  }));
  return { subscription, secret };
}

/**
 * What stays of a secret that is replaced.
 *
 * @throws InvalidInput
 */
export function overlap(sealed: string, seconds: number, now: number): { previous?: PreviousSecret } {
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > OVERLAP_MAX_SECONDS)
    throw new InvalidInput('overlap_seconds', `must be a whole number from 0 to ${OVERLAP_MAX_SECONDS}`);
  return seconds === 0 ? {} : { previous: { sealed, until: now + seconds * 1000 } };
}

/**
 * Events that come from now on do not go there; deliveries on their way are cancelled.
 *
 * @throws NotFound, Conflict
 */
export async function deleteSubscription(
  key: SubscriptionKey,
  ports: Pick<ManagementPorts, 'subscriptions'>,
): Promise<void> {
  for (let attempt = 1; attempt <= UPDATE_TRIES; attempt += 1) {
    if (await ports.subscriptions.remove(await readSubscription(key, ports))) return;
  }
  throw beingChanged();
}

/** @throws NotFound, UnreadableItem */
export async function readSubscription(
  key: SubscriptionKey,
  { subscriptions }: { readonly subscriptions: SubscriptionReader },
): Promise<Subscription> {
  const {
    subscriptions: [found],
  } = await subscriptions.read([key]);
  if (found instanceof Error) throw found;
  if (found === undefined || !('epoch' in found)) throw new NotFound('There is no such webhook.');
  return found;
}

async function changeSubscription(
  key: SubscriptionKey,
  ports: Pick<ManagementPorts, 'clock' | 'subscriptions'>,
  change: (seen: Subscription, updatedAt: number) => Parameters<SubscriptionDirectory['update']>[1],
): Promise<Subscription> {
  for (let attempt = 1; attempt <= UPDATE_TRIES; attempt += 1) {
    const seen = await readSubscription(key, ports);
    if (await ports.subscriptions.update(seen, change(seen, Math.max(ports.clock.now(), seen.updatedAt + 1))))
      return readSubscription(key, ports);
  }
  throw beingChanged();
}

function beingChanged(): Conflict {
  return new Conflict('The webhook is being changed by others at the same moment; try again.');
}

/**
 * Headers are credentials for one host: who may change the URL must not have them sent to a host of their own.
 *
 * @throws Conflict
 */
function headersGoThere(seen: Subscription, url: string, headers: object | undefined): string {
  if (seen.headers === undefined || headers !== undefined || new URL(url).origin === new URL(seen.url).origin)
    return url;
  throw new Conflict(
    'The webhook has headers of its own, which were set for another host. Give them again with the new URL, or ' +
      '{} to take them away.',
  );
}

function checkUrl(given: string, { endpoints }: SubscriptionRules): void {
  const url = checkEndpointUrl(given, endpoints);
  if (!url.ok) throw new InvalidInput('url', url.message);
}

function checkDescription(description: string | undefined): void {
  if ((description?.length ?? 0) > DESCRIPTION_MAX_CHARACTERS)
    throw new InvalidInput('description', `must be at most ${DESCRIPTION_MAX_CHARACTERS} characters`);
}

function checkRateLimit(perSecond: number | null | undefined): void {
  if (typeof perSecond !== 'number' || (Number.isInteger(perSecond) && perSecond >= 1 && perSecond <= RATE_LIMIT_MAX))
    return;
  throw new InvalidInput(
    'rate_limit',
    `must be a whole number of deliveries a second from 1 to ${RATE_LIMIT_MAX}, or null for none`,
  );
}

function selectedEventTypes(given: readonly string[], known: ReadonlySet<string>): string[] {
  const selected = [...new Set(given)];
  if (selected.length < 1 || selected.length > EVENT_TYPES_MAX)
    throw new InvalidInput('events', `must name 1 to ${EVENT_TYPES_MAX} event types, not ${selected.length}`);
  for (const type of selected) {
    if (!known.has(type))
      throw new InvalidInput(
        'events',
        `"${type.slice(0, 100)}" is not in the event catalogue (${[...known].join(', ')})`,
      );
  }
  return selected;
}
