import { Annotations, Duration, Names, RemovalPolicy, Stack, Token, Validations } from 'aws-cdk-lib';
import { Alarm, Metric, MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { EventBus, IEventBus } from 'aws-cdk-lib/aws-events';
import { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { IFunction } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { BlockPublicAccess, Bucket, BucketEncryption } from 'aws-cdk-lib/aws-s3';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { alarmOnAny, alarmOnDeadLetters } from './private/alarms';
import { addFailuresIndex } from './private/failures-index';
import { createIngestRule } from './private/ingest-rule';
import { keyRingSecret } from './private/key-ring-secret';
import { nameServerFaults } from './private/name-servers';
import { createRetryQueues, RetryQueues, WAIT_BATCH_SIZE, WAIT_TIMEOUT, WAIT_WINDOW } from './private/retry-queues';
import { retentionOf } from './private/retention';
import { SenderSettings } from './private/sender-settings';
import { serviceMetric } from './private/service-metric';
import { WebhookFunction } from './private/webhook-function';
import { webhookDeadLetterQueue, webhookQueue } from './private/webhook-queue';
import { webhookTable } from './private/webhook-table';
import { WebhookProfile } from './webhook-profile';

/** Properties of {@link WebhookSender}. */
export interface WebhookSenderProps {
  /** What the platform's webhooks look like. */
  readonly profile: WebhookProfile;

  /**
   * How long events and deliveries are kept. What the protocol needs is kept longer where this is too short for it.
   *
   * @default Duration.days(30)
   */
  readonly retention?: Duration;

  /**
   * What becomes of tables, queues, payloads, logs and root key when the stack, or this construct, is removed.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;

  /**
   * How long the functions' logs are kept.
   *
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: RetentionDays;

  /**
   * A root key ring to use, such as that of a stack whose tables are imported:
   * `{"version": 1, "current": "k1", "k1": "<64 random characters>"}`.
   *
   * @default - one is generated in Secrets Manager
   */
  readonly rootKey?: ISecret;

  /**
   * Most invocations of the dispatch function at once, 2 to 1000.
   *
   * @default - as many as Lambda scales to
   */
  readonly dispatchConcurrency?: number;

  /**
   * Most invocations of the deliver function for first attempts at once, 2 to 1000; each makes up to ten attempts side
   * by side.
   *
   * @default - as many as Lambda scales to
   */
  readonly deliverConcurrency?: number;

  /**
   * Event pollers that Lambda keeps ready for first attempts, 2 to 200, ten invocations at once each (AWS, "provisioned
   * mode for SQS event source mappings", billed by the hour). Without them Lambda scales by 300 invocations a minute,
   * which is what many endpoints that hang at the same moment wait for: `docs/performance.md` has the figures. Not
   * together with `deliverConcurrency`.
   *
   * @default - none: Lambda scales by what comes
   */
  readonly deliverPollers?: number;

  /**
   * Most invocations of the deliver function for each step of the retry schedule at once, 2 to 1000. A bound, so that
   * an outage's retries never take the concurrency that first attempts need.
   *
   * @default 10
   */
  readonly retryConcurrency?: number;

  /**
   * Name servers that the endpoint guard asks, as `address` or `address:port`.
   *
   * @default - those of the function's environment
   */
  readonly nameServers?: string[];

  /**
   * The bus on which the platform is told of failed deliveries and disabled subscriptions (source `cdk-webhooks`;
   * detail-types `delivery.failed`, `subscription.failing`, `subscription.disabled`), and from which events are taken
   * (detail-type `webhook.event`, any other source).
   *
   * @default - one is made
   */
  readonly eventBus?: IEventBus;
}

/** A function's environment holds 4 KB in all (AWS, "Lambda quotas"); the settings may take this much of it. */
const PROFILE_MAX_BYTES = 3 * 1024;
const ENVIRONMENT_MAX_BYTES = 4 * 1024;
/**
 * A queue's URL is at most this long in the commercial regions: https://sqs.ap-southeast-1.amazonaws.com/123456789012/
 * and a name of 80 characters.
 */
const QUEUE_URL_BYTES = 140;
/** Names of tables, bucket, secret and bus, and the variables' own names. */
const OTHER_VARIABLES_BYTES = 1_400;
const DISPATCH_TIMEOUT = Duration.seconds(30);

/**
 * Sends a platform's webhooks: takes events from a queue, finds the subscriptions of their tenant and type, and
 * delivers each, signed, to its endpoint.
 *
 * @example
 * const sender = new WebhookSender(this, 'Webhooks', { profile: WebhookProfile.leapOcr() });
 * sender.grantPublish(ocrFunction);
 * ocrFunction.addEnvironment('WEBHOOK_EVENTS_QUEUE_URL', sender.eventQueue.queueUrl);
 */
export class WebhookSender extends Construct {
  /** Where producers put events, one JSON message each. */
  public readonly eventQueue: IQueue;
  /**
   * Event messages that do not fit the contract, with attributes `field` and `reason`, or that could not be taken in
   * five receives; and events of the bus that could not be put on the queue.
   */
  public readonly eventDeadLetterQueue: IQueue;
  /** Deliveries that are due. */
  public readonly deliveryQueue: IQueue;
  /**
   * Delivery messages that could not be worked on in five receives. A failed delivery does not come here: it is a
   * normal outcome, and on record.
   */
  public readonly deliveryDeadLetterQueue: IQueue;
  /** Deliveries that wait for their next attempt, one queue a step of the retry schedule. */
  public readonly retryQueues: IQueue[];
  /** Deliveries whose next attempt is more than 15 minutes away. */
  public readonly waitQueue: IQueue;
  /**
   * Where the platform is told of failed deliveries and disabled subscriptions, and from where events are taken, too.
   */
  public readonly eventBus: IEventBus;
  /**
   * What to be woken for: messages in a dead-letter queue, and failures that are likely our own. They have no action of
   * their own.
   */
  public readonly alarms: Alarm[];
  /** Subscriptions, their sealed secrets and their routes. */
  public readonly subscriptionsTable: Table;
  /** Accepted events: what makes a copy of one known, and their payloads. */
  public readonly eventsTable: Table;
  /** The delivery log. */
  public readonly deliveriesTable: Table;
  /** Payloads too large for an item, and rejected messages too large for a message. */
  public readonly payloadBucket: Bucket;
  /** The key ring that the subscriptions' secrets are sealed under. */
  public readonly rootKey: ISecret;
  /** Turns events into deliveries. */
  public readonly dispatchFunction: IFunction;
  /** Makes the attempts. */
  public readonly deliverFunction: IFunction;
  /** Passes on deliveries whose wait is longer than one SQS delay. */
  public readonly waitFunction: IFunction;
  /** What the platform's webhooks look like. */
  public readonly profile: WebhookProfile;

  /**
   * What the other constructs of this package take over.
   *
   * @internal
   */
  public readonly _settings: SenderSettings;

  private readonly service: string;
  private readonly removalPolicy: RemovalPolicy;

  constructor(scope: Construct, id: string, props: WebhookSenderProps) {
    super(scope, id);
    this.validate(props);
    this.profile = props.profile;
    this.removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN;
    this.service = Names.uniqueResourceName(this, { maxLength: 60, separator: '-' });
    const { removalPolicy, profile } = this;
    const logRetention = props.logRetention ?? RetentionDays.ONE_MONTH;
    const retention = retentionOf(profile, props.retention ?? Duration.days(30));
    // An attempt must end, and be recorded, within the invocation: its deadline and 5 s are kept free, the rest is for
    // reading and for others of the batch.
    const deliverTimeout = Duration.seconds(2 * profile.deadline.toSeconds() + 10);

    const eventDeadLetters = webhookDeadLetterQueue(this, 'EventDeadLetters', removalPolicy);
    const events = webhookQueue(this, 'EventQueue', {
      consumerTimeout: DISPATCH_TIMEOUT,
      deadLetterQueue: eventDeadLetters,
      removalPolicy,
    });
    const deliveryDeadLetters = webhookDeadLetterQueue(this, 'DeliveryDeadLetters', removalPolicy);
    const deliveries = webhookQueue(this, 'DeliveryQueue', {
      consumerTimeout: deliverTimeout,
      deadLetterQueue: deliveryDeadLetters,
      removalPolicy,
    });
    const retries = createRetryQueues(this, {
      retry: profile.retry,
      deliverTimeout,
      deadLetterQueue: deliveryDeadLetters,
      removalPolicy,
    });
    this.retryQueues = retries.tiers;
    this.waitQueue = retries.wait;
    this.eventBus =
      props.eventBus ??
      new EventBus(this, 'Bus', {
        description: 'cdk-webhooks: events for customers; failed deliveries and disabled subscriptions',
      });
    createIngestRule(this, { eventBus: this.eventBus, events, deadLetterQueue: eventDeadLetters });
    this.eventQueue = events;
    this.eventDeadLetterQueue = eventDeadLetters;
    this.deliveryQueue = deliveries;
    this.deliveryDeadLetterQueue = deliveryDeadLetters;

    this.subscriptionsTable = webhookTable(this, 'Subscriptions', {
      sortKey: true,
      expires: false,
      pointInTimeRecovery: true,
      removalPolicy,
    });
    this.eventsTable = webhookTable(this, 'Events', {
      sortKey: false,
      expires: true,
      pointInTimeRecovery: true,
      removalPolicy,
    });
    this.deliveriesTable = webhookTable(this, 'Deliveries', {
      sortKey: true,
      expires: true,
      pointInTimeRecovery: true,
      stream: StreamViewType.NEW_AND_OLD_IMAGES,
      removalPolicy,
    });
    addFailuresIndex(this.deliveriesTable);
    this.payloadBucket = this.createPayloadBucket(retention.event);
    this.rootKey =
      props.rootKey ??
      keyRingSecret(this, 'RootKey', {
        description:
          'cdk-webhooks: the key ring that subscription secrets are sealed under. Without it they cannot be ' +
          'read: never drop a key.',
        rotation:
          'A key ring: rotation appends a key and keeps the old ones, which sealed secrets name. Replacing it ' +
          'on a schedule would lose them.',
        removalPolicy,
      });
    this._settings = {
      service: this.service,
      profile: this.settings({
        eventSeconds: retention.event.toSeconds(),
        deliverySeconds: retention.delivery.toSeconds(),
      }),
      nameServers: props.nameServers ?? [],
      logRetention,
      removalPolicy,
    };

    const shared = {
      WEBHOOK_SERVICE: this.service,
      WEBHOOK_PROFILE: this._settings.profile,
      SUBSCRIPTIONS_TABLE: this.subscriptionsTable.tableName,
      EVENTS_TABLE: this.eventsTable.tableName,
      PAYLOAD_BUCKET: this.payloadBucket.bucketName,
    };
    this.dispatchFunction = this.createDispatchFunction({
      events,
      eventDeadLetters,
      deliveries,
      deliverTimeout,
      shared,
      logRetention,
      concurrency: props.dispatchConcurrency,
    });
    const waits = {
      WAIT_QUEUE_URL: retries.wait.queueUrl,
      TIER_QUEUE_URLS: Stack.of(this).toJsonString(retries.tiers.map(({ queueUrl }) => queueUrl)),
    };
    this.deliverFunction = this.createDeliverFunction({
      deliveries,
      deliverTimeout,
      shared: { ...shared, ...waits },
      retries,
      logRetention,
      concurrency: props.deliverConcurrency,
      pollers: props.deliverPollers,
      retryConcurrency: props.retryConcurrency ?? 10,
      nameServers: this._settings.nameServers,
    });
    this.waitFunction = this.createWaitFunction({
      retries,
      environment: { WEBHOOK_SERVICE: this.service, ...waits },
      logRetention,
    });
    this.alarms = this.createAlarms(eventDeadLetters, deliveryDeadLetters);
  }

  /** Lets a producer put events on the event queue. */
  public grantPublish(grantee: IGrantable): Grant {
    return this.eventQueue.grant(grantee, 'sqs:SendMessage');
  }

  /** Lets a producer put events on the bus, where those of detail-type `webhook.event` are taken from. */
  public grantPutEvents(grantee: IGrantable): Grant {
    return Grant.addToPrincipal({ grantee, actions: ['events:PutEvents'], resourceArns: [this.eventBus.eventBusArn] });
  }

  /**
   * A metric of this sender, by its name.
   *
   * @default - sum over 5 minutes
   */
  public metric(metricName: string, options?: MetricOptions): Metric {
    return serviceMetric(this.service, metricName, options);
  }

  /**
   * Events taken from the queue for the first time.
   *
   * @default - sum over 5 minutes
   */
  public metricEventsAccepted(options?: MetricOptions): Metric {
    return this.metric('EventsAccepted', options);
  }

  /**
   * Event messages that did not fit the contract and went to the dead-letter queue.
   *
   * @default - sum over 5 minutes
   */
  public metricEventsRejected(options?: MetricOptions): Metric {
    return this.metric('EventsRejected', options);
  }

  /**
   * Deliveries that an endpoint answered with 2xx.
   *
   * @default - sum over 5 minutes
   */
  public metricDeliveriesSucceeded(options?: MetricOptions): Metric {
    return this.metric('DeliveriesSucceeded', options);
  }

  /**
   * Attempts that failed and are followed by another.
   *
   * @default - sum over 5 minutes
   */
  public metricDeliveriesRetried(options?: MetricOptions): Metric {
    return this.metric('DeliveriesRetried', options);
  }

  /**
   * Deliveries put off without an attempt since their endpoint does not answer at all.
   *
   * @default - sum over 5 minutes
   */
  public metricDeliveriesDeferred(options?: MetricOptions): Metric {
    return this.metric('DeliveriesDeferred', options);
  }

  /**
   * Deliveries that are given up.
   *
   * @default - sum over 5 minutes
   */
  public metricDeliveriesFailed(options?: MetricOptions): Metric {
    return this.metric('DeliveriesFailed', options);
  }

  /**
   * Deliveries that were not attempted since their subscription was disabled or deleted.
   *
   * @default - sum over 5 minutes
   */
  public metricDeliveriesCancelled(options?: MetricOptions): Metric {
    return this.metric('DeliveriesCancelled', options);
  }

  /**
   * How long attempts took, in milliseconds.
   *
   * @default - 95th percentile over 5 minutes
   */
  public metricAttemptLatency(options?: MetricOptions): Metric {
    return this.metric('AttemptLatency', { statistic: Stats.percentile(95), ...options });
  }

  private validate(props: WebhookSenderProps): void {
    const concurrency = (name: string, value: number | undefined) => ({
      condition:
        value !== undefined && !Token.isUnresolved(value) && !(Number.isInteger(value) && value >= 2 && value <= 1000),
      message: `${name} must be a whole number from 2 to 1000, not ${value}`,
    });
    const faults = [
      {
        condition:
          props.retention !== undefined &&
          (props.retention.isUnresolved() ||
            !Number.isInteger(props.retention.toSeconds({ integral: false })) ||
            props.retention.toSeconds({ integral: false }) < 86400),
        message: 'retention must be at least one day, in whole seconds, and not a token',
      },
      concurrency('dispatchConcurrency', props.dispatchConcurrency),
      concurrency('deliverConcurrency', props.deliverConcurrency),
      concurrency('retryConcurrency', props.retryConcurrency),
      {
        condition:
          props.deliverPollers !== undefined &&
          !Token.isUnresolved(props.deliverPollers) &&
          !(Number.isInteger(props.deliverPollers) && props.deliverPollers >= 2 && props.deliverPollers <= 200),
        message: `deliverPollers must be a whole number from 2 to 200, not ${props.deliverPollers}`,
      },
      {
        condition: props.deliverPollers !== undefined && props.deliverConcurrency !== undefined,
        message: 'set either deliverPollers or deliverConcurrency; Lambda accepts only one per event source',
      },
      ...nameServerFaults(props.nameServers).map((message) => ({ condition: true, message })),
    ].filter(({ condition }) => condition);
    if (faults.length > 0)
      throw new Error(`WebhookSender at ${this.node.path}: ${faults.map(({ message }) => message).join('; ')}`);
  }

  private settings(ttls: { eventSeconds: number; deliverySeconds: number }): string {
    const json = JSON.stringify(this.profile._settings(ttls));
    if (Buffer.byteLength(json) > PROFILE_MAX_BYTES) {
      Annotations.of(this).addError(
        `the profile's settings are ${Buffer.byteLength(json)} bytes, at most ${PROFILE_MAX_BYTES} fit a ` +
          `function's environment; shorten headers or signatures`,
      );
    }
    const all =
      Buffer.byteLength(json) + (this.profile.retry.delays.length + 2) * QUEUE_URL_BYTES + OTHER_VARIABLES_BYTES;
    if (all > ENVIRONMENT_MAX_BYTES) {
      Annotations.of(this).addError(
        `the profile's settings and the queues of its ${this.profile.retry.delays.length} retries may take ` +
          `${all} bytes, and a function's environment holds ${ENVIRONMENT_MAX_BYTES}; shorten headers or the ` +
          'schedule',
      );
    }
    return json;
  }

  private createPayloadBucket(eventRetention: Duration): Bucket {
    const bucket = new Bucket(this, 'Payloads', {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy: this.removalPolicy,
      lifecycleRules: [
        {
          expiration: Duration.days(Math.ceil(eventRetention.toDays({ integral: false })) + 1),
          abortIncompleteMultipartUploadAfter: Duration.days(1),
        },
      ],
    });
    Validations.of(bucket).acknowledge({
      id: 'AwsSolutions::AwsSolutions-S1',
      reason:
        'Only the functions of this construct read and write it; CloudTrail data events record who else does, ' +
        'and an access log would need a second bucket.',
    });
    return bucket;
  }

  private createDispatchFunction(parts: {
    events: Queue;
    eventDeadLetters: Queue;
    deliveries: Queue;
    deliverTimeout: Duration;
    shared: { [name: string]: string };
    logRetention: RetentionDays;
    concurrency?: number;
  }): WebhookFunction {
    const dispatch = new WebhookFunction(this, 'Dispatch', {
      handler: 'dispatch',
      description: 'cdk-webhooks: turns events into deliveries',
      timeout: DISPATCH_TIMEOUT,
      environment: {
        ...parts.shared,
        DELIVERY_QUEUE_URL: parts.deliveries.queueUrl,
        EVENT_DEAD_LETTER_QUEUE_URL: parts.eventDeadLetters.queueUrl,
        DELIVER_TIMEOUT_SECONDS: String(parts.deliverTimeout.toSeconds()),
      },
      files: { 'catalog.json': this.profile._catalog() },
      logRetention: parts.logRetention,
      removalPolicy: this.removalPolicy,
    });
    dispatch.allow(['dynamodb:PutItem'], [this.eventsTable.tableArn]);
    dispatch.allow(['dynamodb:Query'], [this.subscriptionsTable.tableArn]);
    dispatch.allow(['sqs:SendMessage'], [parts.deliveries.queueArn, parts.eventDeadLetters.queueArn]);
    dispatch.allowObjects(['s3:PutObject'], this.payloadBucket, 'payloads/');
    dispatch.allowObjects(['s3:PutObject'], this.payloadBucket, 'rejected/');
    dispatch.consume(parts.events, { maxConcurrency: parts.concurrency });
    return dispatch;
  }

  private createDeliverFunction(parts: {
    deliveries: Queue;
    deliverTimeout: Duration;
    shared: { [name: string]: string };
    retries: RetryQueues;
    logRetention: RetentionDays;
    concurrency?: number;
    pollers?: number;
    retryConcurrency: number;
    nameServers: string[];
  }): WebhookFunction {
    const deliver = new WebhookFunction(this, 'Deliver', {
      handler: 'deliver',
      description: 'cdk-webhooks: signs and sends deliveries',
      timeout: parts.deliverTimeout,
      environment: {
        ...parts.shared,
        DELIVERIES_TABLE: this.deliveriesTable.tableName,
        ROOT_KEY_SECRET: this.rootKey.secretArn,
        DELIVERY_QUEUE_URL: parts.deliveries.queueUrl,
        EVENT_BUS: this.eventBus.eventBusArn,
        NAME_SERVERS: JSON.stringify(parts.nameServers),
      },
      logRetention: parts.logRetention,
      removalPolicy: this.removalPolicy,
    });
    deliver.allow(
      ['dynamodb:BatchGetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
      [this.subscriptionsTable.tableArn],
    );
    deliver.allow(['dynamodb:GetItem'], [this.eventsTable.tableArn]);
    deliver.allow(
      ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:BatchWriteItem'],
      [this.deliveriesTable.tableArn],
    );
    deliver.allowObjects(['s3:GetObject'], this.payloadBucket, 'payloads/');
    deliver.allowSecret(this.rootKey);
    deliver.allow(
      ['sqs:SendMessage'],
      [parts.deliveries, ...parts.retries.tiers, parts.retries.wait].map(({ queueArn }) => queueArn),
    );
    deliver.allow(['events:PutEvents'], [this.eventBus.eventBusArn]);
    deliver.consume(parts.deliveries, { maxConcurrency: parts.concurrency, pollers: parts.pollers });
    for (const tier of parts.retries.tiers) deliver.consume(tier, { maxConcurrency: parts.retryConcurrency });
    return deliver;
  }

  private createWaitFunction(parts: {
    retries: RetryQueues;
    environment: { [name: string]: string };
    logRetention: RetentionDays;
  }): WebhookFunction {
    const wait = new WebhookFunction(this, 'Wait', {
      handler: 'wait',
      description: 'cdk-webhooks: passes on deliveries whose wait is longer than one SQS delay',
      timeout: WAIT_TIMEOUT,
      environment: parts.environment,
      logRetention: parts.logRetention,
      removalPolicy: this.removalPolicy,
    });
    wait.allow(
      ['sqs:SendMessage'],
      [...parts.retries.tiers, parts.retries.wait].map(({ queueArn }) => queueArn),
    );
    wait.consume(parts.retries.wait, { batchSize: WAIT_BATCH_SIZE, window: WAIT_WINDOW, maxConcurrency: 5 });
    return wait;
  }

  private createAlarms(eventDeadLetters: Queue, deliveryDeadLetters: Queue): Alarm[] {
    return [
      alarmOnDeadLetters(
        this,
        'EventDeadLettersAlarm',
        eventDeadLetters,
        'Event messages do not fit the contract, or could not be taken. Their attributes field and reason, or ' +
          'ERROR_CODE for what came by the bus, say why; see docs/operations.md.',
      ),
      alarmOnDeadLetters(
        this,
        'DeliveryDeadLettersAlarm',
        deliveryDeadLetters,
        'Delivery messages failed five times. Fix the cause that the logs show, then redrive. See ' +
          'docs/operations.md, "Redrive".',
      ),
      alarmOnAny(
        this,
        'OwnFaultAlarm',
        this.metric('OwnFaultSuspected'),
        'Nearly no endpoint of any tenant can be reached: the fault is likely ours. Failures are not counted ' +
          'meanwhile.',
      ),
    ];
  }
}
