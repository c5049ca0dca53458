/** The API on the fakes, called by API Gateway's events; every answer is held to what the operation documents. */
import { reason } from '../../lambda/core/shared/reason';
import { createApi } from '../../lambda/api/http/app';
import type { AuthSettings } from '../../lambda/api/auth/auth-settings';
import { type ApiPorts, type ApiSettings, contextOf } from '../../lambda/api/context';
import { answerEvent, type HttpApiEvent } from '../../lambda/api/http/lambda-event';
import { API_PREFIX } from '../../lambda/api/http/operation';
import { operationsOf } from '../../lambda/api/operations';
import type { CredentialHeader, NamedKeys, NamedKeySource } from '../../lambda/core/shared/credentials';
import { parseNamedKeys } from '../../lambda/core/shared/credentials';
import {
  deliveryId,
  type EventId,
  type SubscriptionId,
  type TenantId,
  urlTarget,
} from '../../lambda/core/shared/identifiers';
import type { EventCatalog, Profile } from '../../lambda/core/shared/profile';
import { SigningSecrets } from '../../lambda/core/signing/signing-secrets';
import { LEAPOCR_PROFILE } from '../builders/profile';
import { keyRings } from '../builders/subscription';
import { InMemoryDeliveryHistory } from '../fakes/delivery-history';
import { InMemoryDeliveryLog } from '../fakes/delivery-log';
import { ScriptedEndpoint } from '../fakes/endpoint';
import { InMemoryEventStore } from '../fakes/event-store';
import { Faults } from '../fakes/faults';
import { InMemoryFigures } from '../fakes/figures';
import { RecordingLog } from '../fakes/log';
import { InMemoryDeliveryQueues, InMemoryRecoveryQueue } from '../fakes/queues';
import { InMemoryRateLimits } from '../fakes/rate-limits';
import { InMemoryRecoveryJobs } from '../fakes/recovery-jobs';
import { InMemorySubscriptionStore } from '../fakes/subscription-store';
import { ManualClock, SeededRandom } from '../fakes/time-and-random';
import type { AuditEntry } from '../../lambda/core/shared/audit-trail';
import type { EventPublisher } from '../../lambda/core/events/event-publisher';
import type { RequestLine } from '../../lambda/core/shared/request-log';
import type { SendResult } from '../../lambda/core/delivery/delivery-queues';
import type { DeliveryRecord } from '../../lambda/core/delivery/delivery-record';

export const SERVICE = 'webhooks-under-test';
export const OPERATOR_KEY = 'operator'.padEnd(64, '0');
export const PORTAL_KEY = 'portal'.padEnd(64, '0');
/** The tenant of most tests, and its path. */
export const TENANT = 'org_1/team_1' as TenantId;
export const T = tenantPathOf(TENANT);
export const OTHER = 'org_2/team_2' as TenantId;
export const URL_OF_ENDPOINT = 'https://hooks.example.com/leapocr';

export function tenantPathOf(tenant: string): string {
  const [organization, team] = tenant.split('/');
  return `/organizations/${organization}/teams/${team}`;
}

export const CATALOG: EventCatalog = {
  version: 1,
  tenantPath: '/organizations/{organization_id}/teams/{team_id}',
  plans: [
    { id: 'starter', name: 'Starter', maxSubscriptions: 2 },
    { id: 'growth', name: 'Growth', maxSubscriptions: 25 },
  ],
  eventTypes: ['job.completed', 'job.failed'].map((name) => ({
    name,
    description: `A ${name}.`,
    schema: { type: 'object', properties: { event_type: { type: 'string' } } },
    example: { event_type: name, event_id: 'b2837c9d-3356-4d6e-b31c-1d931fb8e6ec' },
  })),
};

/** A ring that a test turns. */
export class ManualKeyRing implements NamedKeySource {
  readonly faults = new Faults();
  /** How often it was read again. */
  refreshes = 0;

  constructor(private ring: NamedKeys) {}

  static of(keys: Readonly<Record<string, string>>, current = 'k1'): ManualKeyRing {
    return new ManualKeyRing(parseNamedKeys(JSON.stringify({ version: 1, current, ...keys })));
  }

  turn(keys: Readonly<Record<string, string>>, current: string): void {
    this.ring = parseNamedKeys(JSON.stringify({ version: 1, current, ...keys }));
  }

  keys(refresh = false): Promise<NamedKeys> {
    return Promise.resolve().then(() => {
      this.faults.check();
      if (refresh) this.refreshes += 1;
      return this.ring;
    });
  }
}

export class InMemoryEventQueue implements EventPublisher {
  readonly published: { readonly tenantId: TenantId; readonly message: string }[] = [];
  readonly answers: SendResult[] = [];

  publish(tenantId: TenantId, messages: readonly string[]): Promise<readonly SendResult[]> {
    return Promise.resolve(
      messages.map((message) => {
        const answer = this.answers.shift() ?? 'sent';
        if (answer === 'sent') this.published.push({ tenantId, message });
        return answer;
      }),
    );
  }
}

/** The platform's function: what it knows, and what it was asked. */
export class ScriptedCredentialFunction {
  readonly faults = new Faults();
  readonly asked: { readonly credential: string; readonly source: CredentialHeader }[] = [];
  readonly known = new Map<string, unknown>();

  ask(credential: string, source: CredentialHeader): Promise<unknown> {
    return Promise.resolve().then(() => {
      this.asked.push({ credential, source });
      this.faults.check();
      return this.known.get(credential) ?? null;
    });
  }
}

export class InMemoryDocuments {
  readonly faults = new Faults();
  readonly documents = new Map<string, string>();
  reads = 0;

  get(url: string): Promise<string> {
    return Promise.resolve().then(() => {
      this.reads += 1;
      this.faults.check();
      return this.documents.get(url)!;
    });
  }
}

export interface ApiOptions {
  readonly profile?: Partial<Profile>;
  readonly catalog?: EventCatalog;
  readonly auth?: Partial<AuthSettings>;
  /**
   * Where the dashboard is.
   *
   * @default - there is none
   */
  readonly portalUrl?: string;
  /** Ports in the place of fakes. */
  readonly ports?: Partial<ApiPorts>;
}

export interface CallOptions {
  readonly body?: unknown;
  /** A text, or bytes, as they are. */
  readonly raw?: string | Buffer;
  readonly headers?: Record<string, string>;
  /** The operator key unless said otherwise; null: none. */
  readonly key?: string | null;
  readonly bearer?: string;
  readonly query?: string;
  readonly iamArn?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** Undefined: there is no body. */
  readonly json: unknown;
}

export function setUp(options: ApiOptions = {}) {
  const clock = new ManualClock();
  const random = new SeededRandom('api');
  const deliveries = new InMemoryDeliveryLog();
  const subscriptions = new InMemorySubscriptionStore(deliveries);
  const fakes = {
    clock,
    random,
    subscriptions,
    deliveries,
    history: new InMemoryDeliveryHistory(deliveries, clock),
    events: new InMemoryEventStore(clock),
    endpoint: new ScriptedEndpoint(),
    limits: new InMemoryRateLimits(clock),
    figures: new InMemoryFigures(),
    queues: new InMemoryDeliveryQueues(),
    jobs: new InMemoryRecoveryJobs(),
    recoveries: new InMemoryRecoveryQueue(),
    publisher: new InMemoryEventQueue(),
    operatorKeys: ManualKeyRing.of({ k1: OPERATOR_KEY }),
    portalKeys: ManualKeyRing.of({ k1: PORTAL_KEY }),
    documents: new InMemoryDocuments(),
    credentialFunction: new ScriptedCredentialFunction(),
    log: new RecordingLog(),
  };
  const audit: AuditEntry[] = [];
  const lines: RequestLine[] = [];
  const ports: ApiPorts = {
    ...fakes,
    ...{
      accounts: subscriptions,
      failures: subscriptions,
      circuits: subscriptions,
      keyRings,
      secrets: new SigningSecrets(keyRings),
    },
    audit: { record: (entry) => audit.push(entry) },
    requests: { record: (line) => lines.push(line) },
    ...options.ports,
  };
  const auth: AuthSettings = { version: 1, iam: false, jwt: [], ...options.auth };
  const settings: ApiSettings = {
    service: SERVICE,
    profile: { ...LEAPOCR_PROFILE, ...options.profile },
    catalog: options.catalog ?? CATALOG,
    auth,
    ...(options.portalUrl !== undefined && { portalUrl: options.portalUrl }),
  };
  const api = createApi(settings, ports);
  const operations = operationsOf(contextOf(settings, ports));
  let requests = 0;

  const send = async (event: HttpApiEvent): Promise<Answer> => {
    const { statusCode, headers = {}, body = '' } = await answerEvent(event, api, auth.iam);
    return {
      status: statusCode!,
      headers: headers as Record<string, string>,
      text: body,
      json: body === '' ? undefined : (JSON.parse(body) as unknown),
    };
  };

  /** @param path after the prefix of the API, with the tenant's part */
  const call = async (method: string, path: string, given: CallOptions = {}): Promise<Answer> => {
    requests += 1;
    const id = `request-${requests}`;
    const answer = await send(
      httpEvent(method, (given.iamArn === undefined ? '' : '/iam') + API_PREFIX + path, given, id),
    );
    const { route } = lines.find(({ requestId }) => requestId === id)!;
    const operation = operations.find(
      (each) => API_PREFIX + each.path === route && each.method === method.toLowerCase(),
    );
    if (answer.status === operation?.success.status) {
      const parsed = operation.success.schema.safeParse(answer.json);
      // A field that the schema does not have is stripped by parsing, and so is a difference.
      expect({
        operation: operation.id,
        answer: parsed.success ? (parsed.data ?? undefined) : parsed.error.issues,
      }).toEqual({ operation: operation.id, answer: answer.json });
    } else if (method !== 'HEAD') {
      expect(answer.json).toMatchObject({
        code: expect.any(String) as string,
        error: { message: expect.any(String) as string },
      });
    }
    return answer;
  };

  return { ...fakes, settings, ports, api, operations, audit, lines, send, call };
}

export type Harness = ReturnType<typeof setUp>;

export function httpEvent(
  method: string,
  path: string,
  { body, raw, headers = {}, key = OPERATOR_KEY, bearer, query = '', iamArn }: CallOptions,
  requestId: string,
): HttpApiEvent {
  const content = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const binary = Buffer.isBuffer(content);
  return {
    rawPath: path,
    rawQueryString: query,
    headers: {
      ...(content !== undefined && { 'content-type': 'application/json' }),
      ...(bearer !== undefined
        ? { authorization: `Bearer ${bearer}` }
        : key !== null && iamArn === undefined && { 'x-api-key': key }),
      ...headers,
    },
    ...(content !== undefined && { body: binary ? content.toString('base64') : content }),
    isBase64Encoded: binary,
    requestContext: {
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
      requestId,
      ...(iamArn !== undefined && { authorizer: { iam: { userArn: iamArn } } }),
    },
  };
}

/** A webhook of a tenant, made through the API. */
export async function createWebhook(
  { call }: Harness,
  tenant: string = TENANT,
  changes: object = {},
): Promise<{ id: string; secret: string }> {
  const { json } = await call('POST', `${tenantPathOf(tenant)}/webhooks`, {
    body: { url: URL_OF_ENDPOINT, events: ['job.completed'], ...changes },
  });
  return json as { id: string; secret: string };
}

export interface DeliveryOptions extends Partial<DeliveryRecord> {
  readonly payload?: string;
}

/** A delivery on record, and its event. */
export async function recordDelivery(
  { clock, deliveries, events, settings }: Harness,
  tenantId: TenantId,
  target: { readonly subscriptionId: string } | { readonly url: string },
  changes: DeliveryOptions = {},
): Promise<DeliveryRecord> {
  const now = clock.now();
  const { payload = '{"a":1}', ...fields } = changes;
  const eventId = fields.eventId ?? (`event-${now}` as EventId);
  const url = 'url' in target ? target.url : undefined;
  const arrivedAt = await arrivalOf(events, {
    tenantId,
    eventId,
    payload,
    url,
    eventType: fields.eventType ?? 'job.completed',
    now,
  });
  const subscriptionId = 'url' in target ? urlTarget(target.url) : (target.subscriptionId as SubscriptionId);
  const record: DeliveryRecord = {
    ...{ tenantId, subscriptionId, eventId, eventType: 'job.completed' },
    deliveryId: deliveryId({ time: arrivedAt, tenantId, eventId, target: url ?? subscriptionId }),
    url: url ?? URL_OF_ENDPOINT,
    status: 'failed',
    attempts: 1,
    history: [{ at: now, latencyMs: 87.4, status: 503, answer: 'busy' }],
    reason: reason('endpoint-responded', { status: 503 }),
    settledAt: now + 87,
    expiresAt: Math.ceil(now / 1000) + settings.profile.deliveryTtlSeconds,
    ...fields,
  };
  await deliveries.settle(record, record.attempts);
  return record;
}

async function arrivalOf(
  events: InMemoryEventStore,
  event: {
    tenantId: TenantId;
    eventId: EventId;
    payload: string;
    url: string | undefined;
    eventType: string;
    now: number;
  },
): Promise<number> {
  const { tenantId, eventId, payload, url, eventType, now } = event;
  await events.claim(
    { tenantId, eventId, eventType, payload, arrivedAt: now, ...(url !== undefined && { webhookUrl: url }) },
    Math.ceil(now / 1000) + 30 * 86_400,
  );
  return (await events.event(tenantId, eventId))!.arrivedAt;
}
