/** Delivery queue -> the endpoint. */
import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { dynamoDbClient } from './adapters/dynamodb/client';
import { DynamoDeliveryLog } from './adapters/dynamodb/delivery-log';
import { DynamoEventStore } from './adapters/dynamodb/event-store';
import { DynamoSubscriptionState } from './adapters/dynamodb/subscription-state';
import { DynamoSubscriptionStore } from './adapters/dynamodb/subscription-store';
import { eventBridgeClient } from './adapters/eventbridge/client';
import { EventBridgeOperationalEvents } from './adapters/eventbridge/operational-events';
import { EndpointClient } from './adapters/http/endpoint-client';
import { CachingResolver } from './adapters/http/resolver';
import { systemRandom, systemClock } from './adapters/node/system';
import { createLog, InvocationMetrics } from './adapters/powertools/observability';
import { ObjectBucket } from './adapters/s3/object-bucket';
import { secretsManagerClient } from './adapters/secrets-manager/client';
import { RootKeyRing } from './adapters/secrets-manager/root-key-ring';
import { sqsSendOnceClient } from './adapters/sqs/client';
import { SqsDeliveryQueues } from './adapters/sqs/delivery-queues';
import { EndpointAnswers } from './core/endpoint/circuit';
import { deliver, type DeliverPorts, type EnvironmentMemory } from './core/delivery/deliver';
import { OwnFaultDetector } from './core/endpoint/own-fault';
import { parseProfile } from './core/shared/profile';
import { SigningSecrets } from './core/signing/signing-secrets';
import { required, requiredList } from './environment';

const service = required('WEBHOOK_SERVICE');
const profile = parseProfile(required('WEBHOOK_PROFILE'));
const dynamodb = dynamoDbClient();
const log = createLog(service);
const metrics = new InvocationMetrics(service);
const memory: EnvironmentMemory = {
  answers: new EndpointAnswers(systemClock),
  ownFaults: new OwnFaultDetector(systemClock),
};
const subscriptions = new DynamoSubscriptionStore(dynamodb, required('SUBSCRIPTIONS_TABLE'), systemClock);
const state = new DynamoSubscriptionState(dynamodb, required('SUBSCRIPTIONS_TABLE'), required('DELIVERIES_TABLE'));
const keyRings = new RootKeyRing(secretsManagerClient(), required('ROOT_KEY_SECRET'), systemClock);
const nameServers = requiredList('NAME_SERVERS');
const ports: DeliverPorts = {
  clock: systemClock,
  random: systemRandom,
  subscriptions,
  failures: state,
  circuits: state,
  rates: state,
  accounts: subscriptions,
  events: new DynamoEventStore(
    dynamodb,
    required('EVENTS_TABLE'),
    new ObjectBucket(required('PAYLOAD_BUCKET')),
    systemClock,
  ),
  deliveries: new DynamoDeliveryLog(dynamodb, required('DELIVERIES_TABLE')),
  endpoint: new EndpointClient({
    policy: profile.endpoints,
    ...(nameServers.length > 0 && { resolver: new CachingResolver({ servers: nameServers }) }),
  }),
  queues: new SqsDeliveryQueues(
    sqsSendOnceClient(),
    {
      delivery: required('DELIVERY_QUEUE_URL'),
      wait: required('WAIT_QUEUE_URL'),
      tiers: requiredList('TIER_QUEUE_URLS'),
    },
    log,
  ),
  operationalEvents: new EventBridgeOperationalEvents(eventBridgeClient(), required('EVENT_BUS')),
  secrets: new SigningSecrets(keyRings),
  keyRings,
  log,
};

export async function handler(event: SQSEvent, context: Context): Promise<SQSBatchResponse> {
  const report = await deliver(event.Records, () => context.getRemainingTimeInMillis(), profile, memory, ports);
  metrics
    .count('AttemptsMade', report.latencies.length)
    .count('DeliveriesSucceeded', report.outcomes.delivered)
    .count('DeliveriesRetried', report.outcomes.retried)
    .count('DeliveriesFailed', report.outcomes.failed)
    .count('DeliveriesCancelled', report.outcomes.cancelled)
    .count('DeliveriesDeferred', report.outcomes.deferred)
    .count('DeliveriesReturned', report.outcomes.returned)
    .count('CircuitsOpened', report.circuitsOpened)
    .count('OwnFaultSuspected', report.ownFaultSuspected ? 1 : 0)
    .latencies('AttemptLatency', report.latencies)
    .publish();
  return { batchItemFailures: report.returned.map((itemIdentifier) => ({ itemIdentifier })) };
}
