import { Annotations, Duration, RemovalPolicy, Stack, Token, Validations } from 'aws-cdk-lib';
import { CorsHttpMethod, DomainName, HttpApi, HttpMethod, HttpRoute, HttpRouteKey } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import { Alarm, Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import { FilterCriteria, FilterRule, IFunction, StartingPosition } from 'aws-cdk-lib/aws-lambda';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import { IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { ApiAuth } from './api-auth';
import { alarmOnAny, alarmOnDeadLetters } from './private/alarms';
import { authFaults, authSettings } from './private/auth-settings';
import { DashboardHost } from './private/dashboard-host';
import { ENVIRONMENT_MAX_BYTES, environmentBytes } from './private/environment-size';
import { failuresIndexArn } from './private/failures-index';
import { domainFaults, throttleFaults } from './private/http-faults';
import { createHttpStage } from './private/http-stage';
import { keyRingSecret } from './private/key-ring-secret';
import { nameServerFaults } from './private/name-servers';
import { WebhookFunction } from './private/webhook-function';
import { webhookDeadLetterQueue, webhookQueue } from './private/webhook-queue';
import { webhookTable } from './private/webhook-table';
import { WebhookApiDomain, WebhookApiThrottle } from './webhook-api-props';
import { WebhookSender } from './webhook-sender';

/** What web pages may call the API. */
export interface WebhookApiCors {
  /** Origins such as `https://app.acme.com`; `*` for any. No cookie is ever asked for or taken. */
  readonly allowOrigins: string[];

  /**
   * How long browsers keep the answer to a preflight request.
   *
   * @default Duration.hours(1)
   */
  readonly maxAge?: Duration;
}

/** Properties of {@link WebhookApi}. */
export interface WebhookApiProps {
  /** The sender whose subscriptions and deliveries are managed. */
  readonly sender: WebhookSender;

  /**
   * How customers' tools say who they are. The operator's key and portal sessions work in any case.
   *
   * @default - by the operator's key alone
   */
  readonly auth?: ApiAuth[];

  /**
   * Whether backends may call by IAM, under the path prefix `/iam`. They are let in by {@link WebhookApi.grantInvoke},
   * and may do what an operator may.
   *
   * @default false
   */
  readonly iam?: boolean;

  /**
   * Limits for all callers together.
   *
   * @default - 200 requests a second, 400 at once: of the 1000 concurrent executions of an account, deliveries keep the
   *   larger part
   */
  readonly throttle?: WebhookApiThrottle;

  /**
   * A domain name of the platform's own.
   *
   * @default - the name that API Gateway gives
   */
  readonly domain?: WebhookApiDomain;

  /**
   * What web pages may call the API.
   *
   * @default - those of the API's own origin
   */
  readonly cors?: WebhookApiCors;

  /**
   * The key ring of operators: `{"version": 1, "current": "k1", "k1": "<64 random characters>"}`.
   *
   * @default - one is generated in Secrets Manager
   */
  readonly operatorKey?: ISecret;

  /**
   * The key ring that portal sessions are signed by, of the same form.
   *
   * @default - one is generated in Secrets Manager
   */
  readonly portalKey?: ISecret;

  /**
   * Name servers that the endpoint guard asks in tests of an endpoint, as `address` or `address:port`.
   *
   * @default - those of the sender
   */
  readonly nameServers?: string[];

  /**
   * Memory of the API's function, in MiB. Lambda gives CPU by it (1769 MiB are one vCPU), and CPU is what the first
   * request of an environment waits for.
   *
   * @default 1024
   */
  readonly memorySize?: number;

  /**
   * How long the logs of functions and accesses are kept.
   *
   * @default - as the sender's
   */
  readonly logRetention?: RetentionDays;

  /**
   * What becomes of the table, the queues, the keys and the logs when the stack, or this construct, is removed.
   *
   * @default - as the sender's
   */
  readonly removalPolicy?: RemovalPolicy;
}

const MEMORY_MIB = 1024;
/**
 * API Gateway waits 30 s for an answer (AWS, "Quotas for HTTP APIs"): the function ends before, and says so in its log.
 */
const API_TIMEOUT = Duration.seconds(29);
const RECOVERY_TIMEOUT = Duration.seconds(60);
const STATISTICS_TIMEOUT = Duration.seconds(30);
/** What any path begins with. */
const BASE_PATH = '/api/v1';
/** Before it, on the route that IAM lets in. */
const IAM_PREFIX = '/iam';
const HEADERS = ['authorization', 'content-type', 'x-api-key'];
const ENDED = ['delivered', 'failed', 'cancelled'];

/**
 * The management API of a {@link WebhookSender}: subscriptions, secrets, plans, tests, the delivery log, retries and
 * recovery, for customers' tools, a dashboard and the platform's backend.
 *
 * @example
 * const jwt = ApiAuth.jwt({ issuer: 'https://id.acme.com', audience: 'webhooks', tenantClaim: 'tenant_id' });
 * const api = new WebhookApi(this, 'Api', { sender, auth: [jwt] });
 * new CfnOutput(this, 'ApiUrl', { value: api.apiUrl });
 */
export class WebhookApi extends Construct {
  /** What every path is under; ends in `/api/v1`. */
  public readonly apiUrl: string;
  /** The same for those that {@link WebhookApi.grantInvoke} lets in, where `iam` is true; ends in `/iam/api/v1`. */
  public readonly iamUrl?: string;
  /** What takes the requests. */
  public readonly httpApi: HttpApi;
  /** The platform's own domain name, where one was asked for: what its DNS record leads to. */
  public readonly domainName?: DomainName;
  /** Answers the requests. */
  public readonly function: IFunction;
  /** Resends what failed or was canceled, a page at a time. */
  public readonly recoveryFunction: IFunction;
  /** Sums up what became of deliveries. */
  public readonly statisticsFunction: IFunction;
  /** The key ring of operators. Any key on it is let in. */
  public readonly operatorKey: ISecret;
  /** The key ring that portal sessions are signed by. To take a key away ends the sessions that it signed. */
  public readonly portalKey: ISecret;
  /** Figures an hour, last attempts, and what rate limits have counted. */
  public readonly countersTable: Table;
  /** Recoveries that are under way. */
  public readonly recoveryQueue: IQueue;
  /** Recoveries that could not be worked on in five receives. */
  public readonly recoveryDeadLetterQueue: IQueue;
  /** What to be woken for. They have no action of their own. */
  public readonly alarms: Alarm[];

  /**
   * What a dashboard takes over, and does here.
   *
   * @internal
   */
  public readonly _dashboardHost: DashboardHost;

  private readonly sender: WebhookSender;
  private readonly removalPolicy: RemovalPolicy;
  private readonly logRetention: RetentionDays;
  private readonly iamRoute?: HttpRoute;
  private hasDashboard = false;

  constructor(scope: Construct, id: string, props: WebhookApiProps) {
    super(scope, id);
    this.validate(props);
    this.sender = props.sender;
    this.removalPolicy = props.removalPolicy ?? this.sender._settings.removalPolicy;
    this.logRetention = props.logRetention ?? this.sender._settings.logRetention;
    const { removalPolicy } = this;

    this.operatorKey =
      props.operatorKey ??
      keyRingSecret(this, 'OperatorKey', {
        description: 'cdk-webhooks: the key ring of operators of the management API. Any key on it is let in.',
        rotation:
          'A key ring: rotation appends a key, and drops the old one once its callers have the new. No ' +
          'schedule knows when that is.',
        removalPolicy,
      });
    this.portalKey =
      props.portalKey ??
      keyRingSecret(this, 'PortalKey', {
        description:
          'cdk-webhooks: the key ring that portal sessions are signed by. To take a key away ends the sessions ' +
          'that it signed.',
        rotation:
          'A key ring: rotation appends a key, and drops the old one after an hour, when the last session that ' +
          'it signed is over. Replacing it would end them all at once.',
        removalPolicy,
      });
    this.countersTable = this.createCountersTable();
    const deadLetters = webhookDeadLetterQueue(this, 'RecoveryDeadLetters', removalPolicy);
    const recoveries = webhookQueue(this, 'RecoveryQueue', {
      consumerTimeout: RECOVERY_TIMEOUT,
      deadLetterQueue: deadLetters,
      removalPolicy,
    });
    this.recoveryQueue = recoveries;
    this.recoveryDeadLetterQueue = deadLetters;

    const api = this.createApiFunction(props, recoveries);
    this.function = api;
    this.recoveryFunction = this.createRecoveryFunction(recoveries);
    this.statisticsFunction = this.createStatisticsFunction();

    const integration = new HttpLambdaIntegration('Integration', api);
    this.httpApi = this.createHttpApi(props);
    const route = new HttpRoute(this, 'Route', { httpApi: this.httpApi, routeKey: HttpRouteKey.DEFAULT, integration });
    Validations.of(route).acknowledge({
      id: 'AwsSolutions::AwsSolutions-APIG4',
      reason:
        'Authorized in the function, on every path: an authorizer of API Gateway knows neither operator keys ' +
        'nor portal sessions, and answers refusals in another form than the API promises.',
    });
    if (props.iam) {
      this.iamRoute = new HttpRoute(this, 'IamRoute', {
        httpApi: this.httpApi,
        routeKey: HttpRouteKey.with(`${IAM_PREFIX}/{proxy+}`, HttpMethod.ANY),
        integration,
        authorizer: new HttpIamAuthorizer(),
      });
    }
    this.domainName = createHttpStage(this, {
      httpApi: this.httpApi,
      throttle: props.throttle,
      domain: props.domain,
      logRetention: this.logRetention,
      removalPolicy,
    });
    const origin = props.domain === undefined ? this.httpApi.apiEndpoint : `https://${props.domain.domainName}`;
    this.apiUrl = `${origin}${BASE_PATH}`;
    this.iamUrl = props.iam ? `${origin}${IAM_PREFIX}${BASE_PATH}` : undefined;
    this._dashboardHost = {
      service: this.sender._settings.service,
      tenantPath: this.sender.profile.tenantPath,
      origin,
      logRetention: this.logRetention,
      removalPolicy,
      linkTo: (url) => {
        if (this.hasDashboard)
          throw new Error(
            `WebhookApi at ${this.node.path}: it has a dashboard already, and one page at ${origin}/portal is ` +
              'all there can be',
          );
        this.hasDashboard = true;
        api.addEnvironment('PORTAL_URL', url);
      },
    };
    this.alarms = [
      alarmOnDeadLetters(
        this,
        'RecoveryDeadLettersAlarm',
        deadLetters,
        'Recovery messages failed five times. Fix the cause that the logs show, then redrive. See ' +
          'docs/operations.md, "Redrive".',
      ),
      alarmOnAny(
        this,
        'FiguresLostAlarm',
        this.metric('FiguresLost'),
        'What became of deliveries could not be counted: figures are too low by that. Deliveries and their log ' +
          'are not touched by it.',
      ),
    ];
  }

  /**
   * Lets a backend call the API by IAM, under the path prefix `/iam`.
   *
   * @throws an error unless `iam` is true
   */
  public grantInvoke(grantee: IGrantable): Grant {
    if (this.iamRoute === undefined)
      throw new Error(
        `WebhookApi at ${this.node.path}: grantInvoke needs the prop iam to be true; without it there is no ` +
          'route that IAM lets anybody into',
      );
    return this.iamRoute.grantInvoke(grantee);
  }

  /**
   * A metric of this API's functions, by its name. What API Gateway measures is had from `httpApi`.
   *
   * @default - sum over 5 minutes
   */
  public metric(metricName: string, options?: MetricOptions): Metric {
    return this.sender.metric(metricName, options);
  }

  /**
   * Requests that came to the API's function; what limits turned away before is not among them.
   *
   * @default - sum over 5 minutes
   */
  public metricRequests(options?: MetricOptions): Metric {
    return this.metric('Requests', options);
  }

  /**
   * Requests that were answered with 4xx.
   *
   * @default - sum over 5 minutes
   */
  public metricClientErrors(options?: MetricOptions): Metric {
    return this.metric('ClientErrors', options);
  }

  /**
   * Requests that were answered with 5xx.
   *
   * @default - sum over 5 minutes
   */
  public metricServerErrors(options?: MetricOptions): Metric {
    return this.metric('ServerErrors', options);
  }

  /**
   * Deliveries that recoveries have sent again.
   *
   * @default - sum over 5 minutes
   */
  public metricDeliveriesReplayed(options?: MetricOptions): Metric {
    return this.metric('DeliveriesReplayed', options);
  }

  private validate({ auth, throttle, domain, cors, nameServers, memorySize }: WebhookApiProps): void {
    const isLiteral = <T>(value: T | undefined): value is T => value !== undefined && !Token.isUnresolved(value);
    const maxAge = cors?.maxAge;
    const checks = [
      {
        condition:
          isLiteral(memorySize) && !(Number.isInteger(memorySize) && memorySize >= 256 && memorySize <= 10_240),
        message: `memorySize must be a whole number of MiB from 256 to 10240, not ${memorySize}`,
      },
      {
        condition: cors?.allowOrigins.length === 0,
        message: 'cors.allowOrigins is empty; leave cors out if no other origin may call',
      },
      {
        condition: isLiteral(maxAge) && (maxAge.isUnresolved() || maxAge.toSeconds({ integral: false }) > 86_400),
        message: 'cors.maxAge must be at most a day, and known at synth',
      },
      ...(cors?.allowOrigins ?? []).map((origin) => ({
        condition: isLiteral(origin) && origin !== '*' && !/^https?:\/\/[a-z0-9.-]+(:\d{1,5})?$/.test(origin),
        message: `cors.allowOrigins: "${origin}" must be like https://app.acme.com, or *`,
      })),
    ];
    const faults = [
      ...checks.filter(({ condition }) => condition).map(({ message }) => message),
      ...throttleFaults(throttle),
      ...domainFaults(domain),
      ...authFaults(auth),
      ...nameServerFaults(nameServers),
    ];
    if (faults.length > 0) throw new Error(`WebhookApi at ${this.node.path}: ${faults.join('; ')}`);
  }

  private createCountersTable(): Table {
    const table = webhookTable(this, 'Counters', {
      sortKey: true,
      expires: true,
      pointInTimeRecovery: false,
      removalPolicy: this.removalPolicy,
    });
    Validations.of(table).acknowledge({
      id: 'AwsSolutions::AwsSolutions-DDB3',
      reason:
        'Figures are approximate by design and end by themselves, rate limits count minutes: what a restore ' +
        'would bring back is out of date.',
    });
    return table;
  }

  private createApiFunction(
    { auth = [], iam = false, nameServers, memorySize }: WebhookApiProps,
    recoveries: Queue,
  ): WebhookFunction {
    const { sender } = this;
    const settings = authSettings(auth, iam);
    const environment = {
      WEBHOOK_SERVICE: sender._settings.service,
      WEBHOOK_PROFILE: sender._settings.profile,
      SUBSCRIPTIONS_TABLE: sender.subscriptionsTable.tableName,
      EVENTS_TABLE: sender.eventsTable.tableName,
      DELIVERIES_TABLE: sender.deliveriesTable.tableName,
      COUNTERS_TABLE: this.countersTable.tableName,
      PAYLOAD_BUCKET: sender.payloadBucket.bucketName,
      ROOT_KEY_SECRET: sender.rootKey.secretArn,
      OPERATOR_KEY_SECRET: this.operatorKey.secretArn,
      PORTAL_KEY_SECRET: this.portalKey.secretArn,
      EVENT_QUEUE_URL: sender.eventQueue.queueUrl,
      DELIVERY_QUEUE_URL: sender.deliveryQueue.queueUrl,
      RECOVERY_QUEUE_URL: recoveries.queueUrl,
      NAME_SERVERS: JSON.stringify(nameServers ?? sender._settings.nameServers),
      API_AUTH: Stack.of(this).toJsonString(settings),
    };
    const bytes = environmentBytes(Stack.of(this), environment);
    if (bytes > ENVIRONMENT_MAX_BYTES) {
      Annotations.of(this).addError(
        `the profile's settings and those of auth may take ${bytes} bytes, and a function's environment holds ` +
          `${ENVIRONMENT_MAX_BYTES}; shorten headers, or name fewer issuers`,
      );
    }
    const api = new WebhookFunction(this, 'Api', {
      handler: 'api',
      description: 'cdk-webhooks: the management API',
      timeout: API_TIMEOUT,
      memorySize: memorySize ?? MEMORY_MIB,
      environment,
      files: { 'catalog.json': sender.profile._catalog() },
      logRetention: this.logRetention,
      removalPolicy: this.removalPolicy,
    });
    const item = (...verbs: string[]) => verbs.map((verb) => `dynamodb:${verb}`);
    api.allow(item('GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem', 'DeleteItem'), [
      sender.subscriptionsTable.tableArn,
    ]);
    api.allow(item('GetItem'), [sender.eventsTable.tableArn]);
    api.allow(item('GetItem', 'BatchGetItem', 'Query', 'PutItem', 'UpdateItem'), [sender.deliveriesTable.tableArn]);
    api.allow(item('Query'), [failuresIndexArn(sender.deliveriesTable)]);
    api.allow(item('Query', 'UpdateItem'), [this.countersTable.tableArn]);
    api.allowObjects(['s3:GetObject'], sender.payloadBucket, 'payloads/');
    for (const secret of [sender.rootKey, this.operatorKey, this.portalKey]) api.allowSecret(secret);
    api.allow(
      ['sqs:SendMessage'],
      [sender.eventQueue, sender.deliveryQueue, recoveries].map(({ queueArn }) => queueArn),
    );
    if (settings.lambda !== undefined) api.allow(['lambda:InvokeFunction'], [settings.lambda.functionName]);
    return api;
  }

  private createRecoveryFunction(recoveries: Queue): WebhookFunction {
    const { sender } = this;
    // Deliveries are sent again by the first retry tier, whose concurrency is bounded: they never stand before first
    // attempts.
    const replays = sender.retryQueues[0]!;
    const recovery = new WebhookFunction(this, 'Recovery', {
      handler: 'recovery',
      description: 'cdk-webhooks: resends what failed or was canceled',
      timeout: RECOVERY_TIMEOUT,
      environment: {
        WEBHOOK_SERVICE: sender._settings.service,
        WEBHOOK_PROFILE: sender._settings.profile,
        SUBSCRIPTIONS_TABLE: sender.subscriptionsTable.tableName,
        DELIVERIES_TABLE: sender.deliveriesTable.tableName,
        RECOVERY_QUEUE_URL: recoveries.queueUrl,
        REPLAY_QUEUE_URL: replays.queueUrl,
      },
      logRetention: this.logRetention,
      removalPolicy: this.removalPolicy,
    });
    recovery.allow(
      ['dynamodb:GetItem', 'dynamodb:BatchGetItem', 'dynamodb:UpdateItem'],
      [sender.subscriptionsTable.tableArn],
    );
    recovery.allow(
      ['dynamodb:BatchGetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
      [sender.deliveriesTable.tableArn],
    );
    recovery.allow(['dynamodb:Query'], [failuresIndexArn(sender.deliveriesTable)]);
    recovery.allow(['sqs:SendMessage'], [replays.queueArn, recoveries.queueArn]);
    recovery.consume(recoveries, { batchSize: 1, maxConcurrency: 5 });
    return recovery;
  }

  private createStatisticsFunction(): WebhookFunction {
    const statistics = new WebhookFunction(this, 'Statistics', {
      handler: 'statistics',
      description: 'cdk-webhooks: sums up what became of deliveries',
      timeout: STATISTICS_TIMEOUT,
      environment: { WEBHOOK_SERVICE: this.sender._settings.service, COUNTERS_TABLE: this.countersTable.tableName },
      logRetention: this.logRetention,
      removalPolicy: this.removalPolicy,
    });
    statistics.allow(['dynamodb:UpdateItem'], [this.countersTable.tableArn]);
    statistics.consumeStream(this.sender.deliveriesTable.tableStreamArn!, {
      startingPosition: StartingPosition.TRIM_HORIZON,
      batchSize: 1000,
      maxBatchingWindow: Duration.seconds(10),
      retryAttempts: 3,
      bisectBatchOnError: true,
      maxRecordAge: Duration.hours(1), // figures are approximate: what could not be counted by then holds up what can
      reportBatchItemFailures: true,
      filters: [FilterCriteria.filter({ dynamodb: { NewImage: { st: { S: FilterRule.or(...ENDED) } } } })],
    });
    return statistics;
  }

  private createHttpApi({ cors }: WebhookApiProps): HttpApi {
    return new HttpApi(this, 'HttpApi', {
      apiName: `${this.sender._settings.service}-api`,
      description: `cdk-webhooks: the management API of ${this.sender.profile.name}`,
      createDefaultStage: false, // the stage below has a log and limits
      corsPreflight: cors && {
        allowOrigins: cors.allowOrigins,
        allowHeaders: HEADERS,
        allowMethods: [CorsHttpMethod.GET, CorsHttpMethod.POST, CorsHttpMethod.PUT, CorsHttpMethod.DELETE],
        exposeHeaders: ['retry-after', 'x-request-id'],
        maxAge: cors.maxAge ?? Duration.hours(1),
      },
    });
  }
}
