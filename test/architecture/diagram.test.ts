import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { WebhookApi, WebhookProfile, WebhookSender } from '../../lib';

const PARTS = ['AWS::SQS::Queue', 'AWS::DynamoDB::Table', 'AWS::Lambda::Function', 'AWS::S3::Bucket', 'AWS::SecretsManager::Secret', 'AWS::Events::EventBus', 'AWS::ApiGatewayV2::Api'];

test('the diagram of docs/architecture.md shows every part that the constructs make, and none that they do not', () => {
  const stack = new Stack(new App(), 'Platform');
  new WebhookApi(stack, 'Management', { sender: new WebhookSender(stack, 'Webhooks', { profile: WebhookProfile.leapOcr() }) });
  const template = Template.fromStack(stack);
  const made = PARTS.flatMap((type) => Object.keys(template.findResources(type))).map((id) => id.replace(/^(Webhooks|Management)/, '').slice(0, -8));
  const architecture = readFileSync(join(__dirname, '..', '..', 'docs', 'architecture.md'), 'utf8');
  const diagram = /```mermaid\n([^]*?)```/.exec(architecture)![1]!;
  const drawn = new Set([...diagram.matchAll(/(\w+)\[[[(]/g)].map(([, name]) => name!));
  expect([...drawn].sort()).toEqual(made.sort());
});
