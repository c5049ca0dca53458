import { App, Stack, Validations } from 'aws-cdk-lib';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { EventBus } from 'aws-cdk-lib/aws-events';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { AwsSolutionsChecks } from 'cdk-nag';
import {
  ApiAuth,
  EndpointPolicy,
  ReceiverScheme,
  ReceiverTarget,
  WebhookApi,
  type WebhookApiProps,
  WebhookDashboard,
  WebhookProfile,
  WebhookReceiver,
  WebhookSender,
} from '../../lib';

/** Findings of the AWS Solutions rules that the construct does not acknowledge with a reason of its own. */
function findings(build: (stack: Stack) => void): string | undefined {
  const app = new App();
  const stack = new Stack(app, 'Platform');
  build(stack);
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app));
  const print = jest.spyOn(console, 'error').mockImplementation(() => undefined);
  try {
    app.synth();
    return undefined;
  } catch (error) {
    return `${String(error)}\n${print.mock.calls.flat().join('\n')}`;
  } finally {
    print.mockRestore();
  }
}

test.each([
  ['LeapOCR', WebhookProfile.leapOcr()],
  ['Rekognita', WebhookProfile.rekognita()],
  [
    'Standard Webhooks',
    WebhookProfile.standardWebhooks({
      name: 'standard',
      userAgent: 'x',
      eventTypes: [{ name: 'a.b', description: 'x', schema: {}, example: {} }],
    }),
  ],
  ['LeapOCR in development', WebhookProfile.leapOcr({ endpointPolicy: EndpointPolicy.development() })],
])('a sender of %s has no finding without a reason', (_name, profile) => {
  expect(findings((stack) => new WebhookSender(stack, 'Webhooks', { profile }))).toBeUndefined();
});

test.each<[string, (stack: Stack) => Partial<WebhookApiProps>]>([
  ['as it is', () => ({})],
  [
    'with IAM, a domain and a function of the platform’s own',
    (stack) => ({
      iam: true,
      domain: {
        domainName: 'webhooks.acme.com',
        certificate: Certificate.fromCertificateArn(
          stack,
          'Certificate',
          'arn:aws:acm:us-east-1:111122223333:certificate/c',
        ),
      },
      auth: [
        ApiAuth.lambda(
          LambdaFunction.fromFunctionArn(
            stack,
            'Authenticate',
            'arn:aws:lambda:us-east-1:111122223333:function:authenticate',
          ),
        ),
      ],
    }),
  ],
  [
    'with keys that the platform has',
    (stack) => ({
      operatorKey: Secret.fromSecretNameV2(stack, 'Operator', 'prod/operator'),
      portalKey: Secret.fromSecretNameV2(stack, 'Portal', 'prod/portal'),
    }),
  ],
])('the management API %s has no finding without a reason', (_name, props) => {
  expect(
    findings(
      (stack) =>
        new WebhookApi(stack, 'Management', {
          sender: new WebhookSender(stack, 'Webhooks', { profile: WebhookProfile.leapOcr() }),
          ...props(stack),
        }),
    ),
  ).toBeUndefined();
});

test('a receiver has no finding without a reason', () => {
  expect(
    findings((stack) => {
      const receiver = new WebhookReceiver(stack, 'Inbound', {
        scheme: ReceiverScheme.leapOcr(),
        secret: Secret.fromSecretNameV2(stack, 'One', 'prod/one'),
        target: ReceiverTarget.eventBus(new EventBus(stack, 'Bus')),
      });
      receiver.addSource({
        path: '/github',
        scheme: ReceiverScheme.github(),
        secret: Secret.fromSecretNameV2(stack, 'Two', 'prod/two'),
        target: ReceiverTarget.eventBus(EventBus.fromEventBusName(stack, 'Other', 'other')),
      });
    }),
  ).toBeUndefined();
});

test('the dashboard has no finding without a reason', () => {
  expect(
    findings(
      (stack) =>
        new WebhookDashboard(stack, 'Dashboard', {
          name: 'Acme',
          api: new WebhookApi(stack, 'Management', {
            sender: new WebhookSender(stack, 'Webhooks', { profile: WebhookProfile.leapOcr() }),
          }),
        }),
    ),
  ).toBeUndefined();
});

test('the rules are at work: a queue without TLS is a finding', async () => {
  const { Queue } = await import('aws-cdk-lib/aws-sqs');
  expect(findings((stack) => new Queue(stack, 'Plain'))).toMatch(/SQS/);
});
