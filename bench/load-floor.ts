/** The floor: the bare loop, and the AWS calls that a batch needs at least, made by the bare SDK of prepared inputs: the subscription before and after the attempts, and the records. */
import { randomUUID } from 'node:crypto';
import { BatchGetItemCommand, type BatchGetItemCommandInput, BatchWriteItemCommand, type BatchWriteItemCommandInput, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { barePosts } from './bare-posts';
import { BATCH, measureBatches, settingsFromEnvironment } from './delivery-load';

const settings = settingsFromEnvironment();
const client = new DynamoDBClient({});
const post = barePosts(settings);

const reading: BatchGetItemCommandInput = {
  RequestItems: { subscriptions: { Keys: [{ pk: { S: `T#${settings.tenant}` }, sk: { S: `S#${settings.subscriptionId}` } }], ConsistentRead: true } },
};

function writing(): BatchWriteItemCommandInput {
  const requests = Array.from({ length: BATCH }, () => ({
    PutRequest: {
      Item: {
        pk: { S: `${settings.tenant}#${settings.subscriptionId}#0` }, sk: { S: randomUUID() }, v: { N: '1' }, st: { S: 'delivered' }, ev: { S: randomUUID() }, ty: { S: 'job.completed' }, n: { N: '1' }, at: { N: '1773915704000' },
        end: { N: '1773915704200' }, ex: { N: '1776507704' }, hi: { L: [{ M: { at: { N: '1773915704000' }, ms: { N: '200' }, st: { N: '200' }, an: { S: 'ok' } } }] },
      },
    },
  }));
  return { RequestItems: { deliveries: requests } };
}

async function main(): Promise<void> {
  await measureBatches(
    settings,
    (batch) => ({ batch, records: writing() }),
    async (prepared) => {
      const { batch, records } = prepared as { batch: number; records: BatchWriteItemCommandInput };
      await client.send(new BatchGetItemCommand(reading));
      await post(batch);
      await client.send(new BatchGetItemCommand(reading));
      await client.send(new BatchWriteItemCommand(records));
    },
  );
  process.disconnect();
  process.exit();
}

void main();
