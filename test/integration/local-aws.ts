/** The integration project's emulator, for SDK clients made here and for those that the adapters make themselves. */
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { clientConfig } from '../../local/aws-client';
import { peekQueues } from '../../local/queued-messages';
import { virtualNow } from '../../local/virtual-clock';
import { testStack } from '../e2e/harness/test-stack';
import { newName } from './new-name';

export { newName };

const stack = testStack('integration');
export const aws = clientConfig(stack);
Object.assign(process.env, {
  AWS_ENDPOINT_URL: stack.awsEndpointUrl,
  AWS_REGION: stack.region,
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
});

export const sqs = new SQSClient(aws);

export async function createBucket(): Promise<string> {
  const Bucket = newName('payloads');
  await new S3Client({ ...aws, forcePathStyle: true }).send(new CreateBucketCommand({ Bucket }));
  return Bucket;
}

export async function createQueue(): Promise<string> {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: newName('queue') }));
  return QueueUrl!;
}

/** All messages that are visible now. */
export async function received(queueUrl: string) {
  const messages = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 10,
        MessageAttributeNames: ['All'],
        MessageSystemAttributeNames: ['All'],
        VisibilityTimeout: 60,
      }),
    );
    if (Messages.length === 0) return messages;
    messages.push(...Messages);
  }
}

/** How long a message may take that is on its way by another service. */
const ON_ITS_WAY_SECONDS = 5;

/** Messages, waited for until there are so many; then all that are visible. */
export async function receivedWithin(queueUrl: string, number: number) {
  const messages = [];
  while (messages.length < number) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queueUrl,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: ON_ITS_WAY_SECONDS,
        VisibilityTimeout: 60,
      }),
    );
    if (Messages.length === 0) throw new Error(`${messages.length} of ${number} messages came`);
    messages.push(...Messages);
  }
  return [...messages, ...(await received(queueUrl))];
}

/** Of each message in the queue, received or not, its body and how many seconds it is delayed. */
export async function delays(
  queueUrl: string,
): Promise<readonly { readonly body: string; readonly seconds: number }[]> {
  const name = queueUrl.slice(queueUrl.lastIndexOf('/') + 1);
  const now = virtualNow(stack.clockFile);
  const messages = await peekQueues(stack.awsEndpointUrl);
  return messages
    .filter(({ queueName }) => queueName === name)
    .map(({ body, visibleAt }) => ({ body, seconds: Math.max(0, visibleAt - now) }));
}
