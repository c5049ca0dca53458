import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import {
  EndpointPolicy,
  ReceiverScheme,
  ReceiverTarget,
  WebhookApi,
  WebhookProfile,
  WebhookReceiver,
  WebhookSender,
} from 'cdk-webhooks';

const stack = new Stack(new App(), 'third-party-app');
const endpointPolicy =
  stack.node.tryGetContext('local') === undefined ? EndpointPolicy.production() : EndpointPolicy.development();
const eventTypes = [
  {
    name: 'invoice.paid',
    description: 'An invoice is paid.',
    schema: { type: 'object' },
    example: { invoice_id: 'inv_1' },
  },
];

const sender = new WebhookSender(stack, 'Outbound', {
  profile: WebhookProfile.standardWebhooks({ name: 'acme', userAgent: 'Acme-Webhook/1.0', eventTypes, endpointPolicy }),
});
const api = new WebhookApi(stack, 'OutboundApi', { sender });
const inbox = new Queue(stack, 'Inbox');
const secret = new Secret(stack, 'InboundSecret');
const receiver = new WebhookReceiver(stack, 'Inbound', {
  scheme: ReceiverScheme.standardWebhooks(),
  secret,
  target: ReceiverTarget.queue(inbox),
});

const outputs = {
  EventQueueUrl: sender.eventQueue.queueUrl,
  OutboundApiId: api.httpApi.apiId,
  OperatorKeySecret: api.operatorKey.secretArn,
  InboxUrl: inbox.queueUrl,
  InboundUrl: receiver.url,
  InboundApiId: receiver.httpApi.apiId,
  InboundSecretId: secret.secretArn,
};
for (const [name, value] of Object.entries(outputs)) new CfnOutput(stack, name, { value });
