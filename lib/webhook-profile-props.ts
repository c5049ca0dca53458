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
   * Parts of a tenant id, joined by `/` where there are several; 1 to 4.
   *
   * @default 1
   */
  readonly tenantParts?: number;
}
