/**
 * The floor of dispatch: the AWS calls that a batch of events of one tenant and type needs at least, made by the bare
 * SDK of prepared inputs: a claim for each event, the routes once, the deliveries in batches of ten.
 */
import { randomUUID } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import {
  PutItemCommand,
  type PutItemCommandInput,
  QueryCommand,
  type QueryCommandInput,
} from '@aws-sdk/client-dynamodb';
import { SendMessageBatchCommand, type SendMessageBatchCommandInput } from '@aws-sdk/client-sqs';
import { dynamoDbClient } from '../lambda/adapters/dynamodb/client';
import { sqsSendOnceClient } from '../lambda/adapters/sqs/client';
import { BATCH_MESSAGES } from '../lambda/adapters/sqs/send-batch';
import {
  type ChainId,
  deliveryId,
  type EventId,
  type SubscriptionId,
  type TenantId,
} from '../lambda/core/shared/identifiers';
import { bodyOf, measureBatches, settingsFromEnvironment } from './delivery-load';
import { formatDeliveryMessage } from '../lambda/core/delivery/delivery-message';

const settings = settingsFromEnvironment();
const tenantId = settings.tenant as TenantId;
const dynamodb = dynamoDbClient();
const sqs = sqsSendOnceClient();

const routes: QueryCommandInput = {
  TableName: 'subscriptions',
  ConsistentRead: true,
  KeyConditionExpression: 'pk = :partition',
  ExpressionAttributeValues: { ':partition': { S: `R#${settings.tenant}#job.completed` } },
};

function claim(eventId: EventId, payload: string): PutItemCommandInput {
  return {
    TableName: 'events',
    Item: {
      pk: { S: `${tenantId}#${eventId}` },
      v: { N: '1' },
      ty: { S: 'job.completed' },
      at: { N: '1773915704000' },
      ex: { N: '1776507704' },
      z: { B: deflateRawSync(payload) },
    },
    ConditionExpression: 'attribute_not_exists(pk) OR ex <= :now',
    ExpressionAttributeValues: { ':now': { N: '1773915704' } },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  };
}

function deliveriesOf(eventId: EventId, payload: string) {
  return Array.from({ length: settings.fanOut }, () => {
    const subscriptionId = randomUUID() as string as SubscriptionId;
    const id = deliveryId({ time: 1773915704000, tenantId, eventId, target: subscriptionId });
    const body = formatDeliveryMessage({
      deliveryId: id,
      tenantId,
      subscriptionId,
      eventId,
      eventType: 'job.completed',
      attempt: 1,
      chain: randomUUID() as string as ChainId,
      arrivedAt: 1773915704000,
      payload,
    });
    return { MessageBody: body, MessageGroupId: subscriptionId };
  });
}

function prepared(batch: number): { claims: PutItemCommandInput[]; sends: SendMessageBatchCommandInput[] } {
  const events = Array.from({ length: settings.batch }, (_unused, index) => ({
    id: randomUUID() as string as EventId,
    payload: bodyOf(batch * settings.batch + index),
  }));
  const messages = events.flatMap(({ id, payload }) => deliveriesOf(id, payload));
  return {
    claims: events.map(({ id, payload }) => claim(id, payload)),
    sends: Array.from({ length: Math.ceil(messages.length / BATCH_MESSAGES) }, (_unused, index) => ({
      QueueUrl: `${settings.stubUrl}/delivery`,
      Entries: messages
        .slice(index * BATCH_MESSAGES, (index + 1) * BATCH_MESSAGES)
        .map((message, entry) => ({ Id: String(entry), ...message })),
    })),
  };
}

void measureBatches(settings, prepared, async ({ claims, sends }) => {
  await Promise.all(claims.map((input) => dynamodb.send(new PutItemCommand(input))));
  await dynamodb.send(new QueryCommand(routes));
  await Promise.all(sends.map((input) => sqs.send(new SendMessageBatchCommand(input))));
});
