/**
 * What the whole stack is measured against: a queue, and a function that POSTs what is in it. Nothing is signed,
 * checked, kept or tried again.
 */
import { App, CfnOutput, Stack } from 'aws-cdk-lib';
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue } from 'aws-cdk-lib/aws-sqs';

const HANDLER = `
exports.handler = async ({ Records }) => {
  await Promise.all(Records.map(async ({ body }) => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(process.env.URL, { method: 'POST', headers, body });
    if (!response.ok) throw new Error(String(response.status));
    await response.arrayBuffer();
  }));
  console.log(Records.length);
};
`;

const app = new App();
const stack = new Stack(app, 'cdk-webhooks-bench-bare');
const queue = new Queue(stack, 'Queue');
const post = new LambdaFunction(stack, 'Post', {
  runtime: Runtime.NODEJS_24_X,
  architecture: Architecture.ARM_64,
  handler: 'index.handler',
  code: Code.fromInline(HANDLER),
  memorySize: 512,
  environment: { URL: String(app.node.tryGetContext('url')) },
});
post.addEventSource(new SqsEventSource(queue, { batchSize: 10 }));
new CfnOutput(stack, 'QueueUrl', { value: queue.queueUrl });
