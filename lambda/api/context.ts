/** What the operations are made of: the platform's settings, and the ports. */
import type { DeliveryQueues, DeliveryHistory, AcceptedEvents, AccountStore, AuditTrail, Chance, CircuitStore, DeliveryLog, EventPublisher, EventStore, FailureCounter, Figures, KeyRings, Log, RateLimits, RecoveryJobs, RecoveryQueue, ReplayMarks, SubscriptionDirectory, SubscriptionReader } from '../core/ports';
import type { Endpoint, EndpointProbe } from '../core/endpoint';
import type { EventCatalogue, Profile } from '../core/profile';
import type { SubscriptionRules } from '../core/manage-subscriptions';
import type { SigningSecrets } from '../core/signing-secrets';
import type { AuthSettings } from './auth-settings';
import type { AuthPorts } from './authenticate';
import type { TenantPath } from './tenant-path';

export interface ApiSettings {
  /** The service's name; the audience of portal tokens. */
  readonly service: string;
  readonly profile: Profile;
  readonly catalogue: EventCatalogue;
  readonly auth: AuthSettings;
}

/** One line of the log and one set of figures for every request. Never headers, bodies or query strings. */
export interface RequestLog {
  record(line: RequestLine): void;
}

export interface RequestLine {
  readonly requestId: string;
  readonly method: string;
  /** The operation's path with its parameters' names; absent: no operation's. */
  readonly route?: string;
  readonly status: number;
  readonly latencyMs: number;
  /** What kind of principal, once it is known. */
  readonly actor?: string;
  /** Once the principal may use it. */
  readonly tenant?: string;
}

export interface ApiPorts extends AuthPorts {
  readonly chance: Chance;
  readonly keyRings: KeyRings;
  readonly secrets: SigningSecrets;
  readonly subscriptions: SubscriptionReader & SubscriptionDirectory;
  readonly accounts: AccountStore;
  readonly failures: Pick<FailureCounter, 'forgive'>;
  readonly circuits: Pick<CircuitStore, 'close'>;
  readonly endpoint: Endpoint & EndpointProbe;
  readonly limits: RateLimits;
  readonly events: AcceptedEvents & Pick<EventStore, 'payload'>;
  readonly deliveries: Pick<DeliveryLog, 'read' | 'take'> & ReplayMarks;
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
