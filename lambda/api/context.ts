import type { Endpoint, EndpointProbe } from '../core/endpoint/endpoint';
import type { EventCatalog, Profile } from '../core/shared/profile';
import type { SubscriptionRules } from '../core/subscriptions/manage-subscriptions';
import type { SigningSecrets } from '../core/signing/signing-secrets';
import type { AuthSettings } from './auth/auth-settings';
import type { AuthPorts } from './auth/authenticate';
import { tenantPath, type TenantPath } from './http/tenant-path';
import type { AcceptedEvents, EventStore } from '../core/events/event-store';
import type { AccountStore } from '../core/subscriptions/account-store';
import type { AuditTrail } from '../core/shared/audit-trail';
import type { RandomSource } from '../core/shared/random';
import type { CircuitStore } from '../core/endpoint/circuit-store';
import type { DeliveryHistory } from '../core/history/delivery-history';
import type { DeliveryLog } from '../core/delivery/delivery-log';
import type { DeliveryQueues } from '../core/delivery/delivery-queues';
import type { EventPublisher } from '../core/events/event-publisher';
import type { FailureCounter } from '../core/delivery/failure-counter';
import type { Figures } from '../core/history/figures';
import type { KeyRings } from '../core/signing/key-ring';
import type { Log } from '../core/shared/log';
import type { RateLimits } from '../core/shared/rate-limits';
import type { RecoveryJobs, RecoveryQueue } from '../core/replay/recovery-jobs';
import type { ReplayMarks } from '../core/replay/replay';
import type { RequestLog } from '../core/shared/request-log';
import type { SubscriptionDirectory } from '../core/subscriptions/subscription-directory';
import type { SubscriptionReader } from '../core/subscriptions/subscription-reader';

export interface ApiSettings {
  /** The service's name; the audience of portal tokens. */
  readonly service: string;
  readonly profile: Profile;
  readonly catalog: EventCatalog;
  readonly auth: AuthSettings;
  /** Where customers open the dashboard; absent: there is none. */
  readonly portalUrl?: string;
}

export interface ApiPorts extends AuthPorts {
  readonly random: RandomSource;
  readonly keyRings: KeyRings;
  readonly secrets: SigningSecrets;
  readonly subscriptions: SubscriptionReader & SubscriptionDirectory;
  readonly accounts: AccountStore;
  readonly failures: Pick<FailureCounter, 'resetStreak'>;
  readonly circuits: Pick<CircuitStore, 'close'>;
  readonly endpoint: Endpoint & EndpointProbe;
  readonly limits: RateLimits;
  readonly events: AcceptedEvents & Pick<EventStore, 'payload'>;
  readonly deliveries: Pick<DeliveryLog, 'claim' | 'read'> & ReplayMarks;
  readonly history: DeliveryHistory;
  readonly figures: Figures;
  readonly queues: DeliveryQueues;
  readonly jobs: RecoveryJobs;
  readonly recoveries: RecoveryQueue;
  readonly publisher: EventPublisher;
  readonly audit: AuditTrail;
  readonly log: Log;
  readonly requests: RequestLog;
}

/** What the operations share. */
export interface ApiContext {
  readonly settings: ApiSettings;
  readonly tenant: TenantPath;
  readonly rules: SubscriptionRules;
  readonly ports: ApiPorts;
}

export function contextOf(settings: ApiSettings, ports: ApiPorts): ApiContext {
  const { profile, catalog } = settings;
  const rules = {
    tenantParts: profile.tenantParts,
    eventTypes: new Set(catalog.eventTypes.map(({ name }) => name)),
    endpoints: profile.endpoints,
    headers: profile.headers,
    signatures: profile.signatures,
  };
  return { settings, tenant: tenantPath(catalog.tenantPath), rules, ports };
}

/** What the operations of a resource share is made once for a context. */
export function oncePerContext<T>(make: (context: ApiContext) => T): (context: ApiContext) => T {
  const made = new WeakMap<ApiContext, { readonly value: T }>();
  return (context) => {
    const known = made.get(context) ?? { value: make(context) };
    made.set(context, known);
    return known.value;
  };
}
