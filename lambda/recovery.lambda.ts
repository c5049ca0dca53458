/** Recovery queue -> a page of what failed or was canceled, once more; and its own next page. */
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { dynamoDbClient } from './adapters/dynamodb/client';
import { DynamoDeliveryHistory } from './adapters/dynamodb/delivery-history';
import { DynamoDeliveryLog } from './adapters/dynamodb/delivery-log';
import { DynamoRecoveryJobs } from './adapters/dynamodb/recovery-jobs';
import { DynamoSubscriptionStore } from './adapters/dynamodb/subscription-store';
import { systemRandom, systemClock } from './adapters/node/system';
import { createLog, InvocationMetrics } from './adapters/powertools/observability';
import { sqsSendOnceClient } from './adapters/sqs/client';
import { SqsDeliveryQueues } from './adapters/sqs/delivery-queues';
import { SqsRecoveryQueue } from './adapters/sqs/recovery-queue';
import { parseProfile } from './core/shared/profile';
import { recover, RECOVERY_PAGE, type RecoveryPorts, type RecoverySettings } from './core/replay/recovery';
import { required } from './environment';

const service = required('WEBHOOK_SERVICE');
const { plans, eventTtlSeconds, deliveryTtlSeconds, retry } = parseProfile(required('WEBHOOK_PROFILE'));
const settings: RecoverySettings = {
  plans,
  eventTtlSeconds,
  deliveryTtlSeconds,
  tiers: retry.delays.length,
  page: RECOVERY_PAGE,
};
const dynamodb = dynamoDbClient();
const sqs = sqsSendOnceClient();
const log = createLog(service);
const metrics = new InvocationMetrics(service);
/** The first retry tier's; of a schedule without retries, the delivery queue's. */
const replayQueue = required('REPLAY_QUEUE_URL');
const ports: RecoveryPorts = {
  clock: systemClock,
  random: systemRandom,
  subscriptions: new DynamoSubscriptionStore(dynamodb, required('SUBSCRIPTIONS_TABLE'), systemClock),
  history: new DynamoDeliveryHistory(dynamodb, required('DELIVERIES_TABLE'), systemClock),
  deliveries: new DynamoDeliveryLog(dynamodb, required('DELIVERIES_TABLE')),
  queues: new SqsDeliveryQueues(sqs, { delivery: replayQueue, tiers: [replayQueue] }, log),
  jobs: new DynamoRecoveryJobs(dynamodb, required('SUBSCRIPTIONS_TABLE')),
  recoveries: new SqsRecoveryQueue(sqs, required('RECOVERY_QUEUE_URL'), log),
  log,
};

export async function handler(event: SQSEvent): Promise<SQSBatchResponse> {
  const report = await recover(event.Records, settings, ports);
  metrics
    .count('DeliveriesReplayed', report.resent)
    .count('ReplaysSkipped', report.skipped)
    .count('RecoveriesCompleted', report.completed)
    .count('RecoveriesStopped', report.stopped)
    .count('RecoveryPagesReturned', report.returned.length)
    .publish();
  return { batchItemFailures: report.returned.map((itemIdentifier) => ({ itemIdentifier })) };
}
