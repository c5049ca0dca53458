/** What the operations are made of: the platform's settings, and the ports. */
import type {
  AcceptedEvents,
  AccountStore,
  AuditTrail,
  Chance,
  CircuitStore,
  DeliveryHistory,
  DeliveryLog,
  DeliveryQueues,
  EventPublisher,
  EventStore,
  FailureCounter,
  Figures,
  KeyRings,
  Log,
  RateLimits,
  RecoveryJobs,
  RecoveryQueue,
  ReplayMarks,
  RequestLog,
  SubscriptionDirectory,
  SubscriptionReader,
} from '../core/shared/ports';
import type { Endpoint, EndpointProbe } from '../core/endpoint/endpoint';
import type { EventCatalogue, Profile } from '../core/shared/profile';
import type { SubscriptionRules } from '../core/subscriptions/manage-subscriptions';
import type { SigningSecrets } from '../core/signing/signing-secrets';
import type { AuthSettings } from './auth-settings';
import type { AuthPorts } from './authenticate';
import type { TenantPath } from './tenant-path';

export interface ApiSettings {
  /** The service's name; the audience of portal tokens. */
  readonly service: string;
  readonly profile: Profile;
  readonly catalogue: EventCatalogue;
  readonly auth: AuthSettings;
  /** Where customers open the dashboard; absent: there is none. */
  readonly portalUrl?: string;
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
