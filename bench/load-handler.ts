/** The measured side: the bundled deliver handler, with its real SDK clients, given SQS events as Lambda gives them. */
import { randomUUID } from 'node:crypto';
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
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
const subscriptionId = settings.subscriptionId as SubscriptionId;
const context = { getRemainingTimeInMillis: () => 30_000 } as Context;

function eventOf(batch: number): SQSEvent {
  const arrivedAt = Date.now();
  const Records = Array.from({ length: settings.batch }, (_unused, index) => {
    const eventId = randomUUID() as string as EventId;
    const body = formatDeliveryMessage({
      deliveryId: deliveryId({ time: arrivedAt, tenantId, eventId, target: subscriptionId }),
      tenantId,
      subscriptionId,
      eventId,
      eventType: 'job.completed',
      attempt: 1,
      chain: 'c' as ChainId,
      arrivedAt,
      payload: bodyOf(batch * settings.batch + index),
    });
    return { messageId: randomUUID(), body };
  });
  return { Records } as SQSEvent;
}

async function main(): Promise<void> {
  const { handler } = (await import(settings.handler)) as {
    handler: (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;
  };
  await measureBatches(settings, eventOf, async (event) => {
    const { batchItemFailures } = await handler(event, context);
    if (batchItemFailures.length > 0) throw new Error(`${batchItemFailures.length} deliveries of a batch failed`);
  });
}

void main();
