import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { parseCatalog, parseProfile } from '../../lambda/core/shared/profile';
import {
  ApiAuth,
  WebhookApi,
  type WebhookApiProps,
  WebhookProfile,
  WebhookSender,
  type WebhookSenderProps,
} from '../../lib';
import { LEAPOCR_PROFILE } from '../builders/profile';
import { actionsOf, assetFile, environmentOf, resourceOf } from './template';

const CERTIFICATE = 'arn:aws:acm:us-east-1:111122223333:certificate/c';
const EVENT = { name: 'a.b', description: 'x', schema: {}, example: {} };

type Props = Partial<WebhookApiProps> | ((stack: Stack) => Partial<WebhookApiProps>);

function construct(props: Props = {}, senderProps: Partial<WebhookSenderProps> = {}) {
  const app = new App();
  const stack = new Stack(app, 'Platform');
  const sender = new WebhookSender(stack, 'Webhooks', { profile: WebhookProfile.leapOcr(), ...senderProps });
  const api = new WebhookApi(stack, 'Management', { sender, ...(typeof props === 'function' ? props(stack) : props) });
  return { app, stack, sender, api };
}

function synthesize(props: Props = {}, senderProps: Partial<WebhookSenderProps> = {}) {
  const { app, stack } = construct(props, senderProps);
  return { app, template: Template.fromStack(stack) };
}

const { app, template } = synthesize();
const onlyOf = (own: Template, type: string) => {
  const found = Object.values(own.findResources(type)).map(({ Properties }) => Properties as Record<string, unknown>);
  expect(found).toHaveLength(1);
  return found[0]!;
};
const ref = (name: string) => ({ Ref: expect.stringMatching(new RegExp(`^${name}[0-9A-F]{8}$`)) as string });

test('a sender without the API has nothing of it', () => {
  const stack = new Stack(new App(), 'Platform');
  new WebhookSender(stack, 'Webhooks', { profile: WebhookProfile.leapOcr() });
  const alone = Template.fromStack(stack);
  for (const type of ['Api', 'Stage', 'Route', 'Integration']) alone.resourceCountIs(`AWS::ApiGatewayV2::${type}`, 0);
  alone.resourceCountIs('AWS::DynamoDB::Table', 3);
  alone.resourceCountIs('AWS::Lambda::Function', 3);
  alone.resourceCountIs('AWS::SQS::Queue', 12);
  alone.resourceCountIs('AWS::SecretsManager::Secret', 1);
  expect(
    Object.keys(
      alone.findResources('AWS::Lambda::EventSourceMapping', { Properties: { StartingPosition: Match.anyValue() } }),
    ),
  ).toEqual([]);
});

test('the API changes nothing of its sender', () => {
  const stack = new Stack(new App(), 'Platform');
  new WebhookSender(stack, 'Webhooks', { profile: WebhookProfile.leapOcr() });
  const { Resources } = template.toJSON() as { Resources: Record<string, unknown> };
  const alone = (Template.fromStack(stack).toJSON() as { Resources: Record<string, unknown> }).Resources;
  expect(Object.fromEntries(Object.entries(Resources).filter(([id]) => id.startsWith('Webhooks')))).toEqual(alone);
});

describe('the HTTP API', () => {
  test('gives every request to one function, which authorizes', () => {
    expect(onlyOf(template, 'AWS::ApiGatewayV2::Api')).toMatchObject({ ProtocolType: 'HTTP' });
    expect(onlyOf(template, 'AWS::ApiGatewayV2::Route')).toMatchObject({
      RouteKey: '$default',
      AuthorizationType: 'NONE',
    });
    expect(onlyOf(template, 'AWS::ApiGatewayV2::Integration')).toMatchObject({
      IntegrationType: 'AWS_PROXY',
      PayloadFormatVersion: '2.0',
      IntegrationUri: { 'Fn::GetAtt': [ref('ManagementApi').Ref, 'Arn'] },
    });
  });

  test('has one stage, the default one, with limits that leave deliveries their concurrency', () => {
    expect(onlyOf(template, 'AWS::ApiGatewayV2::Stage')).toMatchObject({
      StageName: '$default',
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingRateLimit: 200, ThrottlingBurstLimit: 400 },
    });
  });

  test.each([
    [{ rateLimit: 0.5 }, { ThrottlingRateLimit: 0.5, ThrottlingBurstLimit: 400 }],
    [
      { rateLimit: 1000, burstLimit: 1 },
      { ThrottlingRateLimit: 1000, ThrottlingBurstLimit: 1 },
    ],
  ])('has the limits that are asked for: %j', (throttle, settings) => {
    expect(onlyOf(synthesize({ throttle }).template, 'AWS::ApiGatewayV2::Stage')).toMatchObject({
      DefaultRouteSettings: settings,
    });
  });

  test('logs every request as JSON, without a header or a query string', () => {
    const { AccessLogSettings } = onlyOf(template, 'AWS::ApiGatewayV2::Stage') as {
      AccessLogSettings: { DestinationArn: unknown; Format: string };
    };
    expect(AccessLogSettings.DestinationArn).toEqual({ 'Fn::GetAtt': [ref('ManagementAccessLogs').Ref, 'Arn'] });
    const logged = Object.values(JSON.parse(AccessLogSettings.Format) as Record<string, string>);
    expect(logged.sort()).toEqual([
      '$context.error.message',
      '$context.httpMethod',
      '$context.identity.sourceIp',
      '$context.identity.userArn',
      '$context.integrationErrorMessage',
      '$context.integrationLatency',
      '$context.path',
      '$context.requestId',
      '$context.requestTimeEpoch',
      '$context.responseLatency',
      '$context.responseLength',
      '$context.routeKey',
      '$context.status',
    ]);
  });

  test('answers no preflight of another origin, unless asked to', () => {
    expect(onlyOf(template, 'AWS::ApiGatewayV2::Api').CorsConfiguration).toBeUndefined();
    const { template: open } = synthesize({
      cors: { allowOrigins: ['https://app.acme.com', 'http://127.0.0.1:5173'] },
    });
    expect(onlyOf(open, 'AWS::ApiGatewayV2::Api').CorsConfiguration).toEqual({
      AllowOrigins: ['https://app.acme.com', 'http://127.0.0.1:5173'],
      AllowHeaders: ['authorization', 'content-type', 'x-api-key'],
      AllowMethods: ['GET', 'POST', 'PUT', 'DELETE'],
      ExposeHeaders: ['retry-after', 'x-request-id'],
      MaxAge: 3600,
    });
    expect(
      onlyOf(
        synthesize({ cors: { allowOrigins: ['*'], maxAge: Duration.days(1) } }).template,
        'AWS::ApiGatewayV2::Api',
      ),
    ).toMatchObject({ CorsConfiguration: { AllowOrigins: ['*'], MaxAge: 86_400 } });
  });

  test('is at the name that API Gateway gives it', () => {
    const { stack, api } = construct();
    expect(stack.resolve(api.apiUrl)).toEqual({
      'Fn::Join': ['', [{ 'Fn::GetAtt': [ref('ManagementHttpApi').Ref, 'ApiEndpoint'] }, '/api/v1']],
    });
    expect(api.domainName).toBeUndefined();
  });

  test('is at a name of the platform’s own where one is given, by TLS 1.2 at least', () => {
    const domain = (stack: Stack) => ({
      domain: {
        domainName: 'webhooks.acme.com',
        certificate: Certificate.fromCertificateArn(stack, 'Certificate', CERTIFICATE),
      },
    });
    const { stack, api } = construct((own) => ({ ...domain(own), iam: true }));
    const own = Template.fromStack(stack);
    expect(api.apiUrl).toBe('https://webhooks.acme.com/api/v1');
    expect(api.iamUrl).toBe('https://webhooks.acme.com/iam/api/v1');
    expect(stack.resolve(api.domainName!.regionalDomainName)).toEqual({
      'Fn::GetAtt': [ref('ManagementDomain').Ref, 'RegionalDomainName'],
    });
    expect(onlyOf(own, 'AWS::ApiGatewayV2::DomainName')).toMatchObject({
      DomainName: 'webhooks.acme.com',
      DomainNameConfigurations: [{ CertificateArn: CERTIFICATE, EndpointType: 'REGIONAL', SecurityPolicy: 'TLS_1_2' }],
    });
    expect(onlyOf(own, 'AWS::ApiGatewayV2::ApiMapping')).toMatchObject({
      Stage: '$default',
      ApiId: ref('ManagementHttpApi'),
    });
  });
});

describe('IAM', () => {
  test('lets nobody in unless asked to', () => {
    const { api, stack } = construct();
    const backend = new Role(stack, 'Backend', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
    expect(() => api.grantInvoke(backend)).toThrow(
      'WebhookApi at Platform/Management: grantInvoke needs the prop iam to be true',
    );
    expect(api.iamUrl).toBeUndefined();
  });

  test('has a path prefix of its own, to the same function', () => {
    const { template: own } = synthesize({ iam: true });
    const routes = Object.values(own.findResources('AWS::ApiGatewayV2::Route')).map(
      ({ Properties }) => Properties as { RouteKey: string; AuthorizationType: string; Target: unknown },
    );
    expect(routes.map(({ RouteKey, AuthorizationType }) => [RouteKey, AuthorizationType]).sort()).toEqual([
      ['$default', 'NONE'],
      ['ANY /iam/{proxy+}', 'AWS_IAM'],
    ]);
    expect(routes[0]!.Target).toEqual(routes[1]!.Target);
    const { stack, api } = construct({ iam: true });
    expect(stack.resolve(api.iamUrl)).toEqual({
      'Fn::Join': ['', [{ 'Fn::GetAtt': [ref('ManagementHttpApi').Ref, 'ApiEndpoint'] }, '/iam/api/v1']],
    });
  });

  test('grantInvoke lets a backend call that prefix, and nothing else', () => {
    const { api, stack } = construct({ iam: true });
    api.grantInvoke(new Role(stack, 'Backend', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') }));
    const allowed = Object.entries(actionsOf(Template.fromStack(stack), 'Backend'));
    expect(allowed).toEqual([
      [expect.stringMatching(/:execute-api:.*:ManagementHttpApi\/\*\/\*\/iam\/\*$/), ['execute-api:Invoke']],
    ]);
  });
});

describe('functions', () => {
  const properties = (name: string, own = template) =>
    resourceOf(own, 'AWS::Lambda::Function', name).Properties as Record<string, unknown>;

  test('run Node.js 24 on arm64 and have a log group with retention, as the sender’s', () => {
    template.resourceCountIs('AWS::Lambda::Function', 6);
    template.allResourcesProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      RecursiveLoop: 'Allow',
    });
    template.resourceCountIs('AWS::Logs::LogGroup', 7);
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
  });

  test('the API ends before API Gateway gives up on it, at 30 s', () => {
    expect(properties('ManagementApi')).toMatchObject({ Timeout: 29, MemorySize: 1024 });
    expect(properties('ManagementApi', synthesize({ memorySize: 2048 }).template)).toMatchObject({ MemorySize: 2048 });
  });

  test('the API is told what it needs', () => {
    const environment = environmentOf(template, 'ManagementApi');
    expect(environment).toEqual({
      WEBHOOK_SERVICE: environmentOf(template, 'WebhooksDeliver').WEBHOOK_SERVICE,
      WEBHOOK_PROFILE: expect.any(String) as string,
      SUBSCRIPTIONS_TABLE: ref('WebhooksSubscriptions'),
      EVENTS_TABLE: ref('WebhooksEvents'),
      DELIVERIES_TABLE: ref('WebhooksDeliveries'),
      COUNTERS_TABLE: ref('ManagementCounters'),
      PAYLOAD_BUCKET: ref('WebhooksPayloads'),
      ROOT_KEY_SECRET: ref('WebhooksRootKey'),
      OPERATOR_KEY_SECRET: ref('ManagementOperatorKey'),
      PORTAL_KEY_SECRET: ref('ManagementPortalKey'),
      EVENT_QUEUE_URL: ref('WebhooksEventQueue'),
      DELIVERY_QUEUE_URL: ref('WebhooksDeliveryQueue'),
      RECOVERY_QUEUE_URL: ref('ManagementRecoveryQueue'),
      NAME_SERVERS: '[]',
      API_AUTH: '{"version":1,"iam":false,"jwt":[]}',
    });
    expect(parseProfile(environment.WEBHOOK_PROFILE as string)).toEqual(LEAPOCR_PROFILE);
    expect(parseCatalog(assetFile(app, template, 'ManagementApi', 'catalog.json'))).toMatchObject({
      tenantPath: '/organizations/{organization_id}/teams/{team_id}',
      plans: [{ id: 'starter' }, {}, {}, {}],
    });
  });

  test('the API asks the name servers of its sender, unless told of others', () => {
    const asked = (props: Props, senderProps = {}) =>
      environmentOf(synthesize(props, senderProps).template, 'ManagementApi').NAME_SERVERS;
    expect(asked({}, { nameServers: ['10.0.0.2'] })).toBe('["10.0.0.2"]');
    expect(asked({ nameServers: ['10.0.0.3:53'] }, { nameServers: ['10.0.0.2'] })).toBe('["10.0.0.3:53"]');
  });

  test('recovery is told to resend by the first retry tier, whose concurrency is bounded', () => {
    expect(properties('ManagementRecovery')).toMatchObject({ Timeout: 60, MemorySize: 512 });
    expect(environmentOf(template, 'ManagementRecovery')).toEqual({
      WEBHOOK_SERVICE: environmentOf(template, 'WebhooksDeliver').WEBHOOK_SERVICE,
      WEBHOOK_PROFILE: environmentOf(template, 'WebhooksDeliver').WEBHOOK_PROFILE,
      SUBSCRIPTIONS_TABLE: ref('WebhooksSubscriptions'),
      DELIVERIES_TABLE: ref('WebhooksDeliveries'),
      RECOVERY_QUEUE_URL: ref('ManagementRecoveryQueue'),
      REPLAY_QUEUE_URL: ref('WebhooksRetryTier1'),
    });
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^WebhooksRetryTier1'), 'Arn'] },
      ScalingConfig: { MaximumConcurrency: 10 },
    });
  });

  test('statistics are told where to count', () => {
    expect(properties('ManagementStatistics')).toMatchObject({ Timeout: 30 });
    expect(environmentOf(template, 'ManagementStatistics')).toEqual({
      WEBHOOK_SERVICE: environmentOf(template, 'WebhooksDeliver').WEBHOOK_SERVICE,
      COUNTERS_TABLE: ref('ManagementCounters'),
    });
  });

  test('statistics see what deliveries have come to, in large batches, and give up on what they cannot count', () => {
    const [stream, ...others] = Object.values(
      template.findResources('AWS::Lambda::EventSourceMapping', { Properties: { StartingPosition: Match.anyValue() } }),
    ).map(({ Properties }) => Properties as Record<string, unknown>);
    expect(others).toEqual([]);
    expect(stream).toEqual({
      EventSourceArn: { 'Fn::GetAtt': [ref('WebhooksDeliveries').Ref, 'StreamArn'] },
      FunctionName: ref('ManagementStatistics'),
      StartingPosition: 'TRIM_HORIZON',
      BatchSize: 1000,
      MaximumBatchingWindowInSeconds: 10,
      MaximumRetryAttempts: 3,
      MaximumRecordAgeInSeconds: 3600,
      BisectBatchOnFunctionError: true,
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      FilterCriteria: {
        Filters: [
          { Pattern: JSON.stringify({ dynamodb: { NewImage: { st: { S: ['delivered', 'failed', 'cancelled'] } } } }) },
        ],
      },
    });
  });
});

describe('roles list their actions, and nothing more', () => {
  const logs = ['logs:CreateLogStream', 'logs:PutLogEvents'];
  const send = ['sqs:SendMessage'];
  const read = ['secretsmanager:GetSecretValue'];
  const items = (...verbs: string[]) => verbs.map((verb) => `dynamodb:${verb}`);

  test.each([
    ['LeapOCR', WebhookProfile.leapOcr()],
    ['Rekognita', WebhookProfile.rekognita()],
    ['Standard Webhooks', WebhookProfile.standardWebhooks({ name: 'standard', userAgent: 'x', eventTypes: [EVENT] })],
  ])('%s', (_name, profile) => {
    const { template: own } = synthesize({}, { profile });
    expect(actionsOf(own, 'ManagementApiRole')).toEqual({
      ManagementApiLogs: logs,
      WebhooksSubscriptions: items('BatchGetItem', 'DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'),
      WebhooksEvents: items('GetItem'),
      WebhooksDeliveries: items('BatchGetItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'),
      'WebhooksDeliveries/index/failures': items('Query'),
      ManagementCounters: items('Query', 'UpdateItem'),
      'WebhooksPayloads/payloads/*': ['s3:GetObject'],
      WebhooksRootKey: read,
      ManagementOperatorKey: read,
      ManagementPortalKey: read,
      WebhooksEventQueue: send,
      WebhooksDeliveryQueue: send,
      ManagementRecoveryQueue: send,
    });
    expect(actionsOf(own, 'ManagementRecoveryRole')).toEqual({
      ManagementRecoveryLogs: logs,
      WebhooksSubscriptions: items('BatchGetItem', 'GetItem', 'UpdateItem'),
      WebhooksDeliveries: items('BatchGetItem', 'PutItem', 'UpdateItem'),
      'WebhooksDeliveries/index/failures': items('Query'),
      WebhooksRetryTier1: send,
      ManagementRecoveryQueue: [
        'sqs:ChangeMessageVisibility',
        'sqs:DeleteMessage',
        'sqs:GetQueueAttributes',
        'sqs:GetQueueUrl',
        'sqs:ReceiveMessage',
        'sqs:SendMessage',
      ],
    });
    expect(actionsOf(own, 'ManagementStatisticsRole')).toEqual({
      ManagementStatisticsLogs: logs,
      ManagementCounters: items('UpdateItem'),
      'WebhooksDeliveries.StreamArn': items('DescribeStream', 'GetRecords', 'GetShardIterator', 'ListStreams'),
    });
    own.allResourcesProperties('AWS::IAM::Role', { ManagedPolicyArns: Match.absent() });
  });

  test('API Gateway may call the API’s function by this API alone, and no other of ours', () => {
    const permissions = Object.values(template.findResources('AWS::Lambda::Permission')).map(
      ({ Properties }) => Properties as Record<string, unknown>,
    );
    expect(permissions).toEqual([
      expect.objectContaining({
        Action: 'lambda:InvokeFunction',
        Principal: 'apigateway.amazonaws.com',
        FunctionName: { 'Fn::GetAtt': [ref('ManagementApi').Ref, 'Arn'] },
      }),
    ]);
    expect(JSON.stringify(permissions[0]!.SourceArn)).toContain('ManagementHttpApi');
  });
});

describe('recoveries', () => {
  test('wait in a queue with a dead-letter queue of their own, one a batch, five at once', () => {
    template.resourceCountIs('AWS::SQS::Queue', 14);
    expect(resourceOf(template, 'AWS::SQS::Queue', 'ManagementRecoveryQueue').Properties).toMatchObject({
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: 4 * 86_400,
      VisibilityTimeout: 360,
      RedrivePolicy: {
        maxReceiveCount: 5,
        deadLetterTargetArn: { 'Fn::GetAtt': [ref('ManagementRecoveryDeadLetters').Ref, 'Arn'] },
      },
    });
    expect(resourceOf(template, 'AWS::SQS::Queue', 'ManagementRecoveryDeadLetters').Properties).toMatchObject({
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: 14 * 86_400,
    });
    template.resourceCountIs('AWS::SQS::QueuePolicy', 14);
    template.allResourcesProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ]),
      },
    });
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      EventSourceArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^ManagementRecoveryQueue'), 'Arn'] },
      BatchSize: 1,
      ScalingConfig: { MaximumConcurrency: 5 },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
  });

  test('that cannot be worked on wake somebody', () => {
    const { api, stack } = construct();
    expect(api.alarms.map(({ node }) => node.id)).toEqual(['RecoveryDeadLettersAlarm', 'FiguresLostAlarm']);
    expect(
      resourceOf(Template.fromStack(stack), 'AWS::CloudWatch::Alarm', 'ManagementRecoveryDeadLettersAlarm').Properties,
    ).toMatchObject({
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [
        { Name: 'QueueName', Value: { 'Fn::GetAtt': [ref('ManagementRecoveryDeadLetters').Ref, 'QueueName'] } },
      ],
      Threshold: 0,
      TreatMissingData: 'notBreaching',
    });
  });
});

test('metrics are those of the sender’s service', () => {
  const { sender, api } = construct();
  const all = [
    api.metricRequests(),
    api.metricClientErrors(),
    api.metricServerErrors(),
    api.metricDeliveriesReplayed(),
  ];
  expect(all.map(({ metricName }) => metricName)).toEqual([
    'Requests',
    'ClientErrors',
    'ServerErrors',
    'DeliveriesReplayed',
  ]);
  for (const metric of all)
    expect(metric).toMatchObject({
      namespace: 'cdk-webhooks',
      statistic: 'Sum',
      dimensions: sender.metricEventsAccepted().dimensions,
    });
  expect(api.metric('RecoveriesStopped', { statistic: 'Maximum' })).toMatchObject({
    metricName: 'RecoveriesStopped',
    statistic: 'Maximum',
  });
});

test('figures that could not be counted wake somebody', () => {
  const { stack } = construct();
  expect(
    resourceOf(Template.fromStack(stack), 'AWS::CloudWatch::Alarm', 'ManagementFiguresLostAlarm').Properties,
  ).toMatchObject({
    Namespace: 'cdk-webhooks',
    MetricName: 'FiguresLost',
    Dimensions: [
      { Name: 'service', Value: environmentOf(Template.fromStack(stack), 'ManagementStatistics').WEBHOOK_SERVICE },
    ],
    Threshold: 0,
  });
});

describe('the counters table', () => {
  test('is on demand, forgets by itself, and has no backup', () => {
    const table = resourceOf(template, 'AWS::DynamoDB::Table', 'ManagementCounters') as unknown as {
      Properties: object;
    };
    expect(table).toMatchObject({
      DeletionPolicy: 'Retain',
      Properties: {
        KeySchema: [
          { AttributeName: 'pk', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        AttributeDefinitions: [
          { AttributeName: 'pk', AttributeType: 'S' },
          { AttributeName: 'sk', AttributeType: 'S' },
        ],
        BillingMode: 'PAY_PER_REQUEST',
        TimeToLiveSpecification: { AttributeName: 'ex', Enabled: true },
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: false },
        DeletionProtectionEnabled: true,
      },
    });
    expect(table.Properties).not.toHaveProperty('StreamSpecification');
  });
});

describe('keys', () => {
  test('of operators and portal sessions are generated as key rings, and retained', () => {
    template.resourceCountIs('AWS::SecretsManager::Secret', 3);
    for (const name of ['ManagementOperatorKey', 'ManagementPortalKey']) {
      expect(resourceOf(template, 'AWS::SecretsManager::Secret', name)).toMatchObject({
        DeletionPolicy: 'Retain',
        Properties: {
          GenerateSecretString: {
            SecretStringTemplate: '{"version":1,"current":"k1"}',
            GenerateStringKey: 'k1',
            PasswordLength: 64,
            ExcludePunctuation: true,
          },
        },
      });
    }
  });

  test('may be those that the platform has', () => {
    const key = (stack: Stack, name: string) =>
      Secret.fromSecretCompleteArn(stack, name, `arn:aws:secretsmanager:us-east-1:111122223333:secret:${name}-AbCdEf`);
    const { template: own } = synthesize((stack) => ({
      operatorKey: key(stack, 'operator'),
      portalKey: key(stack, 'portal'),
    }));
    own.resourceCountIs('AWS::SecretsManager::Secret', 1);
    for (const [name, variable] of [
      ['operator', 'OPERATOR_KEY_SECRET'],
      ['portal', 'PORTAL_KEY_SECRET'],
    ] as const) {
      const arn = `arn:aws:secretsmanager:us-east-1:111122223333:secret:${name}-AbCdEf`;
      expect(environmentOf(own, 'ManagementApi')[variable]).toBe(arn);
      own.hasResourceProperties('AWS::IAM::Policy', {
        PolicyDocument: {
          Statement: Match.arrayWith([{ Action: 'secretsmanager:GetSecretValue', Effect: 'Allow', Resource: arn }]),
        },
      });
    }
  });
});

describe('what is kept', () => {
  const KEEPING = ['AWS::DynamoDB::Table', 'AWS::SQS::Queue', 'AWS::SecretsManager::Secret', 'AWS::Logs::LogGroup'];
  const policies = (own: Template) =>
    new Set(
      KEEPING.flatMap((type) =>
        Object.entries(own.findResources(type))
          .filter(([id]) => id.startsWith('Management'))
          .map(([, { DeletionPolicy }]) => DeletionPolicy as string),
      ),
    );

  test('follows the sender', () => {
    expect(policies(template)).toEqual(new Set(['Retain']));
    const { template: temporary } = synthesize(
      {},
      { removalPolicy: RemovalPolicy.DESTROY, logRetention: RetentionDays.ONE_DAY },
    );
    expect(policies(temporary)).toEqual(new Set(['Delete']));
    temporary.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 1 });
    temporary.allResourcesProperties('AWS::DynamoDB::Table', { DeletionProtectionEnabled: false });
  });

  test('is as asked for, where that is another', () => {
    const { template: own } = synthesize({
      removalPolicy: RemovalPolicy.DESTROY,
      logRetention: RetentionDays.ONE_YEAR,
    });
    expect(policies(own)).toEqual(new Set(['Delete']));
    own.resourcePropertiesCountIs('AWS::Logs::LogGroup', { RetentionInDays: 365 }, 4);
    own.resourcePropertiesCountIs('AWS::Logs::LogGroup', { RetentionInDays: 30 }, 3);
  });
});

test('the API may be in a stack of its own', () => {
  const stage = new App();
  const sender = new WebhookSender(new Stack(stage, 'Sender'), 'Webhooks', { profile: WebhookProfile.leapOcr() });
  const own = new Stack(stage, 'Own');
  new WebhookApi(own, 'Management', { sender, iam: true });
  expect(Object.keys(Template.fromStack(own).findResources('AWS::Lambda::Function'))).toHaveLength(3);
  expect(() => stage.synth()).not.toThrow();
});

describe('the environment of a function', () => {
  const messages = (auth: ApiAuth[]) => {
    const { app: own } = construct({ auth });
    return own
      .synth()
      .getStackByName('Platform')
      .messages.map(({ entry }) => entry.data);
  };
  const issuers = (count: number) =>
    Array.from({ length: count }, (_unused, index) =>
      ApiAuth.jwt({
        issuer: `https://tenant-${index}.identity.acme.com/oauth2`,
        audience: 'https://webhooks.acme.com',
        tenantClaim: 'https://acme.com/claims/tenant',
      }),
    );

  test('has room for the settings of LeapOCR and a few issuers', () => {
    expect(messages(issuers(4))).toEqual([]);
  });

  test('that would be too large is an error at synth', () => {
    expect(messages(issuers(12))).toEqual([
      expect.stringMatching(
        /those of auth may take \d{4} bytes, and a function's environment holds 4096; .* name fewer issuers/,
      ),
    ]);
  });
});

describe('bad properties are refused at synth, with what is wrong', () => {
  const domain = (domainName: string) => (stack: Stack) => ({
    domain: { domainName, certificate: Certificate.fromCertificateArn(stack, 'Certificate', CERTIFICATE) },
  });

  test('but not a domain in an alphabet of its own', () => {
    expect(() => construct(domain('webhooks.xn--e1afmkfd.xn--p1ai'))).not.toThrow();
  });

  test.each<[string, Props, RegExp]>([
    [
      'a rate of nothing',
      { throttle: { rateLimit: 0 } },
      /Platform\/Management: throttle\.rateLimit must be above 0, not 0/,
    ],
    [
      'half a request at once',
      { throttle: { burstLimit: 0.5 } },
      /throttle\.burstLimit must be a whole number of at least 1, not 0\.5/,
    ],
    ['too little memory', { memorySize: 128 }, /memorySize must be a whole number of MiB from 256 to 10240, not 128/],
    ['too much memory', { memorySize: 10_241 }, /memorySize/],
    [
      'a domain with a scheme',
      domain('https://webhooks.acme.com'),
      /domain\.domainName "https:\/\/webhooks\.acme\.com" must be a domain name/,
    ],
    ['a domain of one label', domain('webhooks'), /domain\.domainName "webhooks"/],
    ['no origin', { cors: { allowOrigins: [] } }, /cors\.allowOrigins is empty/],
    [
      'an origin with a path',
      { cors: { allowOrigins: ['https://app.acme.com/'] } },
      /cors\.allowOrigins: "https:\/\/app\.acme\.com\/" must be like/,
    ],
    [
      'an origin without a scheme',
      { cors: { allowOrigins: ['app.acme.com'] } },
      /cors\.allowOrigins: "app\.acme\.com"/,
    ],
    [
      'preflights kept too long',
      { cors: { allowOrigins: ['*'], maxAge: Duration.hours(25) } },
      /cors\.maxAge must be at most a day/,
    ],
    ['a name server’s name', { nameServers: ['dns.example.com'] }, /"dns\.example\.com" is not an address/],
    ['two at once', { throttle: { rateLimit: -1, burstLimit: -1 } }, /rateLimit.*; throttle\.burstLimit/],
  ])('%s', (_what, props, message) => {
    expect(() => construct(props)).toThrow(message);
  });
});
