import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { readContext } from '../../bin/context';
import { PlatformStack } from '../../bin/platform-stack';
import { environmentOf } from '../lib/template';

function contextOf(context: Record<string, unknown>) {
  return readContext(new App({ context }).node);
}

test('without context the app makes all stacks, with the production policy, and keeps their data', () => {
  const context = contextOf({});
  expect(context).toMatchObject({
    stacks: ['leapocr', 'rekognita'],
    suffix: '',
    removalPolicy: 'retain',
    language: 'en',
  });
  const app = new App();
  const template = Template.fromStack(new PlatformStack(app, 'leapocr', { platform: 'leapocr', ...context }));
  expect(JSON.stringify(template.toJSON())).toContain('{\\"kind\\":\\"production\\",\\"ports\\":[443]}');
  template.allResources('AWS::DynamoDB::Table', { DeletionPolicy: 'Retain' });
});

test('the stack tells scripts and people what it made', () => {
  const template = Template.fromStack(
    new PlatformStack(new App(), 'leapocr', {
      platform: 'leapocr',
      ...contextOf({ endpointPolicy: 'development', removalPolicy: 'destroy' }),
    }),
  );
  expect(Object.keys(template.findOutputs('*')).sort()).toEqual([
    'ApiFunction',
    'ApiId',
    'ApiUrl',
    'CountersTable',
    'DashboardFunction',
    'DashboardUrl',
    'DeliverFunction',
    'DeliveriesTable',
    'DeliveryDeadLetterQueueUrl',
    'DispatchFunction',
    'EventBus',
    'EventDeadLetterQueueUrl',
    'EventQueueUrl',
    'EventsTable',
    'OperatorKeySecret',
    'PayloadBucket',
    'PortalKeySecret',
    'RecoveryDeadLetterQueueUrl',
    'RecoveryFunction',
    'RecoveryQueueUrl',
    'RootKeySecret',
    'SubscriptionsTable',
  ]);
  expect(JSON.stringify(template.toJSON())).toContain('{\\"kind\\":\\"development\\"}');
});

test('the management API is there, and keeps or gives up its data as the rest does', () => {
  const template = Template.fromStack(
    new PlatformStack(new App(), 'leapocr', {
      platform: 'leapocr',
      ...contextOf({ removalPolicy: 'destroy', nameServers: '10.0.0.2' }),
    }),
  );
  template.resourceCountIs('AWS::ApiGatewayV2::Api', 1);
  template.allResources('AWS::DynamoDB::Table', { DeletionPolicy: 'Delete' });
  template.resourcePropertiesCountIs(
    'AWS::Lambda::Function',
    { Environment: { Variables: { NAME_SERVERS: '["10.0.0.2"]' } } },
    2,
  ); // of deliver and of the API
});

test.each([
  ['leapocr', { name: 'LeapOCR', subscriptions: true, accountSecret: false, language: 'en', frameAncestors: [] }, {}],
  [
    'rekognita',
    {
      name: 'Rekognita',
      subscriptions: false,
      accountSecret: true,
      language: 'uk',
      frameAncestors: ['https://a.acme.com', 'https://b.acme.com'],
    },
    { language: 'uk', frameAncestors: 'https://a.acme.com, https://b.acme.com' },
  ],
] as const)('the dashboard of %s shows what its customers have', (platform, settings, context) => {
  const template = Template.fromStack(new PlatformStack(new App(), platform, { platform, ...contextOf(context) }));
  expect(JSON.parse(environmentOf(template, 'DashboardPage').DASHBOARD as string)).toMatchObject(settings);
});

test('a stage is part of the stacks’ names', () => {
  expect(contextOf({ stage: 'beta' }).suffix).toBe('-beta');
});

test.each([
  [{ stacks: 'leapocr,acme' }, /"stacks" names "acme", there are: leapocr, rekognita/],
  [{ stacks: 'constructor' }, /"stacks" names "constructor"/],
  [{ endpointPolicy: 'none' }, /"endpointPolicy" is "none", it must be one of: production, development/],
  [{ removalPolicy: 'toString' }, /"removalPolicy" is "toString"/],
  [{ language: 'de' }, /"language" is "de", it must be one of: en, uk/],
  [{ stage: 'a b' }, /"stage" is "a b"/],
  [{ stage: 7 }, /"stage" must be a text/],
])('the context %j is refused with what is right', (context, message) => {
  expect(() => contextOf(context)).toThrow(message);
});
