/** Wait queue -> the next hop, or the tier. */
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { systemClock } from './adapters/node/system';
import { createLog, InvocationMetrics } from './adapters/powertools/observability';
import { sqsSendOnceClient } from './adapters/sqs/client';
import { SqsDeliveryQueues } from './adapters/sqs/delivery-queues';
import { forwardDelayed } from './core/delivery/long-delay';
import { required, requiredList } from './environment';

const service = required('WEBHOOK_SERVICE');
const log = createLog(service);
const metrics = new InvocationMetrics(service);
const tiers = requiredList('TIER_QUEUE_URLS');
const queues = new SqsDeliveryQueues(sqsSendOnceClient(), { wait: required('WAIT_QUEUE_URL'), tiers }, log);

export async function handler(event: SQSEvent): Promise<SQSBatchResponse> {
  const returned = await forwardDelayed(event.Records, tiers.length, { clock: systemClock, queues, log });
  metrics.count('WaitsPassedOn', event.Records.length - returned.length).publish();
  return { batchItemFailures: returned.map((itemIdentifier) => ({ itemIdentifier })) };
}
