import { Duration } from 'aws-cdk-lib';
import { EndpointPolicy } from './endpoint-policy';
import { EventType } from './event-type';
import { LEAPOCR_EVENT_TYPES } from './private/leapocr-events';
import { profileFaults, tenantParameters } from './private/profile-faults';
import { REKOGNITA_EVENT_TYPES } from './private/rekognita-events';
import { RetriedOutcomes, RetrySchedule } from './retry-schedule';
import { SignatureScheme } from './signature-scheme';
import { CustomProfileProps, ProfileOptions, StandardWebhooksProfileProps } from './webhook-profile-props';

/** What a platform's webhooks look like: signatures, retries, endpoints, events. */
export class WebhookProfile {
  /**
   * LeapOCR, after its webhook guide and its published client libraries: both generations of signature headers, retries
   * over about a day.
   */
  public static leapOcr(options: ProfileOptions = {}): WebhookProfile {
    return new WebhookProfile({
      ...options,
      name: 'leapocr',
      userAgent: 'LeapOCR-Webhook/1.0',
      eventTypes: LEAPOCR_EVENT_TYPES,
      tenantPath: '/organizations/{organization_id}/teams/{team_id}',
      plans: [
        { id: 'starter', maxSubscriptions: 10 },
        { id: 'growth', maxSubscriptions: 25 },
        { id: 'scale', maxSubscriptions: 100 },
        { id: 'enterprise', maxSubscriptions: 500 },
      ],
      signatures: [
        SignatureScheme.hmac({ header: 'X-R2-Signature' }),
        SignatureScheme.hmac({ header: 'X-Webhook-Signature', timestampHeader: 'X-Webhook-Timestamp' }),
      ],
      retry: RetrySchedule.of([
        Duration.seconds(10),
        Duration.minutes(1),
        Duration.minutes(5),
        Duration.minutes(30),
        Duration.hours(2),
        Duration.hours(6),
        Duration.hours(15),
      ]),
    });
  }

  /**
   * Rekognita, after its webhook guide: events name the URL that they go to, everything but 2xx is retried, and the
   * guide's waits are kept to, without jitter. A tenant is an account.
   */
  public static rekognita(options: ProfileOptions = {}): WebhookProfile {
    return new WebhookProfile({
      ...options,
      name: 'rekognita',
      userAgent: 'Rekognita-Webhook/1.0',
      eventTypes: REKOGNITA_EVENT_TYPES,
      signatures: [SignatureScheme.hmac({ header: 'X-Rekognita-Signature' })],
      retry: RetrySchedule.of([Duration.seconds(30), Duration.minutes(5), Duration.minutes(30), Duration.hours(2)], {
        on: RetriedOutcomes.ALL_BUT_SUCCESS,
        jitter: 0,
        honorRetryAfter: false,
      }),
    });
  }

  /**
   * A platform that follows Standard Webhooks 1.0.0 and nothing else: its signature, its retry schedule, 410 disables.
   */
  public static standardWebhooks(props: StandardWebhooksProfileProps): WebhookProfile {
    return new WebhookProfile({ ...props, retry: RetrySchedule.standardWebhooks(), standardWebhooks: true });
  }

  /** A platform of your own. What is left out is as Standard Webhooks recommends. */
  public static custom(props: CustomProfileProps): WebhookProfile {
    return new WebhookProfile(props);
  }

  /** The profile's short name. */
  public readonly name: string;
  /** All events that producers may send. */
  public readonly eventTypes: EventType[];
  /** The waits between attempts. */
  public readonly retry: RetrySchedule;
  /** For one attempt. */
  public readonly deadline: Duration;

  /** The tenant's part of the management API's paths. */
  public readonly tenantPath: string;

  private readonly props: CustomProfileProps;
  private readonly signatures: SignatureScheme[];

  private constructor(props: CustomProfileProps) {
    this.props = props;
    this.name = props.name;
    this.eventTypes = props.eventTypes;
    this.tenantPath = props.tenantPath ?? '/tenants/{tenant_id}';
    this.retry = props.retry ?? RetrySchedule.standardWebhooks();
    this.deadline = props.deadline ?? Duration.seconds(10);
    this.signatures = [
      ...(props.signatures ?? []),
      ...(props.standardWebhooks === false ? [] : [SignatureScheme.standardWebhooks()]),
    ];
    const faults = profileFaults(props, this.deadline, this.signatures.map((scheme) => scheme._headers()).flat());
    if (faults.length > 0) throw new Error(`WebhookProfile "${props.name}": ${faults.join('; ')}`);
  }

  /**
   * The settings that the functions get as one environment value.
   *
   * @internal
   */
  public _settings(ttls: { eventSeconds: number; deliverySeconds: number }): object {
    return {
      version: 1,
      name: this.name,
      tenantParts: tenantParameters(this.tenantPath).length,
      userAgent: this.props.userAgent,
      headers: this.props.headers ?? {},
      signatures: this.signatures.map((scheme) => scheme._settings()),
      retry: this.retry._settings(),
      deadlineSeconds: this.deadline.toSeconds(),
      endpoints: (this.props.endpointPolicy ?? EndpointPolicy.production())._settings(),
      disableAfter: this.props.disableAfter ?? 5,
      plans: this.props.plans?.map(({ id }) => id),
      eventTtlSeconds: ttls.eventSeconds,
      deliveryTtlSeconds: ttls.deliverySeconds,
    };
  }

  /**
   * The event catalog, a file beside the functions' code.
   *
   * @internal
   */
  public _catalog(): object {
    return {
      version: 1,
      tenantPath: this.tenantPath,
      plans: this.props.plans?.map((plan) => ({
        ...plan,
        name: plan.name ?? plan.id.charAt(0).toUpperCase() + plan.id.slice(1),
      })),
      eventTypes: this.eventTypes.map(({ name, description, schema, example }) => ({
        name,
        description,
        schema,
        example,
      })),
    };
  }
}
