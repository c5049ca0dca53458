import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import {
  ReceiverScheme,
  ReceiverTarget,
  WebhookApi,
  WebhookDashboard,
  WebhookProfile,
  WebhookReceiver,
  WebhookSender,
} from '../../lib';

const PARTS = [
  'AWS::SQS::Queue',
  'AWS::DynamoDB::Table',
  'AWS::Lambda::Function',
  'AWS::S3::Bucket',
  'AWS::SecretsManager::Secret',
  'AWS::Events::EventBus',
  'AWS::ApiGatewayV2::Api',
];

test('the diagram of docs/architecture.md shows every part that the constructs make, and none that they do not', () => {
  const stack = new Stack(new App(), 'Platform');
  const api = new WebhookApi(stack, 'Management', {
    sender: new WebhookSender(stack, 'Webhooks', { profile: WebhookProfile.leapOcr() }),
  });
  new WebhookDashboard(stack, 'Dashboard', { api, name: 'Acme' });
  const template = Template.fromStack(stack);
  const made = PARTS.flatMap((type) => Object.keys(template.findResources(type))).map((id) =>
    id.replace(/^(Webhooks|Management|Dashboard)/, '').slice(0, -8),
  );
  expect(drawnIn(0)).toEqual(made.sort());
});

test('and so does that of the receiver', () => {
  const stack = new Stack(new App(), 'Customer');
  new WebhookReceiver(stack, 'Inbound', {
    scheme: ReceiverScheme.github(),
    secret: Secret.fromSecretNameV2(stack, 'Secret', 's'),
    target: ReceiverTarget.queue(Queue.fromQueueArn(stack, 'Jobs', 'arn:aws:sqs:us-east-1:111122223333:jobs')),
  });
  const template = Template.fromStack(stack);
  const made = PARTS.flatMap((type) => Object.keys(template.findResources(type))).map((id) =>
    id.replace(/^Inbound/, '').slice(0, -8),
  );
  expect(drawnIn(1)).toEqual(made.sort());
});

/** The parts in one of the document's diagrams. */
function drawnIn(index: number): string[] {
  const architecture = readFileSync(join(__dirname, '..', '..', 'docs', 'architecture.md'), 'utf8');
  const diagram = [...architecture.matchAll(/```mermaid\n([^]*?)```/g)][index]![1]!;
  return [...new Set([...diagram.matchAll(/(\w+)\[[[(]/g)].map(([, name]) => name!))].sort();
}
