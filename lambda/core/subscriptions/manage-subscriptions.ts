/** What owners do with their subscriptions: create, change, regenerate the secret, delete. */
import type { Complete } from '../shared/complete';
import { checkEndpointUrl, type EndpointPolicy } from '../endpoint/endpoint-policy';
import { RATE_LIMIT_MAX } from '../endpoint/rate-limit';
import type { Clock } from '../shared/clock';
import { Conflict, Forbidden, InvalidInput, NotFound } from '../shared/errors';
import type { Changes } from '../shared/format';
import { type SubscriptionId, type SubscriptionKey, type TenantId, tenantIdFault, uuidV7 } from '../shared/identifiers';
import type { Profile, SignatureScheme } from '../shared/profile';
import type { RandomSource } from '../shared/random';
import { reason } from '../shared/reason';
import { type KeyRing, SEALING_IV_BYTES } from '../signing/key-ring';
import { formatSecret, type PreviousSecret, SECRET_BYTES } from '../signing/secret';
import { checkCustomHeaders, sealHeaders } from './custom-headers';
import { type ownerFields, secretOwner, type Subscription } from './subscription';
import type {
  CreationLimit,
  SubscriptionChange,
  SubscriptionDirectory,
  SubscriptionWriter,
} from './subscription-directory';
import { subscriptionAmong, type SubscriptionReader } from './subscription-reader';

export const EVENT_TYPES_MAX = 10;
export const DESCRIPTION_MAX_CHARACTERS = 500;
/** A week: enough for any rollout, and short enough that a leaked secret does not live on. */
export const OVERLAP_MAX_SECONDS = 7 * 86400;

/**
 * What an owner gives. What is absent stays as it is. An empty description and empty headers are removed, and so is a
 * rate limit that is null.
 */
export interface SubscriptionInput {
  readonly url?: string;
  readonly eventTypes?: readonly string[];
  readonly description?: string;
  readonly enabled?: boolean;
  /** The owner's own headers, by name. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Attempts a second. Null: as fast as events come. */
  readonly rateLimit?: number | null;
}

export interface NewSubscription extends SubscriptionInput {
  readonly tenantId: string;
  readonly url: string;
  readonly eventTypes: readonly string[];
  readonly userId?: string;
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

/** What an owner sets, checked and sealed. */
type OwnerChanges = Changes<typeof ownerFields>;
type Identity = Pick<Subscription, 'tenantId' | 'id'>;

/** A conflict with another change is tried again this often before the caller gets an error. */
const UPDATE_TRIES = 4;

/**
 * Creates a subscription with a secret of its own.
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
  const now = ports.clock.now();
  const identity = { tenantId: input.tenantId as TenantId, id: uuidV7(now, ports.random.bytes(10)) as SubscriptionId };
  const settings = ownerSettings(input, identity, rules, ports);
  const secret = formatSecret(ports.random.bytes(SECRET_BYTES));
  const subscription: Subscription = {
    kind: 'subscription',
    ...identity,
    ...withoutNulls(settings),
    destination: { kind: 'https', url: input.url },
    eventTypes: settings.eventTypes!,
    enabled: input.enabled ?? true,
    disabledAt: input.enabled === false ? now : undefined,
    epoch: 1,
    count: 0,
    countAtLastSuccess: 0,
    sealedSecret: ports.keyRing.seal(secret, secretOwner(identity), ports.random.bytes(SEALING_IV_BYTES)),
    userId: input.userId,
    createdAt: now,
    updatedAt: now,
  };
  const created = await ports.subscriptions.create(subscription, limit);
  if (created === 'limit') {
    throw new Forbidden(reason('plan-limit-reached', { plan: limit.plan!, limit: limit.maxSubscriptions! }));
  }
  if (created === 'plan-changed') throw new Conflict(reason('plan-changing'));
  return { subscription, secret };
}

/** @throws NotFound, InvalidInput; Conflict when others keep changing it */
export async function updateSubscription(
  key: SubscriptionKey,
  input: SubscriptionInput,
  rules: SubscriptionRules,
  ports: ManagementPorts,
): Promise<Subscription> {
  const identity = { tenantId: key.tenantId, id: key.subscriptionId };
  const settings = ownerSettings(input, identity, rules, ports);
  return changeSubscription(key, ports, (seen, updatedAt) => {
    if (input.url !== undefined) checkHeadersGoThere(seen, input.url, settings.headers);
    // A limit that is given as it was keeps the places in line.
    const sameLimit = input.rateLimit === (seen.rateLimit?.perSecond ?? null);
    return {
      ...settings,
      rateLimit: sameLimit ? undefined : settings.rateLimit,
      enabled: input.enabled === seen.enabled ? undefined : input.enabled,
      updatedAt,
    };
  });
}

/** Each setting that an owner gives: checked, and in the form in which it is stored. */
function ownerSettings(
  input: SubscriptionInput,
  identity: Identity,
  rules: SubscriptionRules,
  { keyRing, random }: Pick<ManagementPorts, 'keyRing' | 'random'>,
): Complete<OwnerChanges> {
  const { url, eventTypes, description, headers, rateLimit } = input;
  if (url !== undefined) checkUrl(url, rules);
  const selected = eventTypes === undefined ? undefined : selectedEventTypes(eventTypes, rules.eventTypes);
  checkDescription(description);
  const checkedHeaders = headers === undefined ? undefined : checkCustomHeaders(headers, rules);
  checkRateLimit(rateLimit);
  return {
    destination: url === undefined ? undefined : { kind: 'https', url },
    eventTypes: selected,
    description: description === '' ? null : description,
    headers: checkedHeaders && nullIfEmpty(checkedHeaders, (some) => sealHeaders(some, identity, keyRing, random)),
    rateLimit: typeof rateLimit === 'number' ? { perSecond: rateLimit } : rateLimit,
  };
}

function nullIfEmpty<T extends object, R>(value: T, otherwise: (value: T) => R): R | null {
  return Object.keys(value).length === 0 ? null : otherwise(value);
}

function withoutNulls<T extends object>(changes: T): { [K in keyof T]: Exclude<T[K], null> } {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== null && value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], null>;
  };
}

/**
 * Makes a new secret, in force from the next attempt on.
 *
 * @param overlapSeconds for which Standard Webhooks carries the old secret's signature, too. 0 to
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
      previous: overlap(seen.sealedSecret, overlapSeconds, ports.clock.now()),
    },
  }));
  return { subscription, secret };
}

/**
 * What stays of a secret that is replaced.
 *
 * @throws InvalidInput
 */
export function overlap(sealed: string, seconds: number, now: number): PreviousSecret | undefined {
  if (!Number.isInteger(seconds) || seconds < 0 || seconds > OVERLAP_MAX_SECONDS) {
    throw new InvalidInput('overlap_seconds', reason('overlap-invalid', { limit: OVERLAP_MAX_SECONDS }));
  }
  return seconds === 0 ? undefined : { sealed, until: now + seconds * 1000 };
}

/**
 * Deletes it. New events do not go there, and pending deliveries are canceled.
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
  throw new Conflict(reason('webhook-changing'));
}

/** @throws NotFound, UnreadableItem */
export async function readSubscription(
  key: SubscriptionKey,
  { subscriptions }: { readonly subscriptions: SubscriptionReader },
): Promise<Subscription> {
  const found = subscriptionAmong((await subscriptions.read([key])).subscriptions);
  if (found === undefined) throw new NotFound(reason('webhook-not-found'));
  return found;
}

async function changeSubscription(
  key: SubscriptionKey,
  ports: Pick<ManagementPorts, 'clock' | 'subscriptions'>,
  change: (seen: Subscription, updatedAt: number) => SubscriptionChange,
): Promise<Subscription> {
  for (let attempt = 1; attempt <= UPDATE_TRIES; attempt += 1) {
    const seen = await readSubscription(key, ports);
    const updatedAt = Math.max(ports.clock.now(), seen.updatedAt + 1);
    if (await ports.subscriptions.update(seen, change(seen, updatedAt))) return readSubscription(key, ports);
  }
  throw new Conflict(reason('webhook-changing'));
}

/**
 * Headers are credentials for one host. A caller who may change the URL must not get them sent to another host.
 *
 * @param headers given with the URL
 * @throws Conflict
 */
function checkHeadersGoThere(seen: Subscription, url: string, headers: object | null | undefined): void {
  if (seen.headers === undefined || headers !== undefined) return;
  if (new URL(url).origin === new URL(seen.destination.url).origin) return;
  throw new Conflict(reason('headers-for-another-host'));
}

function checkUrl(given: string, { endpoints }: SubscriptionRules): void {
  const url = checkEndpointUrl(given, endpoints);
  if (!url.ok) throw new InvalidInput('url', url.reason);
}

function checkDescription(description: string | undefined): void {
  if ((description?.length ?? 0) <= DESCRIPTION_MAX_CHARACTERS) return;
  throw new InvalidInput('description', reason('too-long', { limit: DESCRIPTION_MAX_CHARACTERS }));
}

function checkRateLimit(perSecond: number | null | undefined): void {
  if (typeof perSecond !== 'number') return;
  if (Number.isInteger(perSecond) && perSecond >= 1 && perSecond <= RATE_LIMIT_MAX) return;
  throw new InvalidInput('rate_limit', reason('rate-limit-invalid', { limit: RATE_LIMIT_MAX }));
}

function selectedEventTypes(given: readonly string[], known: ReadonlySet<string>): string[] {
  const selected = [...new Set(given)];
  if (selected.length < 1 || selected.length > EVENT_TYPES_MAX) {
    const [count, limit] = [selected.length, EVENT_TYPES_MAX];
    throw new InvalidInput('events', reason('event-types-count-wrong', { count, limit }));
  }
  const unknown = selected.find((type) => !known.has(type));
  if (unknown === undefined) return selected;
  const type = unknown.slice(0, 100);
  throw new InvalidInput('events', reason('event-type-unknown', { type, known: [...known].join(', ') }));
}
