/**
 * Trying an endpoint out: one real signed delivery now, or only whether it can be reached. Neither is on the delivery
 * log or counted; a test's success resets the failures in a row. Both are limited, by tenant and by target host: they
 * would be a port scanner and a cannon otherwise.
 */
import type { RandomSource } from '../shared/random';
import { withOwnHeaders } from './custom-headers';
import { type AttemptResult, type Endpoint, type EndpointProbe, isSuccess } from '../endpoint/endpoint';
import { withoutTrailingDot } from '../endpoint/endpoint-policy';
import { InvalidInput, RateLimited } from '../shared/errors';
import { reason, type Reason } from '../shared/reason';
import { type EventId, type TenantId, uuidV7 } from '../shared/identifiers';
import type { EventCatalog, Profile } from '../shared/profile';
import { deliveryHeaders } from '../signing/signature';
import type { SigningKeySet } from '../signing/schemes';
import type { SigningSecrets } from '../signing/signing-secrets';
import type { CircuitStore } from '../endpoint/circuit-store';
import type { Clock } from '../shared/clock';
import type { Streaks } from './streaks';
import type { RateLimits } from '../shared/rate-limits';
import { headersOwner, secretOwner, type Subscription } from './subscription';

/** Of tests and health checks together. */
export const TRIES_PER_TENANT = 30;
/** Of all tenants together. */
export const TRIES_PER_HOST = 60;
export const TRIES_WINDOW_SECONDS = 60;

export const TEST_EVENT_TYPE = 'webhook.test';

export interface TestPorts {
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly endpoint: Endpoint & EndpointProbe;
  readonly secrets: SigningSecrets;
  readonly limits: RateLimits;
  readonly failures: Streaks;
  readonly circuits: Pick<CircuitStore, 'close'>;
}

type TestSettings = Pick<Profile, 'userAgent' | 'headers' | 'signatures' | 'deadlineSeconds'>;

export interface TestResult {
  readonly eventId: EventId;
  readonly eventType: string;
  readonly ok: boolean;
  readonly result: AttemptResult;
}

/**
 * Sends an event of a type of the catalog, or the test event, to the subscription's endpoint, enabled or not.
 *
 * @throws InvalidInput for a type that is not in the catalog
 * @throws RateLimited, PortUnavailable
 */
export async function sendTest(
  subscription: Subscription,
  eventType: string | undefined,
  catalog: EventCatalog,
  settings: TestSettings,
  ports: TestPorts,
): Promise<TestResult> {
  const now = ports.clock.now();
  const eventId = uuidV7(now, ports.random.bytes(10)) as EventId;
  const type = eventType ?? TEST_EVENT_TYPE;
  const body = Buffer.from(JSON.stringify(testPayload(type, eventId, now, catalog)), 'utf8');
  await takeTry(subscription.tenantId, subscription.destination.url, ports);
  const [keys, ownHeaders] = await Promise.all([
    keysOf(subscription, now, ports.secrets),
    subscription.headers === undefined ? {} : ports.secrets.headers(subscription.headers, headersOwner(subscription)),
  ]);
  const headers = withOwnHeaders(
    ownHeaders,
    deliveryHeaders(settings, { eventId, timestamp: Math.floor(now / 1000), body }, keys),
  );
  const result = await ports.endpoint.post(
    { tenantId: subscription.tenantId, url: subscription.destination.url, headers, body },
    settings.deadlineSeconds * 1000,
  );
  const ok = isSuccess(result);
  if (ok) await noteSuccess(subscription, ports);
  return { eventId, eventType: type, ok, result };
}

/**
 * Whether the endpoint can be reached and answers, without an event.
 *
 * @throws RateLimited, PortUnavailable
 */
export async function checkHealth(
  subscription: Subscription,
  settings: TestSettings,
  ports: Pick<TestPorts, 'clock' | 'endpoint' | 'limits'>,
): Promise<AttemptResult> {
  await takeTry(subscription.tenantId, subscription.destination.url, ports);
  return ports.endpoint.probe(
    {
      tenantId: subscription.tenantId,
      url: subscription.destination.url,
      headers: { 'user-agent': settings.userAgent },
    },
    settings.deadlineSeconds * 1000,
  );
}

/**
 * The catalog's example with an event id of its own, so that a receiver which drops what it knows does not drop a
 * second test.
 */
function testPayload(type: string, eventId: EventId, now: number, catalog: EventCatalog): object {
  const known = catalog.eventTypes.find(({ name }) => name === type);
  if (known !== undefined) return 'event_id' in known.example ? { ...known.example, event_id: eventId } : known.example;
  if (type !== TEST_EVENT_TYPE) throw new InvalidInput('event_type', unknownType(type, catalog));
  return {
    event_type: TEST_EVENT_TYPE,
    event_id: eventId,
    timestamp: new Date(now).toISOString(),
    message: 'This is a test event. Your endpoint and its signature check work if you answer with 2xx.',
  };
}

function unknownType(type: string, { eventTypes }: EventCatalog): Reason {
  const known = [TEST_EVENT_TYPE, ...eventTypes.map(({ name }) => name)].join(', ');
  return reason('event-type-unknown', { type: type.slice(0, 100), known });
}

async function keysOf(subscription: Subscription, now: number, secrets: SigningSecrets): Promise<SigningKeySet> {
  return secrets.inForce(
    { sealed: subscription.sealedSecret, previous: subscription.previousSecret },
    secretOwner(subscription),
    now,
  );
}

/** A success is a success: failures in a row are over, and so is the circuit's wait. */
async function noteSuccess(
  { tenantId, id, epoch, count, countAtLastSuccess, circuit, suspicion }: Subscription,
  { failures, circuits }: TestPorts,
): Promise<void> {
  const key = { tenantId, subscriptionId: id };
  if (count !== countAtLastSuccess) await failures.resetStreak(key, epoch);
  if (circuit !== undefined || suspicion !== undefined) await circuits.close(key);
}

async function takeTry(
  tenantId: TenantId,
  url: string,
  { clock, limits }: Pick<TestPorts, 'clock' | 'limits'>,
): Promise<void> {
  const untilNextWindow = TRIES_WINDOW_SECONDS - (Math.floor(clock.now() / 1000) % TRIES_WINDOW_SECONDS);
  const host = URL.canParse(url) ? withoutTrailingDot(new URL(url).hostname) : '';
  if (!(await limits.take(`try#${tenantId}`, TRIES_PER_TENANT, TRIES_WINDOW_SECONDS))) {
    throw new RateLimited(reason('test-limit-reached', { limit: TRIES_PER_TENANT }), untilNextWindow);
  }
  if (!(await limits.take(`try-host#${host}`, TRIES_PER_HOST, TRIES_WINDOW_SECONDS))) {
    throw new RateLimited(reason('test-host-limit-reached'), untilNextWindow);
  }
}
