/** A receiver with a source of each kind, as a customer of several platforms deploys it. */
import { App, CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import { EventBus, Rule } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { SqsSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { ReceiverScheme, type ReceiverSource, ReceiverTarget, SignatureEncoding, WebhookReceiver } from '../../../lib';
import { RECEIVING_STACK, SOURCES, type SourceName } from './sources';

const stack = new Stack(new App(), RECEIVING_STACK);
const bus = new EventBus(stack, 'Bus');
const topic = new Topic(stack, 'Topic');
const queues = Object.fromEntries(SOURCES.map((name) => [name, new Queue(stack, `Queue-${name}`)])) as Record<
  SourceName,
  Queue
>;
new Rule(stack, 'Rule', {
  eventBus: bus,
  eventPattern: { source: ['cdk-webhooks.receiver'] },
  targets: [new SqsQueue(queues.github)],
});
topic.addSubscription(new SqsSubscription(queues.stripe, { rawMessageDelivery: true }));

const parts: Record<SourceName, Pick<ReceiverSource, 'scheme' | 'target'>> = {
  leapocr: { scheme: ReceiverScheme.leapOcr(), target: ReceiverTarget.queue(queues.leapocr) },
  rekognita: { scheme: ReceiverScheme.rekognita(), target: ReceiverTarget.queue(queues.rekognita) },
  standard: { scheme: ReceiverScheme.standardWebhooks(), target: ReceiverTarget.queue(queues.standard) },
  github: { scheme: ReceiverScheme.github(), target: ReceiverTarget.eventBus(bus) },
  stripe: { scheme: ReceiverScheme.stripe(), target: ReceiverTarget.topic(topic) },
  slack: { scheme: ReceiverScheme.slack(), target: ReceiverTarget.queue(queues.slack) },
  shopify: { scheme: ReceiverScheme.shopify(), target: ReceiverTarget.queue(queues.shopify) },
  acme: {
    scheme: ReceiverScheme.hmac({
      header: 'X-Acme',
      encoding: SignatureEncoding.BASE64,
      prefix: 'v1=',
      eventIdHeader: 'X-Acme-Id',
    }),
    target: ReceiverTarget.queue(queues.acme),
  },
  outage: { scheme: ReceiverScheme.leapOcr(), target: ReceiverTarget.queue(queues.outage) },
};
const sources = SOURCES.map((name): ReceiverSource => ({
  ...parts[name],
  path: `/in/${name}`,
  secret: new Secret(stack, `Secret-${name}`, { secretName: `receiving-${name}` }),
}));
const receiver = new WebhookReceiver(stack, 'Inbound', { ...sources[0]!, removalPolicy: RemovalPolicy.DESTROY });
for (const source of sources.slice(1)) receiver.addSource(source);

new CfnOutput(stack, 'ApiId', { value: receiver.httpApi.apiId });
new CfnOutput(stack, 'Receptions', { value: receiver.receptionsTable.tableName });
for (const name of SOURCES) new CfnOutput(stack, `Queue${name}`, { value: queues[name].queueUrl });
