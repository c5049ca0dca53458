import { Duration } from 'aws-cdk-lib';
import { EndpointPolicy } from './endpoint-policy';
import { EventType } from './event-type';
import { RetrySchedule } from './retry-schedule';
import { SignatureScheme } from './signature-scheme';

/** What may differ between the deployments of one platform. */
export interface ProfileOptions {
  /**
   * Which endpoints customers may name.
   *
   * @default EndpointPolicy.production()
   */
  readonly endpointPolicy?: EndpointPolicy;

  /**
   * Whether deliveries also carry the headers of Standard Webhooks, beside the platform's own.
   *
   * @default true
   */
  readonly standardWebhooks?: boolean;
}

/** A plan of the platform that has webhooks. */
export interface WebhookPlan {
  /** Lower case: 1 to 64 characters of a-z 0-9 _ - such as `growth`. */
  readonly id: string;

  /**
   * As customers know it.
   *
   * @default - the id, its first letter in upper case
   */
  readonly name?: string;

  /**
   * Most subscriptions that a tenant of this plan may have.
   *
   * @default - no limit
   */
  readonly maxSubscriptions?: number;
}

/** What a platform that follows Standard Webhooks has to say of itself. */
export interface StandardWebhooksProfileProps {
  /** A short lower-case name, such as `acme`. */
  readonly name: string;

  /** Sent as `User-Agent`. */
  readonly userAgent: string;

  /** All events that producers may send. */
  readonly eventTypes: EventType[];

  /**
   * Which endpoints customers may name.
   *
   * @default EndpointPolicy.production()
   */
  readonly endpointPolicy?: EndpointPolicy;
}

/** What a platform's webhooks look like. */
export interface CustomProfileProps extends ProfileOptions {
  /** A short lower-case name, such as `acme`. */
  readonly name: string;

  /** Sent as `User-Agent`. */
  readonly userAgent: string;

  /** All events that producers may send. */
  readonly eventTypes: EventType[];

  /**
   * The platform's own signatures.
   *
   * @default - none beside Standard Webhooks
   */
  readonly signatures?: SignatureScheme[];

  /**
   * Headers that every delivery carries, beside the signatures.
   *
   * @default - none
   */
  readonly headers?: { [name: string]: string };

  /**
   * The waits between attempts, and what is tried again.
   *
   * @default RetrySchedule.standardWebhooks()
   */
  readonly retry?: RetrySchedule;

  /**
   * For name resolution, connection, TLS, headers and body of one attempt together; 1 to 15 seconds.
   *
   * @default Duration.seconds(10)
   */
  readonly deadline?: Duration;

  /**
   * Failed deliveries in a row that disable a subscription.
   *
   * @default 5
   */
  readonly disableAfter?: number;

  /**
   * The tenant's part of the management API's paths, with 1 to 4 parameters such as
   * `/organizations/{organization_id}/teams/{team_id}`. A tenant id is the parameters' values, joined by `/`.
   *
   * @default /tenants/{tenant_id}
   */
  readonly tenantPath?: string;

  /**
   * The plans of the platform that have webhooks. Tenants of any other plan get no deliveries; those without a plan on
   * record do.
   *
   * @default - plans do not matter
   */
  readonly plans?: WebhookPlan[];
}
