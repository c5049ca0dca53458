/**
 * The measured side of the SDK's options: the AWS calls of a batch of deliveries, of prepared inputs, by a client of
 * one variant.
 */
import { randomUUID } from 'node:crypto';
import { BatchGetItemCommand, type BatchGetItemCommandInput, BatchWriteItemCommand } from '@aws-sdk/client-dynamodb';
import { measureBatches, settingsFromEnvironment } from './delivery-load';
import { VARIANTS } from './sdk-variants';

const settings = settingsFromEnvironment();
const client = VARIANTS.find(({ name }) => name === settings.variant)!.client();

const reading: BatchGetItemCommandInput = {
  RequestItems: {
    subscriptions: {
      Keys: [{ pk: { S: `T#${settings.tenant}` }, sk: { S: `S#${settings.subscriptionId}` } }],
      ConsistentRead: true,
    },
  },
};

function records() {
  return Array.from({ length: settings.batch }, () => ({
    PutRequest: {
      Item: {
        pk: { S: settings.tenant },
        sk: { S: randomUUID() },
        v: { N: '1' },
        st: { S: 'delivered' },
        ev: { S: randomUUID() },
        ty: { S: 'job.completed' },
        n: { N: '1' },
        end: { N: '1773915704200' },
        ex: { N: '1776507704' },
      },
    },
  }));
}

void measureBatches(settings, records, async (deliveries) => {
  await client.send(new BatchGetItemCommand(reading));
  await client.send(new BatchGetItemCommand(reading));
  await client.send(new BatchWriteItemCommand({ RequestItems: { deliveries } }));
});
