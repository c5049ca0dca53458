import { Duration, Lazy, Names, RemovalPolicy, Size, Stack, Token, Validations } from 'aws-cdk-lib';
import {
  DomainName,
  HttpApi,
  HttpMethod,
  HttpNoneAuthorizer,
  HttpRoute,
  HttpRouteKey,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Alarm, Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { Table } from 'aws-cdk-lib/aws-dynamodb';
import { IFunction } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { alarmOnAny } from './private/alarms';
import { ENVIRONMENT_MAX_BYTES, environmentBytes } from './private/environment-size';
import { domainFaults, throttleFaults } from './private/http-faults';
import { createHttpStage } from './private/http-stage';
import { serviceMetric } from './private/service-metric';
import { WebhookFunction } from './private/webhook-function';
import { webhookTable } from './private/webhook-table';
import { ReceiverScheme } from './receiver-scheme';
import { ReceiverTarget } from './receiver-target';
import { WebhookApiDomain, WebhookApiThrottle } from './webhook-api-props';

/** Somebody who sends webhooks, and where they go. */
export interface ReceiverSource {
  /** How the sender signs. */
  readonly scheme: ReceiverScheme;

  /**
   * The secret that the sender gave, as text. During a rotation a JSON list of two, the new one and the old:
   * `["whsec_new...", "whsec_old..."]`. It is read again every 60 seconds, and within 5 where a signature does not
   * match.
   */
  readonly secret: ISecret;

  /** Where verified events go. */
  readonly target: ReceiverTarget;

  /**
   * Where the sender sends to, under the API's URL.
   *
   * @default /webhooks
   */
  readonly path?: string;

  /**
   * Larger bodies are answered with 413.
   *
   * @default - what a message of the target has room for: 1020 KiB for a queue, 252 KiB for a bus or a topic
   */
  readonly maxBodySize?: Size;

  /**
   * How far the time that a request was signed at may be from now, where the scheme signs one.
   *
   * @default Duration.minutes(5)
   */
  readonly tolerance?: Duration;
}

/** Properties of {@link WebhookReceiver}; those of its first source are among them. */
export interface WebhookReceiverProps extends ReceiverSource {
  /**
   * How long an event that was received is known, so that a copy of it is not handed over again. At least twice the
   * tolerance of any source: a request that was signed ahead of time is valid that long, and would be a new event else.
   *
   * @default Duration.days(30) - as long as WebhookSender keeps events, and so may send one again
   */
  readonly deduplicationWindow?: Duration;

  /**
   * An API to add the routes to, with a default stage. Its stages have their own limits, logs and domain, which
   * {@link WebhookReceiver.url} does not know.
   *
   * @default - one is made
   */
  readonly httpApi?: HttpApi;

  /**
   * Limits for all senders together.
   *
   * @default - 200 requests a second, 400 at once
   */
  readonly throttle?: WebhookApiThrottle;

  /**
   * A domain name of one's own.
   *
   * @default - the name that API Gateway gives
   */
  readonly domain?: WebhookApiDomain;

  /**
   * Memory of the function, in MiB. Lambda gives CPU by it.
   *
   * @default 512
   */
  readonly memorySize?: number;

  /**
   * How long the logs of function and accesses are kept.
   *
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: RetentionDays;

  /**
   * What becomes of the table and the logs when the stack, or this construct, is removed.
   *
   * @default RemovalPolicy.RETAIN
   */
  readonly removalPolicy?: RemovalPolicy;
}

const DEFAULT_PATH = '/webhooks';
/** Parts of dots alone are resolved away by clients before they send. */
const PATH = /^(\/(?!\.{1,2}(\/|$))[A-Za-z0-9._~-]{1,64}){1,4}$/;
/**
 * API Gateway waits 30 s for an answer (AWS, "Quotas for HTTP APIs"), and a lease on an event lasts 35 s: it is over
 * only when its holder is.
 */
const TIMEOUT = Duration.seconds(29);

/**
 * Receives webhooks: verifies each by its raw bytes, takes each event once, and answers with success when it is with
 * the target.
 *
 * @example
 * const receiver = new WebhookReceiver(this, 'Inbound', {
 *   scheme: ReceiverScheme.leapOcr(),
 *   secret: Secret.fromSecretNameV2(this, 'Secret', 'leapocr-webhook-secret'),
 *   target: ReceiverTarget.queue(jobs),
 * });
 * new CfnOutput(this, 'WebhookUrl', { value: receiver.url });
 */
export class WebhookReceiver extends Construct {
  /** Where the first source sends to. */
  public readonly url: string;
  /** What takes the requests. */
  public readonly httpApi: HttpApi;
  /** The domain name of one's own, where one was asked for: what its DNS record leads to. */
  public readonly domainName?: DomainName;
  /** Verifies and hands over. */
  public readonly function: IFunction;
  /** Which events were received. */
  public readonly receptionsTable: Table;
  /** What to be woken for. They have no action of their own. */
  public readonly alarms: Alarm[];

  private readonly service: string;
  private readonly origin: string;
  private readonly deduplicationSeconds: number;
  private readonly receiver: WebhookFunction;
  private readonly integration: HttpLambdaIntegration;
  private readonly sources: { readonly path: string; readonly settings: object }[] = [];

  constructor(scope: Construct, id: string, props: WebhookReceiverProps) {
    super(scope, id);
    this.validate(props);
    this.service = Names.uniqueResourceName(this, { maxLength: 60, separator: '-' });
    this.deduplicationSeconds = (props.deduplicationWindow ?? Duration.days(30)).toSeconds();
    const removalPolicy = props.removalPolicy ?? RemovalPolicy.RETAIN;
    const logRetention = props.logRetention ?? RetentionDays.ONE_MONTH;
    this.receptionsTable = webhookTable(this, 'Receptions', {
      sortKey: false,
      expires: true,
      pointInTimeRecovery: false,
      removalPolicy,
    });
    Validations.of(this.receptionsTable).acknowledge({
      id: 'AwsSolutions::AwsSolutions-DDB3',
      reason:
        'Which events were received is known for as long as copies may come: what a restore would bring back ' +
        'is out of date.',
    });
    const environment = {
      WEBHOOK_SERVICE: this.service,
      RECEPTIONS_TABLE: this.receptionsTable.tableName,
      RECEIVER_SETTINGS: Lazy.string({ produce: () => this.settings() }),
    };
    this.receiver = new WebhookFunction(this, 'Receiver', {
      handler: 'receiver',
      description: 'cdk-webhooks: receives webhooks',
      timeout: TIMEOUT,
      memorySize: props.memorySize,
      environment,
      logRetention,
      removalPolicy,
    });
    this.receiver.allow(['dynamodb:PutItem', 'dynamodb:DeleteItem'], [this.receptionsTable.tableArn]);
    this.function = this.receiver;
    this.node.addValidation({
      validate: () => {
        const bytes = environmentBytes(Stack.of(this), { ...environment, RECEIVER_SETTINGS: this.settings() });
        return bytes > ENVIRONMENT_MAX_BYTES
          ? [
              `its ${this.sources.length} sources may take ${bytes} bytes, and a function's environment holds ` +
                `${ENVIRONMENT_MAX_BYTES}; put some on another receiver`,
            ]
          : [];
      },
    });

    this.httpApi =
      props.httpApi ??
      new HttpApi(this, 'HttpApi', {
        apiName: `${this.service}-webhooks`,
        description: 'cdk-webhooks: receives webhooks',
        createDefaultStage: false,
      });
    if (props.httpApi === undefined) {
      this.domainName = createHttpStage(this, {
        httpApi: this.httpApi,
        throttle: props.throttle,
        domain: props.domain,
        logRetention,
        removalPolicy,
      });
    }
    this.origin = props.domain === undefined ? this.httpApi.apiEndpoint : `https://${props.domain.domainName}`;
    this.integration = new HttpLambdaIntegration('Integration', this.receiver);
    this.url = this.addSource(props);
    this.alarms = [
      alarmOnAny(
        this,
        'NotTakenAlarm',
        this.metricNotTaken(),
        'Verified events could not be handed over, or their secret could not be read. Senders are asked to send ' +
          'them again. The log says why.',
      ),
    ];
  }

  /**
   * Another sender of webhooks, on a path of its own.
   *
   * @returns the URL to give to the sender
   */
  public addSource(source: ReceiverSource): string {
    const { path = DEFAULT_PATH, scheme, secret, maxBodySize, tolerance = Duration.minutes(5) } = source;
    const target = source.target._bind();
    const bytes = maxBodySize?.toBytes() ?? target.maxBodyBytes;
    const seconds = tolerance.isUnresolved() ? NaN : tolerance.toSeconds({ integral: false });
    const faults = [
      {
        condition: Token.isUnresolved(path) || !PATH.test(path),
        message: `path "${path}" must be one to four parts of letters, digits and ._~-, such as /webhooks/leapocr`,
      },
      {
        condition: this.sources.some((other) => other.path === path),
        message: `there is a source at ${path} already; give each a path of its own`,
      },
      { condition: target.fault !== undefined, message: `target: ${target.fault}` },
      {
        condition: !(Number.isInteger(bytes) && bytes >= 1 && bytes <= target.maxBodyBytes),
        message:
          `maxBodySize must be at most ${target.maxBodyBytes / 1024} KiB, what a message of the target has room ` +
          'for',
      },
      {
        condition: !(Number.isInteger(seconds) && seconds >= 1 && seconds <= 86_400),
        message: 'tolerance must be a whole number of seconds, at most a day, and known at synth',
      },
      {
        condition: 2 * seconds > this.deduplicationSeconds,
        message:
          `deduplicationWindow of ${this.deduplicationSeconds} s is shorter than twice the tolerance, ` +
          `${2 * seconds} s, for which a signed request is valid`,
      },
    ].filter(({ condition }) => condition);
    if (faults.length > 0)
      throw new Error(`WebhookReceiver at ${this.node.path}: ${faults.map(({ message }) => message).join('; ')}`);

    this.sources.push({
      path,
      settings: {
        path,
        scheme: scheme._settings(),
        secret: secret.secretArn,
        target: { kind: target.kind, address: target.address },
        maxBodyBytes: bytes,
        toleranceSeconds: seconds,
      },
    });
    this.receiver.allowSecret(secret);
    this.receiver.allow([target.action], [target.arn]);
    // Writing to what is encrypted by a key of one's own (AWS, "Key management" of SQS and SNS).
    target.key?.grant(this.receiver, 'kms:GenerateDataKey', 'kms:Decrypt');
    const route = new HttpRoute(this, `Route${path.replaceAll('/', ' ')}`, {
      httpApi: this.httpApi,
      routeKey: HttpRouteKey.with(path, HttpMethod.POST),
      integration: this.integration,
      // also where the API has one for its other routes: no sender of webhooks knows it
      authorizer: new HttpNoneAuthorizer(),
    });
    Validations.of(route).acknowledge({
      id: 'AwsSolutions::AwsSolutions-APIG4',
      reason:
        'What a webhook is authorized by is its signature, over the raw bytes of its body: the function verifies it.',
    });
    return `${this.origin}${path}`;
  }

  /**
   * A metric of this receiver, by its name.
   *
   * @default - sum over 5 minutes
   */
  public metric(metricName: string, options?: MetricOptions): Metric {
    return serviceMetric(this.service, metricName, options);
  }

  /**
   * Events that were handed over.
   *
   * @default - sum over 5 minutes
   */
  public metricReceived(options?: MetricOptions): Metric {
    return this.metric('WebhooksReceived', options);
  }

  /**
   * Copies of events that had been received.
   *
   * @default - sum over 5 minutes
   */
  public metricRepeated(options?: MetricOptions): Metric {
    return this.metric('WebhooksRepeated', options);
  }

  /**
   * Requests without a signature, with a wrong one, or too large.
   *
   * @default - sum over 5 minutes
   */
  public metricRefused(options?: MetricOptions): Metric {
    return this.metric('WebhooksRefused', options);
  }

  /**
   * Copies that arrived while their event was being processed. Their senders are asked to send them again.
   *
   * @default - sum over 5 minutes
   */
  public metricOverlapping(options?: MetricOptions): Metric {
    return this.metric('WebhooksOverlapping', options);
  }

  /**
   * Requests that the receiver could not accept: the target, the table or the secret was not available.
   *
   * @default - sum over 5 minutes
   */
  public metricNotTaken(options?: MetricOptions): Metric {
    return this.metric('WebhooksNotTaken', options);
  }

  private validate({ deduplicationWindow, httpApi, throttle, domain, memorySize }: WebhookReceiverProps): void {
    const seconds = windowSeconds(deduplicationWindow);
    const checks = [
      {
        condition: !(Number.isInteger(seconds) && seconds >= 60 && seconds <= 365 * 86_400),
        message: 'deduplicationWindow must be a whole number of seconds, from a minute to a year, and known at synth',
      },
      {
        condition: httpApi !== undefined && httpApi.defaultStage === undefined,
        message: 'httpApi has no default stage, under which the URL of the receiver would be',
      },
      {
        condition: httpApi !== undefined && (throttle ?? domain) !== undefined,
        message: 'throttle and domain cannot be combined with httpApi; configure them on its stage',
      },
      {
        condition:
          memorySize !== undefined &&
          !Token.isUnresolved(memorySize) &&
          !(Number.isInteger(memorySize) && memorySize >= 128 && memorySize <= 10_240),
        message: `memorySize must be a whole number of MiB from 128 to 10240, not ${memorySize}`,
      },
    ];
    const faults = [
      ...checks.filter(({ condition }) => condition).map(({ message }) => message),
      ...throttleFaults(throttle),
      ...domainFaults(domain),
    ];
    if (faults.length > 0) throw new Error(`WebhookReceiver at ${this.node.path}: ${faults.join('; ')}`);
  }

  private settings(): string {
    return Stack.of(this).toJsonString({
      version: 1,
      deduplicationSeconds: this.deduplicationSeconds,
      sources: this.sources.map(({ settings }) => settings),
    });
  }
}

/** @returns NaN for a window that is not known at synth */
function windowSeconds(window: Duration | undefined): number {
  if (window === undefined) return 60;
  return window.isUnresolved() ? NaN : window.toSeconds({ integral: false });
}
