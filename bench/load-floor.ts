/**
 * The floor of deliver: the bare loop, and the AWS calls that a batch needs at least, made by the bare SDK of prepared
 * inputs: the subscription before and after the attempts, and the records.
 */
import { randomUUID } from 'node:crypto';
import {
  BatchGetItemCommand,
  type BatchGetItemCommandInput,
  BatchWriteItemCommand,
  type BatchWriteItemCommandInput,
} from '@aws-sdk/client-dynamodb';
import { dynamoDbClient } from '../lambda/adapters/dynamodb/client';
import { barePosts } from './bare-posts';
import { measureBatches, settingsFromEnvironment } from './delivery-load';

/** AWS, "BatchWriteItem". */
const BATCH_WRITE = 25;

const settings = settingsFromEnvironment();
const client = dynamoDbClient(); // with what the functions' clients were made cheaper by: the floor is no straw man
const post = barePosts(settings);

const reading: BatchGetItemCommandInput = {
  RequestItems: {
    subscriptions: {
      Keys: [{ pk: { S: `T#${settings.tenant}` }, sk: { S: `S#${settings.subscriptionId}` } }],
      ConsistentRead: true,
    },
  },
};

function writings(): BatchWriteItemCommandInput[] {
  const requests = Array.from({ length: settings.batch }, () => ({
    PutRequest: {
      Item: {
        pk: { S: `${settings.tenant}#${settings.subscriptionId}#0` },
        sk: { S: randomUUID() },
        v: { N: '1' },
        st: { S: 'delivered' },
        ev: { S: randomUUID() },
        ty: { S: 'job.completed' },
        n: { N: '1' },
        at: { N: '1773915704000' },
        end: { N: '1773915704200' },
        ex: { N: '1776507704' },
        hi: { L: [{ M: { at: { N: '1773915704000' }, ms: { N: '200' }, st: { N: '200' }, an: { S: 'ok' } } }] },
      },
    },
  }));
  return Array.from({ length: Math.ceil(requests.length / BATCH_WRITE) }, (_unused, index) => ({
    RequestItems: { deliveries: requests.slice(index * BATCH_WRITE, (index + 1) * BATCH_WRITE) },
  }));
}

void measureBatches(
  settings,
  (batch) => ({ batch, records: writings() }),
  async ({ batch, records }) => {
    await client.send(new BatchGetItemCommand(reading));
    await post(batch);
    await client.send(new BatchGetItemCommand(reading));
    await Promise.all(records.map((each) => client.send(new BatchWriteItemCommand(each))));
  },
);
