/** The integration project's emulator, for SDK clients made here and for those that the adapters make themselves. */
import { randomBytes } from 'node:crypto';
import { CreateTableCommand, DynamoDBClient, type KeySchemaElement } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { clientConfig } from '../../local/aws-client';
import { testStack } from '../e2e/harness/test-stack';

const stack = testStack('integration');
export const aws = clientConfig(stack);
Object.assign(process.env, { AWS_ENDPOINT_URL: stack.awsEndpointUrl, AWS_REGION: stack.region, AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' });

export const dynamodb = new DynamoDBClient(aws);
export const sqs = new SQSClient(aws);

export function newName(prefix: string): string {
  return `${prefix}-${randomBytes(4).toString('hex')}`;
}

/** A table with the keys that the construct gives it. */
export async function createTable(prefix: string, sortKey: boolean): Promise<string> {
  const names = sortKey ? ['pk', 'sk'] : ['pk'];
  const KeySchema: KeySchemaElement[] = names.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? 'HASH' : 'RANGE' }));
  const TableName = newName(prefix);
  await dynamodb.send(new CreateTableCommand({ TableName, KeySchema, AttributeDefinitions: names.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })), BillingMode: 'PAY_PER_REQUEST' }));
  return TableName;
}

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
      new ReceiveMessageCommand({ QueueUrl: queueUrl, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'], MessageSystemAttributeNames: ['All'], VisibilityTimeout: 60 }),
    );
    if (Messages.length === 0) return messages;
    messages.push(...Messages);
  }
}
