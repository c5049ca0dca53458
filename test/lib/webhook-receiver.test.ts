import { App, Duration, RemovalPolicy, Size, Stack } from 'aws-cdk-lib';
import { HttpApi } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Key } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { parseReceiverSettings } from '../../lambda/core/receiving/receiver-settings';
import { LEASE_MS } from '../../lambda/core/receiving/receive';
import {
  ReceiverScheme,
  ReceiverTarget,
  SignatureEncoding,
  WebhookReceiver,
  type WebhookReceiverProps,
} from '../../lib';
import { actionsOf, environmentOf, resourceOf } from './template';

type Props = Partial<WebhookReceiverProps> | ((stack: Stack) => Partial<WebhookReceiverProps>);

function construct(props: Props = {}) {
  const app = new App();
  const stack = new Stack(app, 'Customer');
  const queue = new Queue(stack, 'Jobs');
  const secret = new Secret(stack, 'SigningSecret');
  const receiver = new WebhookReceiver(stack, 'Inbound', {
    scheme: ReceiverScheme.leapOcr(),
    secret,
    target: ReceiverTarget.queue(queue),
    ...(typeof props === 'function' ? props(stack) : props),
  });
  return { app, stack, receiver, queue, secret };
}

/** What is known of the settings at synth: references are their names. */
function settingsOf(template: Template) {
  const { RECEIVER_SETTINGS: settings } = environmentOf(template, 'InboundReceiver');
  const parts = (settings as { 'Fn::Join': [string, unknown[]] })['Fn::Join'][1];
  return parseReceiverSettings(
    parts
      .map((part) =>
        typeof part === 'string' ? part : String(Object.values(part as object).flat()[0]).replace(/[0-9A-F]{8}$/, ''),
      )
      .join(''),
  );
}

const { stack: defaultStack, receiver: defaultReceiver } = construct();
const template = Template.fromStack(defaultStack);

describe('as it is', () => {
  test('it is a route, a function, a table and a log', () => {
    const types = Object.values((template.toJSON() as { Resources: Record<string, { Type: string }> }).Resources).map(
      ({ Type }) => Type,
    );
    expect(types.filter((type) => !/^AWS::(SQS|SecretsManager|IAM|Logs)::/.test(type)).sort()).toEqual([
      'AWS::ApiGatewayV2::Api',
      'AWS::ApiGatewayV2::Integration',
      'AWS::ApiGatewayV2::Route',
      'AWS::ApiGatewayV2::Stage',
      'AWS::CloudWatch::Alarm',
      'AWS::DynamoDB::Table',
      'AWS::Lambda::Function',
      'AWS::Lambda::Permission',
    ]);
  });

  test('the function reads the settings that the construct wrote', () => {
    expect(settingsOf(template)).toEqual({
      version: 1,
      deduplicationSeconds: 30 * 86_400,
      sources: [
        {
          path: '/webhooks',
          scheme: { kind: 'leapOcr' },
          secret: 'SigningSecret',
          target: { kind: 'queue', address: 'Jobs' },
          maxBodyBytes: 1020 * 1024,
          toleranceSeconds: 300,
        },
      ],
    });
  });

  test('only POST to the one path comes to the function', () => {
    const routes = Object.values(template.findResources('AWS::ApiGatewayV2::Route')) as {
      Properties: { RouteKey: string; AuthorizationType: string };
    }[];
    expect(routes.map(({ Properties }) => [Properties.RouteKey, Properties.AuthorizationType])).toEqual([
      ['POST /webhooks', 'NONE'],
    ]);
    template.hasResourceProperties('AWS::ApiGatewayV2::Integration', { PayloadFormatVersion: '2.0' });
    template.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      StageName: '$default',
      DefaultRouteSettings: { ThrottlingRateLimit: 200, ThrottlingBurstLimit: 400 },
    });
    expect(defaultStack.resolve(defaultReceiver.url)).toEqual({
      'Fn::Join': ['', [{ 'Fn::GetAtt': [expect.stringMatching(/^InboundHttpApi/), 'ApiEndpoint'] }, '/webhooks']],
    });
  });

  test('the function may do this and nothing else', () => {
    expect(actionsOf(template, 'InboundReceiverRole')).toEqual({
      InboundReceiverLogs: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      InboundReceptions: ['dynamodb:DeleteItem', 'dynamodb:PutItem'],
      SigningSecret: ['secretsmanager:GetSecretValue'],
      Jobs: ['sqs:SendMessage'],
    });
  });

  test('it runs for less long than a lease lasts', () => {
    const { Timeout } = resourceOf(template, 'AWS::Lambda::Function', 'InboundReceiver').Properties as {
      Timeout: number;
    };
    expect(Timeout * 1000).toBeLessThan(LEASE_MS);
  });

  test('what was received is forgotten by itself, and kept when the stack is removed', () => {
    template.hasResource('AWS::DynamoDB::Table', {
      Properties: {
        KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
        TimeToLiveSpecification: { AttributeName: 'ex', Enabled: true },
        BillingMode: 'PAY_PER_REQUEST',
        DeletionProtectionEnabled: true,
      },
      DeletionPolicy: 'Retain',
    });
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
  });

  test('it wakes somebody when events cannot be taken', () => {
    expect(defaultReceiver.alarms).toHaveLength(1);
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'WebhooksNotTaken',
      Namespace: 'cdk-webhooks',
      Threshold: 0,
    });
  });
});

describe('as it is asked for', () => {
  test.each([
    ['leapOcr', ReceiverScheme.leapOcr()],
    ['rekognita', ReceiverScheme.rekognita()],
    ['standardWebhooks', ReceiverScheme.standardWebhooks()],
    ['github', ReceiverScheme.github()],
    ['stripe', ReceiverScheme.stripe()],
    ['slack', ReceiverScheme.slack()],
    ['shopify', ReceiverScheme.shopify()],
  ])('it verifies as %s', (kind, scheme) => {
    expect(settingsOf(Template.fromStack(construct({ scheme }).stack)).sources[0]!.scheme).toEqual({ kind });
  });

  test('it verifies any other HMAC', () => {
    const scheme = ReceiverScheme.hmac({
      header: 'X-Acme',
      encoding: SignatureEncoding.BASE64,
      prefix: 'v1=',
      timestampHeader: 'X-Acme-Time',
      eventIdHeader: 'X-Acme-Id',
      eventTypeField: 'event.type',
    });
    expect(settingsOf(Template.fromStack(construct({ scheme }).stack)).sources[0]!.scheme).toEqual({
      kind: 'hmac',
      header: 'X-Acme',
      encoding: 'base64',
      prefix: 'v1=',
      timestampHeader: 'X-Acme-Time',
      event: { idHeader: 'X-Acme-Id', typeField: 'event.type' },
    });
    expect(
      settingsOf(Template.fromStack(construct({ scheme: ReceiverScheme.hmac({ header: 'X' }) }).stack)).sources[0]!
        .scheme,
    ).toEqual({ kind: 'hmac', header: 'X', encoding: 'hex', event: {} });
  });

  test('of LeapOCR it can ask for the newer generation alone', () => {
    expect(
      settingsOf(Template.fromStack(construct({ scheme: ReceiverScheme.leapOcr({ firstGeneration: false }) }).stack))
        .sources[0]!.scheme,
    ).toEqual({
      kind: 'hmac',
      header: 'X-Webhook-Signature',
      encoding: 'hex',
      timestampHeader: 'X-Webhook-Timestamp',
      event: { idField: 'event_id', typeField: 'event_type' },
    });
  });

  test("it takes no more than a queue of one's own does", () => {
    const own = Template.fromStack(
      construct((stack) => ({
        target: ReceiverTarget.queue(new Queue(stack, 'Small', { maxMessageSizeBytes: 64 * 1024 })),
      })).stack,
    );
    expect(settingsOf(own).sources[0]!.maxBodyBytes).toBe(60 * 1024);
  });

  test('it hands over to a bus', () => {
    const own = Template.fromStack(
      construct((stack) => ({ target: ReceiverTarget.eventBus(new EventBus(stack, 'Events')) })).stack,
    );
    expect(settingsOf(own).sources[0]).toMatchObject({
      target: { kind: 'bus', address: 'Events' },
      maxBodyBytes: 252 * 1024,
    });
    expect(actionsOf(own, 'InboundReceiverRole').Events).toEqual(['events:PutEvents']);
  });

  test('it hands over to a topic', () => {
    const own = Template.fromStack(
      construct((stack) => ({ target: ReceiverTarget.topic(new Topic(stack, 'Topic')) })).stack,
    );
    expect(settingsOf(own).sources[0]).toMatchObject({
      target: { kind: 'topic', address: 'Topic' },
      maxBodyBytes: 252 * 1024,
    });
    expect(actionsOf(own, 'InboundReceiverRole').Topic).toEqual(['sns:Publish']);
  });

  test('it may use the key of a target that is encrypted by one, and of a secret', () => {
    const own = Template.fromStack(
      construct((stack) => ({
        target: ReceiverTarget.queue(
          new Queue(stack, 'Encrypted', {
            encryption: QueueEncryption.KMS,
            encryptionMasterKey: new Key(stack, 'QueueKey'),
          }),
        ),
        secret: new Secret(stack, 'EncryptedSecret', { encryptionKey: new Key(stack, 'SecretKey') }),
      })).stack,
    );
    own.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: ['kms:GenerateDataKey', 'kms:Decrypt'],
            Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^QueueKey'), 'Arn'] },
          }),
        ]),
      },
    });
    own.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 'kms:Decrypt',
            Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^SecretKey'), 'Arn'] },
          }),
        ]),
      },
    });
  });

  test('several sources have a path, a secret and a target each', () => {
    const { stack, receiver } = construct();
    const secret = new Secret(stack, 'GitHubSecret');
    const topic = new Topic(stack, 'Pushes');
    const url = receiver.addSource({
      path: '/github/push',
      scheme: ReceiverScheme.github(),
      secret,
      target: ReceiverTarget.topic(topic),
      maxBodySize: Size.kibibytes(10),
      tolerance: Duration.minutes(1),
    });
    expect(stack.resolve(url)).toEqual({ 'Fn::Join': ['', [expect.anything(), '/github/push']] });
    const own = Template.fromStack(stack);
    expect(settingsOf(own).sources.slice(1)).toEqual([
      {
        path: '/github/push',
        scheme: { kind: 'github' },
        secret: 'GitHubSecret',
        target: { kind: 'topic', address: 'Pushes' },
        maxBodyBytes: 10_240,
        toleranceSeconds: 60,
      },
    ]);
    own.hasResourceProperties('AWS::ApiGatewayV2::Route', { RouteKey: 'POST /github/push' });
    expect(actionsOf(own, 'InboundReceiverRole')).toMatchObject({
      GitHubSecret: ['secretsmanager:GetSecretValue'],
      Pushes: ['sns:Publish'],
    });
  });

  test('it adds its routes to an API that there is', () => {
    const { stack, receiver } = construct((own) => ({
      httpApi: new HttpApi(own, 'Api', { defaultAuthorizer: new HttpIamAuthorizer() }),
      path: '/in',
    }));
    const own = Template.fromStack(stack);
    own.resourceCountIs('AWS::ApiGatewayV2::Api', 1);
    own.resourceCountIs('AWS::ApiGatewayV2::Stage', 1);
    own.hasResourceProperties('AWS::ApiGatewayV2::Route', { RouteKey: 'POST /in', AuthorizationType: 'NONE' });
    expect(receiver.httpApi.node.path).toBe('Customer/Api');
  });

  test("it is at a name of one's own", () => {
    const { stack, receiver } = construct((own) => ({
      domain: {
        domainName: 'hooks.acme.com',
        certificate: Certificate.fromCertificateArn(own, 'C', 'arn:aws:acm:us-east-1:111122223333:certificate/c'),
      },
    }));
    expect(receiver.url).toBe('https://hooks.acme.com/webhooks');
    Template.fromStack(stack).hasResourceProperties('AWS::ApiGatewayV2::DomainName', {
      DomainName: 'hooks.acme.com',
      DomainNameConfigurations: [Match.objectLike({ SecurityPolicy: 'TLS_1_2' })],
    });
  });

  test('limits, memory, logs, window and removal', () => {
    const own = Template.fromStack(
      construct({
        throttle: { rateLimit: 5, burstLimit: 7 },
        memorySize: 1024,
        logRetention: RetentionDays.ONE_WEEK,
        deduplicationWindow: Duration.days(2),
        removalPolicy: RemovalPolicy.DESTROY,
      }).stack,
    );
    own.hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      DefaultRouteSettings: { ThrottlingRateLimit: 5, ThrottlingBurstLimit: 7 },
    });
    own.hasResourceProperties('AWS::Lambda::Function', { MemorySize: 1024 });
    own.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 7 });
    own.hasResource('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Delete',
      Properties: { DeletionProtectionEnabled: false },
    });
    expect(settingsOf(own).deduplicationSeconds).toBe(172_800);
  });

  test('its metrics are those that its function counts', () => {
    const metrics = [
      defaultReceiver.metricReceived(),
      defaultReceiver.metricRepeated(),
      defaultReceiver.metricRefused(),
      defaultReceiver.metricOverlapping(),
      defaultReceiver.metricNotTaken(),
    ];
    expect(metrics.map(({ metricName }) => metricName)).toEqual([
      'WebhooksReceived',
      'WebhooksRepeated',
      'WebhooksRefused',
      'WebhooksOverlapping',
      'WebhooksNotTaken',
    ]);
    expect(metrics.map(({ dimensions }) => dimensions)).toEqual(
      metrics.map(() => ({ service: environmentOf(template, 'InboundReceiver').WEBHOOK_SERVICE })),
    );
  });
});

describe('what cannot be', () => {
  const big = { throttle: { rateLimit: 0 }, deduplicationWindow: Duration.seconds(30), memorySize: 64 };

  test.each<[string, Props, string]>([
    [
      'all at once',
      big,
      'WebhookReceiver at Customer/Inbound: deduplicationWindow must be a whole number of seconds, from a ' +
        'minute to a year, and known at synth; memorySize must be a whole number of MiB from 128 to 10240, not ' +
        '64; throttle.rateLimit must be above 0, not 0',
    ],
    ['a path without a slash', { path: 'webhooks' }, 'path "webhooks" must be one to four parts'],
    ['a path with a parameter', { path: '/{proxy+}' }, 'path "/{proxy+}" must be'],
    ['the root', { path: '/' }, 'path "/" must be'],
    ['a part of dots', { path: '/a/..' }, 'path "/a/.." must be'],
    ['no body at all', { maxBodySize: Size.bytes(0) }, 'maxBodySize must be'],
    [
      'a tolerance of more than a day',
      { tolerance: Duration.hours(25) },
      'tolerance must be a whole number of seconds, at most a day',
    ],
    ['a window of more than a year', { deduplicationWindow: Duration.days(366) }, 'deduplicationWindow must be'],
    [
      'a window shorter than what signed requests are valid for',
      { deduplicationWindow: Duration.minutes(9) },
      'deduplicationWindow of 540 s is shorter than twice the tolerance, 600 s',
    ],
    [
      'an API without a default stage',
      (stack) => ({ httpApi: new HttpApi(stack, 'Api', { createDefaultStage: false }) }),
      'httpApi has no default stage',
    ],
    [
      "an API of one's own with a domain for it",
      (stack) => ({
        httpApi: new HttpApi(stack, 'Api'),
        domain: {
          domainName: 'a.acme.com',
          certificate: Certificate.fromCertificateArn(stack, 'C', 'arn:aws:acm:us-east-1:111122223333:certificate/c'),
        },
      }),
      'throttle and domain cannot be combined with httpApi',
    ],
    ['a body that no message holds', { maxBodySize: Size.mebibytes(1) }, 'maxBodySize must be at most 1020 KiB'],
    ['no tolerance', { tolerance: Duration.seconds(0) }, 'tolerance must be a whole number of seconds, at most a day'],
    [
      'a FIFO queue',
      (stack) => ({ target: ReceiverTarget.queue(new Queue(stack, 'Fifo', { fifo: true })) }),
      'target: the queue Customer/Fifo is FIFO',
    ],
    [
      'a FIFO topic',
      (stack) => ({ target: ReceiverTarget.topic(new Topic(stack, 'Fifo', { fifo: true, topicName: 'a.fifo' })) }),
      'target: the topic Customer/Fifo is FIFO',
    ],
    [
      "an API of one's own with limits for it",
      (stack) => ({ httpApi: new HttpApi(stack, 'Api'), throttle: {} }),
      'throttle and domain cannot be combined with httpApi',
    ],
    [
      'a domain name with a path',
      (stack) => ({
        domain: {
          domainName: 'acme.com/x',
          certificate: Certificate.fromCertificateArn(stack, 'C', 'arn:aws:acm:us-east-1:111122223333:certificate/c'),
        },
      }),
      'domain.domainName "acme.com/x"',
    ],
  ])('%s', (_what, props, message) => {
    expect(() => construct(props)).toThrow(message);
  });

  test('paths that differ in a slash alone are two', () => {
    const { receiver, secret, queue } = construct({ path: '/a/b' });
    expect(() =>
      receiver.addSource({
        path: '/a--b',
        scheme: ReceiverScheme.github(),
        secret,
        target: ReceiverTarget.queue(queue),
      }),
    ).not.toThrow();
  });

  test('two sources at one path', () => {
    const { receiver, secret, queue } = construct();
    expect(() =>
      receiver.addSource({ scheme: ReceiverScheme.github(), secret, target: ReceiverTarget.queue(queue) }),
    ).toThrow('there is a source at /webhooks already');
  });

  test("more sources than a function's environment holds", () => {
    const { app, receiver, secret, queue } = construct();
    for (let index = 0; index < 20; index++)
      receiver.addSource({
        path: `/source-${index}`,
        scheme: ReceiverScheme.github(),
        secret,
        target: ReceiverTarget.queue(queue),
      });
    expect(() => app.synth()).toThrow(/its 21 sources may take \d+ bytes, and a function's environment holds 4096/);
  });

  test.each([
    [{ header: 'X Y' }, 'header "X Y" is not a header name'],
    [{ header: undefined as never }, 'header "undefined" is not a header name'],
    [{ header: 'X', encoding: 'hexx' as never }, 'encoding "hexx" must be hex or base64'],
    [{ header: 'X', timestampHeader: 'x' }, 'timestampHeader is the header of the signature'],
    [{ header: 'X', eventIdField: 'a..b' }, 'eventIdField "a..b" must be a field\'s name'],
    [{ header: 'X', prefix: 'a b' }, 'prefix must be at most 50 characters'],
    [{ header: 'X', eventIdField: 'a', eventIdHeader: 'Y' }, 'eventIdHeader and eventIdField cannot both say the id'],
    [
      { header: 'X', eventTypeField: 'a', eventTypeHeader: 'Y' },
      'eventTypeHeader and eventTypeField cannot both say the type',
    ],
  ])('a scheme of %j', (options, message) => {
    expect(() => ReceiverScheme.hmac(options)).toThrow(`ReceiverScheme.hmac: ${message}`);
  });
});
