/** Delivery queue -> the endpoint. */
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { dynamoDbClient } from './adapters/dynamodb/client';
import { DynamoDeliveryLog } from './adapters/dynamodb/delivery-log';
import { DynamoEventStore } from './adapters/dynamodb/event-store';
import { DynamoSubscriptionStore } from './adapters/dynamodb/subscription-store';
import { EndpointClient } from './adapters/http/endpoint-client';
import { systemClock } from './adapters/node/system';
import { createLog, InvocationMetrics } from './adapters/powertools/observability';
import { ObjectBucket } from './adapters/s3/object-bucket';
import { secretsManagerClient } from './adapters/secrets-manager/client';
import { RootKeyRing } from './adapters/secrets-manager/root-key-ring';
import { deliver, type DeliverPorts } from './core/deliver';
import { parseProfile } from './core/profile';
import { SigningSecrets } from './core/signing-secrets';
import { required } from './environment';

const service = required('WEBHOOK_SERVICE');
const profile = parseProfile(required('WEBHOOK_PROFILE'));
const dynamodb = dynamoDbClient();
const metrics = new InvocationMetrics(service);
const ports: DeliverPorts = {
  clock: systemClock,
  subscriptions: new DynamoSubscriptionStore(dynamodb, required('SUBSCRIPTIONS_TABLE'), systemClock),
  events: new DynamoEventStore(dynamodb, required('EVENTS_TABLE'), new ObjectBucket(required('PAYLOAD_BUCKET')), systemClock),
  deliveries: new DynamoDeliveryLog(dynamodb, required('DELIVERIES_TABLE')),
  endpoint: new EndpointClient({ policy: profile.endpoints }),
  secrets: new SigningSecrets(new RootKeyRing(secretsManagerClient(), required('ROOT_KEY_SECRET'), systemClock)),
  log: createLog(service),
};

export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  const report = await deliver(event.Records, () => context.getRemainingTimeInMillis(), profile, ports);
  metrics
    .count('AttemptsMade', report.attempts)
    .count('DeliveriesSucceeded', report.delivered)
    .count('DeliveriesFailed', report.failed)
    .count('DeliveriesCancelled', report.cancelled)
    .count('DeliveriesReturned', report.returned.length)
    .latencies('AttemptLatency', report.latencies)
    .publish();
  return { batchItemFailures: report.returned.map((itemIdentifier) => ({ itemIdentifier })) };
}
