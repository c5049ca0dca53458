import { App, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { parseCatalog, parseProfile } from '../../lambda/core/shared/profile';
import { RetrySchedule, SignatureScheme, WebhookProfile, WebhookSender, type WebhookSenderProps } from '../../lib';
import { LEAPOCR_PROFILE } from '../builders/profile';
import { actionsOf, assetFile, environmentOf, resourceOf } from './template';

const ARN = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/webhooks/root';
const EVENT = { name: 'a.b', description: 'x', schema: {}, example: {} };

function construct(props: Partial<WebhookSenderProps> = {}) {
  const app = new App();
  const stack = new Stack(app, 'Platform');
  return { app, stack, sender: new WebhookSender(stack, 'Webhooks', { profile: WebhookProfile.leapOcr(), ...props }) };
}

function synthesize(props: Partial<WebhookSenderProps> = {}) {
  const { app, stack } = construct(props);
  return { app, template: Template.fromStack(stack) };
}

const { template } = synthesize();

describe('queues', () => {
  test(
    'there are an event queue, a delivery queue, a tier for each retry and a wait queue, and two dead-letter ' +
      'queues',
    () => {
      template.resourceCountIs('AWS::SQS::Queue', 12);
      for (const name of ['EventQueue', 'DeliveryQueue']) {
        template.hasResourceProperties('AWS::SQS::Queue', {
          RedrivePolicy: {
            maxReceiveCount: 5,
            deadLetterTargetArn: {
              'Fn::GetAtt': [Match.stringLikeRegexp(`Webhooks${name.replace('Queue', '')}DeadLetters`), 'Arn'],
            },
          },
          VisibilityTimeout: 180,
          MessageRetentionPeriod: 4 * 86400,
        });
      }
    },
  );

  test.each([
    ['LeapOCR', WebhookProfile.leapOcr(), 7],
    ['Rekognita', WebhookProfile.rekognita(), 4],
    [
      'Standard Webhooks',
      WebhookProfile.standardWebhooks({ name: 'standard', userAgent: 'x', eventTypes: [EVENT] }),
      9,
    ],
    [
      'a platform of its own, as Standard Webhooks recommends',
      WebhookProfile.custom({ name: 'own', userAgent: 'x', eventTypes: [EVENT] }),
      9,
    ],
  ])(
    '%s has a tier for each step of its schedule, each with the dead-letter queue of deliveries and a bounded ' +
      'concurrency',
    (_name, profile, tiers) => {
      const { template: own } = synthesize({ profile });
      const all = own.findResources('AWS::SQS::Queue', {
        Properties: {
          VisibilityTimeout: 180,
          RedrivePolicy: {
            maxReceiveCount: 5,
            deadLetterTargetArn: { 'Fn::GetAtt': [Match.stringLikeRegexp('DeliveryDeadLetters'), 'Arn'] },
          },
        },
      });
      expect(Object.keys(all).filter((id) => id.includes('RetryTier'))).toHaveLength(tiers);
      expect(
        Object.keys(
          own.findResources('AWS::Lambda::EventSourceMapping', {
            Properties: { ScalingConfig: { MaximumConcurrency: 10 } },
          }),
        ),
      ).toHaveLength(tiers);
    },
  );

  test('the wait queue is worked off in large batches, by few', () => {
    template.hasResourceProperties('AWS::SQS::Queue', { VisibilityTimeout: 185 });
    template.hasResourceProperties('AWS::Lambda::EventSourceMapping', {
      BatchSize: 100,
      MaximumBatchingWindowInSeconds: 5,
      ScalingConfig: { MaximumConcurrency: 5 },
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
  });

  test('dead-letter queues keep messages for 14 days, longer than their sources', () => {
    const deadLetters = Object.values(
      template.findResources('AWS::SQS::Queue', { Properties: { RedrivePolicy: Match.absent() } }),
    );
    expect(
      deadLetters.map((queue) => (queue.Properties as { MessageRetentionPeriod: number }).MessageRetentionPeriod),
    ).toEqual([1209600, 1209600]);
  });

  test('all are encrypted and refuse plain HTTP', () => {
    template.allResourcesProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true });
    template.resourceCountIs('AWS::SQS::QueuePolicy', 12);
    template.allResourcesProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 'sqs:*',
            Effect: 'Deny',
            Principal: { AWS: '*' },
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          }),
        ]),
      },
    });
  });
});

describe('the bus', () => {
  const rules = (stack: Stack) =>
    Object.values(Template.fromStack(stack).findResources('AWS::Events::Rule')).map(
      ({ Properties }) => Properties as Record<string, unknown>,
    );

  test(
    'puts the detail of what platforms call webhook.event on the event queue, fairly by tenant, and never our ' +
      'own events',
    () => {
      template.resourceCountIs('AWS::Events::Rule', 1);
      template.hasResourceProperties('AWS::Events::Rule', {
        EventBusName: { Ref: Match.stringLikeRegexp('^WebhooksBus') },
        EventPattern: { 'detail-type': ['webhook.event'], source: [{ 'anything-but': ['cdk-webhooks'] }] },
        Targets: [
          {
            Id: Match.anyValue(),
            Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^WebhooksEventQueue'), 'Arn'] },
            InputPath: '$.detail',
            SqsParameters: { MessageGroupId: '$.detail.tenant_id' },
            DeadLetterConfig: { Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^WebhooksEventDeadLetters'), 'Arn'] } },
          },
        ],
      });
    },
  );

  test('may write to these two queues alone, by that rule alone', () => {
    const allowed = Object.values(template.findResources('AWS::SQS::QueuePolicy')).flatMap(({ Properties }) => {
      const {
        Queues: [queue],
        PolicyDocument,
      } = Properties as {
        Queues: [{ Ref: string }];
        PolicyDocument: { Statement: { Effect: string; Principal: unknown; Action: string[]; Condition: unknown }[] };
      };
      return PolicyDocument.Statement.filter(({ Effect }) => Effect === 'Allow').map(
        ({ Principal, Action, Condition }) => [queue.Ref.slice(0, -8), Principal, Action, Condition],
      );
    });
    const service = { Service: 'events.amazonaws.com' };
    const condition = {
      ArnEquals: { 'aws:SourceArn': { 'Fn::GetAtt': [expect.stringMatching('^WebhooksIngestRule'), 'Arn'] } },
    };
    expect(allowed).toEqual([
      ['WebhooksEventDeadLetters', service, 'sqs:SendMessage', condition],
      ['WebhooksEventQueue', service, ['sqs:SendMessage', 'sqs:GetQueueAttributes', 'sqs:GetQueueUrl'], condition],
    ]);
  });

  test.each(['platform', 'default'])(
    'may be the platform’s own, named %s: the rule is there, and no bus is made',
    (name) => {
      const stack = new Stack(new App(), 'Platform');
      new WebhookSender(stack, 'Webhooks', {
        profile: WebhookProfile.leapOcr(),
        eventBus: EventBus.fromEventBusName(stack, 'Own', name),
      });
      expect(rules(stack).map(({ EventBusName }) => EventBusName)).toEqual([name]);
      Template.fromStack(stack).resourceCountIs('AWS::Events::EventBus', 0);
    },
  );

  test.each([
    ['account', 'arn:aws:events:us-east-1:444455556666:event-bus/central'],
    ['region', 'arn:aws:events:eu-west-1:111122223333:event-bus/central'],
  ])('of another %s gets no rule, and says so; operational events go there all the same', (_what, arn) => {
    const stack = new Stack(new App(), 'Platform', { env: { account: '111122223333', region: 'us-east-1' } });
    new WebhookSender(stack, 'Webhooks', {
      profile: WebhookProfile.leapOcr(),
      eventBus: EventBus.fromEventBusArn(stack, 'Central', arn),
    });
    expect(rules(stack)).toEqual([]);
    Annotations.fromStack(stack).hasWarning(
      '/Platform/Webhooks',
      Match.stringLikeRegexp('of another account or region, so no rule takes events from it'),
    );
    expect(environmentOf(Template.fromStack(stack), 'WebhooksDeliver').EVENT_BUS).toBe(arn);
  });

  test('of the same account and region, by its ARN, gets the rule without a word', () => {
    const stack = new Stack(new App(), 'Platform', { env: { account: '111122223333', region: 'us-east-1' } });
    new WebhookSender(stack, 'Webhooks', {
      profile: WebhookProfile.leapOcr(),
      eventBus: EventBus.fromEventBusArn(stack, 'Own', 'arn:aws:events:us-east-1:111122223333:event-bus/own'),
    });
    expect(rules(stack).map(({ EventBusName }) => EventBusName)).toEqual(['own']);
    Annotations.fromStack(stack).hasNoWarning('*', Match.anyValue());
  });
});

describe('tables', () => {
  test('there are three, on demand, with point-in-time recovery, retained and protected', () => {
    template.resourceCountIs('AWS::DynamoDB::Table', 3);
    template.allResources('AWS::DynamoDB::Table', {
      DeletionPolicy: 'Retain',
      UpdateReplacePolicy: 'Retain',
      Properties: Match.objectLike({
        BillingMode: 'PAY_PER_REQUEST',
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        DeletionProtectionEnabled: true,
      }),
    });
  });

  test('events and deliveries expire, subscriptions do not', () => {
    const expiring = template.findResources('AWS::DynamoDB::Table', {
      Properties: { TimeToLiveSpecification: { AttributeName: 'ex', Enabled: true } },
    });
    expect(
      Object.keys(expiring)
        .map((id) => id.slice(0, -8))
        .sort(),
    ).toEqual(['WebhooksDeliveries', 'WebhooksEvents']);
  });

  test('the log has one index, sparse, of what did not arrive, and tells of its changes', () => {
    const tables = Object.values(template.findResources('AWS::DynamoDB::Table')).map(
      ({ Properties }) => Properties as Record<string, unknown>,
    );
    expect(tables.flatMap(({ GlobalSecondaryIndexes }) => GlobalSecondaryIndexes ?? [])).toEqual([
      {
        IndexName: 'failures',
        KeySchema: [
          { AttributeName: 'fx', KeyType: 'HASH' },
          { AttributeName: 'sk', KeyType: 'RANGE' },
        ],
        Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['st', 'ty', 'of'] },
      },
    ]);
    expect(tables.flatMap(({ StreamSpecification }) => StreamSpecification ?? [])).toEqual([
      { StreamViewType: 'NEW_AND_OLD_IMAGES' },
    ]);
    expect(resourceOf(template, 'AWS::DynamoDB::Table', 'WebhooksDeliveries').Properties).toMatchObject({
      StreamSpecification: {},
      GlobalSecondaryIndexes: [{}],
    });
  });
});

describe('functions', () => {
  test('run Node.js 24 on arm64, may loop through queues, and have a log group with retention', () => {
    template.resourceCountIs('AWS::Lambda::Function', 3);
    template.allResourcesProperties('AWS::Lambda::Function', {
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      RecursiveLoop: 'Allow',
      Timeout: 30,
    });
    template.resourceCountIs('AWS::Logs::LogGroup', 3);
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
  });

  test('take batches of ten and return the messages that failed, alone', () => {
    template.resourceCountIs('AWS::Lambda::EventSourceMapping', 10);
    template.allResourcesProperties('AWS::Lambda::EventSourceMapping', {
      FunctionResponseTypes: ['ReportBatchItemFailures'],
    });
    expect(
      Object.keys(template.findResources('AWS::Lambda::EventSourceMapping', { Properties: { BatchSize: 10 } })),
    ).toHaveLength(9);
    // First attempts are not bounded unless asked for.
    expect(
      Object.keys(
        template.findResources('AWS::Lambda::EventSourceMapping', { Properties: { ScalingConfig: Match.absent() } }),
      ),
    ).toHaveLength(2);
  });

  test('have a timeout above the deadline of an attempt, and queues six times theirs', () => {
    const { template: slow } = synthesize({
      profile: WebhookProfile.custom({
        name: 'slow',
        userAgent: 'x',
        eventTypes: [EVENT],
        deadline: Duration.seconds(15),
      }),
    });
    slow.hasResourceProperties('AWS::Lambda::Function', { Description: Match.stringLikeRegexp('sends'), Timeout: 40 });
    slow.hasResourceProperties('AWS::SQS::Queue', { VisibilityTimeout: 240 });
  });

  test('pollers are kept ready as many as asked for, for first attempts alone', () => {
    const { template: ready } = synthesize({ deliverPollers: 30 });
    const sources = Object.values(ready.findResources('AWS::Lambda::EventSourceMapping')).map(
      ({ Properties: properties }) => properties as { ProvisionedPollerConfig?: object; EventSourceArn: object },
    );
    const provisioned = sources.filter(({ ProvisionedPollerConfig: config }) => config !== undefined);
    expect(provisioned).toEqual([
      expect.objectContaining({
        ProvisionedPollerConfig: { MinimumPollers: 30, MaximumPollers: 200 },
        EventSourceArn: { 'Fn::GetAtt': [expect.stringMatching(/^WebhooksDeliveryQueue/), 'Arn'] },
      }),
    ]);
  });

  test('concurrency is as many as asked for', () => {
    const { template: limited } = synthesize({ dispatchConcurrency: 7, deliverConcurrency: 40 });
    for (const MaximumConcurrency of [7, 40])
      limited.hasResourceProperties('AWS::Lambda::EventSourceMapping', { ScalingConfig: { MaximumConcurrency } });
  });
});

describe.each([
  ['LeapOCR', WebhookProfile.leapOcr(), 7],
  ['Rekognita', WebhookProfile.rekognita(), 4],
  ['Standard Webhooks', WebhookProfile.standardWebhooks({ name: 'standard', userAgent: 'x', eventTypes: [EVENT] }), 9],
])('roles of %s list their actions, and nothing more', (_name, profile, steps) => {
  const { template: own } = synthesize({ profile });
  const consume = [
    'sqs:ChangeMessageVisibility',
    'sqs:DeleteMessage',
    'sqs:GetQueueAttributes',
    'sqs:GetQueueUrl',
    'sqs:ReceiveMessage',
  ];
  const logs = ['logs:CreateLogStream', 'logs:PutLogEvents'];
  const tiers = (actions: string[]) =>
    Object.fromEntries(Array.from({ length: steps }, (_unused, index) => [`WebhooksRetryTier${index + 1}`, actions]));

  test('dispatch', () => {
    expect(actionsOf(own, 'WebhooksDispatchRole')).toEqual({
      WebhooksDispatchLogs: logs,
      WebhooksEvents: ['dynamodb:PutItem'],
      WebhooksSubscriptions: ['dynamodb:Query'],
      WebhooksDeliveryQueue: ['sqs:SendMessage'],
      WebhooksEventDeadLetters: ['sqs:SendMessage'],
      'WebhooksPayloads/payloads/*': ['s3:PutObject'],
      'WebhooksPayloads/rejected/*': ['s3:PutObject'],
      WebhooksEventQueue: consume,
    });
  });

  test('deliver', () => {
    expect(actionsOf(own, 'WebhooksDeliverRole')).toEqual({
      WebhooksDeliverLogs: logs,
      WebhooksSubscriptions: ['dynamodb:BatchGetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
      WebhooksEvents: ['dynamodb:GetItem'],
      WebhooksDeliveries: ['dynamodb:BatchWriteItem', 'dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem'],
      'WebhooksPayloads/payloads/*': ['s3:GetObject'],
      WebhooksRootKey: ['secretsmanager:GetSecretValue'],
      WebhooksBus: ['events:PutEvents'],
      WebhooksDeliveryQueue: [...consume, 'sqs:SendMessage'].sort(),
      ...tiers([...consume, 'sqs:SendMessage'].sort()),
      WebhooksWaitQueue: ['sqs:SendMessage'],
    });
  });

  test('wait', () => {
    expect(actionsOf(own, 'WebhooksWaitRole')).toEqual({
      WebhooksWaitLogs: logs,
      ...tiers(['sqs:SendMessage']),
      WebhooksWaitQueue: [...consume, 'sqs:SendMessage'].sort(),
    });
  });
});

describe('roles', () => {
  test('no role has a managed policy', () => {
    template.allResourcesProperties('AWS::IAM::Role', { ManagedPolicyArns: Match.absent() });
  });

  test('grantPublish lets a producer send events, and nothing else', () => {
    const { stack, sender } = construct();
    const producer = new Role(stack, 'Producer', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    sender.grantPublish(producer);
    expect(actionsOf(Template.fromStack(stack), 'Producer')).toEqual({ WebhooksEventQueue: ['sqs:SendMessage'] });
  });

  test('grantPutEvents lets a producer put events on the bus, and nothing else', () => {
    const { stack, sender } = construct();
    const producer = new Role(stack, 'Producer', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    sender.grantPutEvents(producer);
    expect(actionsOf(Template.fromStack(stack), 'Producer')).toEqual({ WebhooksBus: ['events:PutEvents'] });
  });
});

describe('how long things are kept', () => {
  const day = 86_400;
  const kept = (profile: WebhookProfile, retention?: Duration) => {
    const { template: own } = synthesize({ profile, ...(retention !== undefined && { retention }) });
    const { eventTtlSeconds, deliveryTtlSeconds } = parseProfile(
      environmentOf(own, 'WebhooksDeliver').WEBHOOK_PROFILE as string,
    );
    return { event: eventTtlSeconds, delivery: deliveryTtlSeconds };
  };
  const profileOf = (retry: RetrySchedule) =>
    WebhookProfile.custom({ name: 'own', userAgent: 'x', eventTypes: [EVENT], retry });

  test('is what was asked for, where the protocol needs less', () => {
    expect(kept(WebhookProfile.rekognita(), Duration.days(90))).toEqual({ event: 90 * day, delivery: 90 * day });
  });

  // C: a day of deferrals, a day of a rate limit's line, and each wait a fifth longer, or a day where a Retry-After may
  // ask for it.
  test.each([
    ['LeapOCR: seven waits of a day each by Retry-After', WebhookProfile.leapOcr(), 9 * day],
    ['Rekognita: its own waits', WebhookProfile.rekognita(), 2 * day + 1.2 * 9330],
    [
      'a week without Retry-After',
      profileOf(RetrySchedule.of([Duration.days(7)], { honorRetryAfter: false })),
      2 * day + 1.2 * 7 * day,
    ],
    ['one retry', profileOf(RetrySchedule.of([Duration.seconds(10)], { honorRetryAfter: false })), 2 * day + 12],
  ])('is never less than what the protocol needs: %s', (_what, profile, longest) => {
    const { event, delivery } = kept(profile, Duration.days(1));
    // recovered within 30 days; more than the 18 that queues and dead-letter queues keep a message
    expect(event).toBe(longest + 30 * day);
    expect(delivery).toBe(event); // a copy that finds the claim finds the record
  });
});

describe('the root key', () => {
  test.each([
    [
      'by its whole ARN',
      (stack: Stack) => Secret.fromSecretCompleteArn(stack, 'Key', `${ARN}-AbCdEf`),
      `${ARN}-AbCdEf`,
    ],
    [
      'by its ARN without the random end',
      (stack: Stack) => Secret.fromSecretPartialArn(stack, 'Key', ARN),
      `${ARN}-??????`,
    ],
  ])('that is imported %s can be read', (_how, importKey, resource) => {
    const app = new App();
    const stack = new Stack(app, 'Platform');
    new WebhookSender(stack, 'Webhooks', { profile: WebhookProfile.leapOcr(), rootKey: importKey(stack) });
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([{ Action: 'secretsmanager:GetSecretValue', Effect: 'Allow', Resource: resource }]),
      },
    });
  });

  test('encrypted by a key of the platform is readable by that key', () => {
    const app = new App();
    const stack = new Stack(app, 'Platform');
    const encryptionKey = new Key(stack, 'Cmk');
    new WebhookSender(stack, 'Webhooks', {
      profile: WebhookProfile.leapOcr(),
      rootKey: new Secret(stack, 'Own', { encryptionKey }),
    });
    expect(actionsOf(Template.fromStack(stack), 'WebhooksDeliverRole').Cmk).toEqual(['kms:Decrypt']);
  });

  test('is generated as a key ring, and retained', () => {
    template.hasResource('AWS::SecretsManager::Secret', {
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
  });
});

describe('the payload bucket', () => {
  test('is private, encrypted, https only, and forgets what is older than the events', () => {
    template.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: Match.anyValue(),
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
      LifecycleConfiguration: { Rules: [Match.objectLike({ ExpirationInDays: 40, Status: 'Enabled' })] },
    });
    template.hasResourceProperties('AWS::S3::BucketPolicy', {
      PolicyDocument: {
        Statement: [Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } })],
      },
    });
  });
});

describe('alarms', () => {
  test('fire for a message in a dead-letter queue, and for a fault that is likely our own', () => {
    template.resourceCountIs('AWS::CloudWatch::Alarm', 3);
    template.allResourcesProperties('AWS::CloudWatch::Alarm', {
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
    });
    for (const id of ['EventDeadLetters', 'DeliveryDeadLetters']) {
      template.hasResourceProperties('AWS::CloudWatch::Alarm', {
        MetricName: 'ApproximateNumberOfMessagesVisible',
        Dimensions: [
          {
            Name: 'QueueName',
            Value: { 'Fn::GetAtt': [Match.stringLikeRegexp(`Webhooks${id}[0-9A-F]`), 'QueueName'] },
          },
        ],
      });
    }
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'cdk-webhooks',
      MetricName: 'OwnFaultSuspected',
    });
  });
});

describe('settings', () => {
  test('reach the functions as one value that they can read', () => {
    for (const id of ['WebhooksDispatch', 'WebhooksDeliver'])
      expect(parseProfile(environmentOf(template, id).WEBHOOK_PROFILE as string)).toEqual(LEAPOCR_PROFILE);
  });

  test('the catalog lies beside the code of dispatch, and its function can read it', () => {
    const { app, template: own } = synthesize();
    const catalog = parseCatalog(assetFile(app, own, 'WebhooksDispatch', 'catalog.json'));
    expect(catalog.eventTypes.map(({ name }) => name)).toEqual([
      'job.created',
      'job.started',
      'job.completed',
      'job.failed',
    ]);
    for (const { example, schema } of catalog.eventTypes) expect(Object.keys(example)).toEqual(schema.required);
  });

  test('tell dispatch how long the deliver function may run, which is how long a copy waits', () => {
    const { Timeout } = resourceOf(template, 'AWS::Lambda::Function', 'WebhooksDeliver').Properties as {
      Timeout: number;
    };
    expect(environmentOf(template, 'WebhooksDispatch').DELIVER_TIMEOUT_SECONDS).toBe(String(Timeout));
  });

  test('too large for an environment are an error at synth', () => {
    const signatures = Array.from({ length: 40 }, (_unused, index) =>
      SignatureScheme.hmac({ header: `X-${'signature-'.repeat(5)}${index}` }),
    );
    const { app } = synthesize({
      profile: WebhookProfile.custom({ name: 'big', userAgent: 'x', eventTypes: [EVENT], signatures }),
    });
    expect(
      app
        .synth()
        .getStackByName('Platform')
        .messages.map(({ entry }) => entry.data),
    ).toEqual([
      expect.stringMatching(/at most 3072 fit/),
      expect.stringMatching(/a function's environment holds 4096/),
    ]);
  });
});

test('removal policy destroy is followed by all that keeps data', () => {
  const { template: temporary } = synthesize({ removalPolicy: RemovalPolicy.DESTROY });
  for (const type of [
    'AWS::DynamoDB::Table',
    'AWS::SQS::Queue',
    'AWS::S3::Bucket',
    'AWS::SecretsManager::Secret',
    'AWS::Logs::LogGroup',
  ])
    temporary.allResources(type, { DeletionPolicy: 'Delete' });
  temporary.allResourcesProperties('AWS::DynamoDB::Table', { DeletionProtectionEnabled: false });
});

test('two senders in a stack have metrics of their own', () => {
  const { stack, sender } = construct();
  const other = new WebhookSender(stack, 'Other', { profile: WebhookProfile.leapOcr() });
  const dimension = (each: WebhookSender) => each.metricDeliveriesSucceeded().dimensions?.service as string;
  expect(dimension(sender)).not.toBe(dimension(other));
  Template.fromStack(stack).hasResourceProperties('AWS::Lambda::Function', {
    Environment: { Variables: Match.objectLike({ WEBHOOK_SERVICE: dimension(other) }) },
  });
});

test('metrics are sums, latency a percentile', () => {
  const { sender } = construct();
  expect(
    [
      sender.metricEventsAccepted(),
      sender.metricEventsRejected(),
      sender.metricDeliveriesFailed(),
      sender.metricDeliveriesCancelled(),
    ].map(({ statistic }) => statistic),
  ).toEqual(['Sum', 'Sum', 'Sum', 'Sum']);
  expect(sender.metricAttemptLatency().statistic).toBe('p95');
  expect(sender.metricAttemptLatency({ statistic: 'p50' }).statistic).toBe('p50');
});

describe('bad properties are refused at synth, with what is wrong', () => {
  test.each<[Partial<WebhookSenderProps>, RegExp]>([
    [{ deliverPollers: 1 }, /Platform\/Webhooks: deliverPollers must be a whole number from 2 to 200, not 1/],
    [
      { deliverPollers: 5, deliverConcurrency: 50 },
      /Platform\/Webhooks: set either deliverPollers or deliverConcurrency/,
    ],
    [{ deliverConcurrency: 1 }, /Platform\/Webhooks: deliverConcurrency must be a whole number from 2 to 1000, not 1/],
    [{ dispatchConcurrency: 2.5 }, /dispatchConcurrency/],
    [{ nameServers: ['dns.example.com'] }, /"dns.example.com" is not an address/],
    [{ retention: Duration.hours(3) }, /retention must be at least one day, in whole seconds/],
  ])('%j', (props, message) => {
    expect(() => construct(props)).toThrow(message);
  });
});
