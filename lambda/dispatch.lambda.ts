/** Event queue -> deliveries. */
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { dynamoDbClient } from './adapters/dynamodb/client';
import { DynamoEventStore } from './adapters/dynamodb/event-store';
import { DynamoSubscriptionStore } from './adapters/dynamodb/subscription-store';
import { systemRandom, systemClock } from './adapters/node/system';
import { createLog, InvocationMetrics } from './adapters/powertools/observability';
import { ObjectBucket } from './adapters/s3/object-bucket';
import { sqsClient, sqsSendOnceClient } from './adapters/sqs/client';
import { SqsDeliveryQueues } from './adapters/sqs/delivery-queues';
import { SqsRejectedEvents } from './adapters/sqs/rejected-events';
import { dispatch, type DispatchPorts, type DispatchSettings } from './core/events/dispatch';
import { parseCatalog, parseProfile } from './core/shared/profile';
import { catalogJson, required } from './environment';

const service = required('WEBHOOK_SERVICE');
const profile = parseProfile(required('WEBHOOK_PROFILE'));
const settings: DispatchSettings = {
  tenantParts: profile.tenantParts,
  eventTypes: new Set(parseCatalog(catalogJson()).eventTypes.map(({ name }) => name)),
  deliverTimeoutMs: Number(required('DELIVER_TIMEOUT_SECONDS')) * 1000,
  eventTtlSeconds: profile.eventTtlSeconds,
};

const dynamodb = dynamoDbClient();
const log = createLog(service);
const bucket = new ObjectBucket(required('PAYLOAD_BUCKET'));
const metrics = new InvocationMetrics(service);
const ports: DispatchPorts = {
  clock: systemClock,
  random: systemRandom,
  events: new DynamoEventStore(dynamodb, required('EVENTS_TABLE'), bucket, systemClock),
  routes: new DynamoSubscriptionStore(dynamodb, required('SUBSCRIPTIONS_TABLE'), systemClock),
  deliveries: new SqsDeliveryQueues(sqsSendOnceClient(), { delivery: required('DELIVERY_QUEUE_URL'), tiers: [] }, log),
  rejected: new SqsRejectedEvents(sqsClient(), required('EVENT_DEAD_LETTER_QUEUE_URL'), bucket),
  log,
};

export async function handler(event: SQSEvent): Promise<SQSBatchResponse> {
  const report = await dispatch(event.Records, settings, ports);
  metrics
    .count('EventsAccepted', report.accepted)
    .count('EventsRepeated', report.repeated)
    .count('EventsRejected', report.rejected)
    .count('EventsReturned', report.returned.length)
    .count('DeliveriesQueued', report.fannedOut)
    .publish();
  return { batchItemFailures: report.returned.map((itemIdentifier) => ({ itemIdentifier })) };
}
