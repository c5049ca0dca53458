/** HTTP API -> the management API. */
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { dynamoDbClient } from './adapters/dynamodb/client';
import { DynamoFigures } from './adapters/dynamodb/counters';
import { DynamoDeliveryHistory } from './adapters/dynamodb/delivery-history';
import { DynamoDeliveryLog } from './adapters/dynamodb/delivery-log';
import { DynamoEventStore } from './adapters/dynamodb/event-store';
import { DynamoRateLimits } from './adapters/dynamodb/rate-limits';
import { DynamoRecoveryJobs } from './adapters/dynamodb/recovery-jobs';
import { DynamoSubscriptionState } from './adapters/dynamodb/subscription-state';
import { DynamoSubscriptionStore } from './adapters/dynamodb/subscription-store';
import { EndpointClient } from './adapters/http/endpoint-client';
import { GuardedDocuments } from './adapters/http/guarded-documents';
import { CachingResolver } from './adapters/http/resolver';
import { LambdaCredentialFunction } from './adapters/lambda/credential-function';
import { systemRandom, systemClock } from './adapters/node/system';
import { LogAuditTrail } from './adapters/powertools/audit-trail';
import { createLog, InvocationMetrics } from './adapters/powertools/observability';
import { MeasuredRequestLog } from './adapters/powertools/request-log';
import { ObjectBucket } from './adapters/s3/object-bucket';
import { secretsManagerClient } from './adapters/secrets-manager/client';
import { SecretKeyRing } from './adapters/secrets-manager/named-key-ring';
import { RootKeyRing } from './adapters/secrets-manager/root-key-ring';
import { sqsClient, sqsSendOnceClient } from './adapters/sqs/client';
import { SqsDeliveryQueues } from './adapters/sqs/delivery-queues';
import { SqsEventQueue } from './adapters/sqs/event-queue';
import { SqsRecoveryQueue } from './adapters/sqs/recovery-queue';
import { createApi } from './api/http/app';
import { parseAuthSettings } from './api/auth/auth-settings';
import type { ApiPorts } from './api/context';
import { answerEvent, type HttpApiEvent } from './api/http/lambda-event';
import { parseCatalog, parseProfile } from './core/shared/profile';
import { SigningSecrets } from './core/signing/signing-secrets';
import { catalogJson, optional, required, requiredList } from './environment';

const service = required('WEBHOOK_SERVICE');
const profile = parseProfile(required('WEBHOOK_PROFILE'));
const auth = parseAuthSettings(required('API_AUTH'));
const dynamodb = dynamoDbClient();
const sendOnce = sqsSendOnceClient();
const secretsManager = secretsManagerClient();
const log = createLog(service);
const subscriptions = new DynamoSubscriptionStore(dynamodb, required('SUBSCRIPTIONS_TABLE'), systemClock);
const state = new DynamoSubscriptionState(dynamodb, required('SUBSCRIPTIONS_TABLE'), required('DELIVERIES_TABLE'));
const keyRings = new RootKeyRing(secretsManager, required('ROOT_KEY_SECRET'), systemClock);
const portalUrl = optional('PORTAL_URL');
const nameServers = requiredList('NAME_SERVERS');
const outside = {
  policy: profile.endpoints,
  resolver: new CachingResolver(nameServers.length > 0 ? { servers: nameServers } : {}),
};
const ports: ApiPorts = {
  clock: systemClock,
  random: systemRandom,
  operatorKeys: new SecretKeyRing(secretsManager, required('OPERATOR_KEY_SECRET'), systemClock, log),
  portalKeys: new SecretKeyRing(secretsManager, required('PORTAL_KEY_SECRET'), systemClock, log),
  documents: new GuardedDocuments(outside),
  credentialFunction: auth.lambda && new LambdaCredentialFunction(auth.lambda.functionName),
  keyRings,
  secrets: new SigningSecrets(keyRings),
  subscriptions,
  accounts: subscriptions,
  failures: state,
  circuits: state,
  endpoint: new EndpointClient(outside),
  limits: new DynamoRateLimits(dynamodb, required('COUNTERS_TABLE'), systemClock),
  events: new DynamoEventStore(
    dynamodb,
    required('EVENTS_TABLE'),
    new ObjectBucket(required('PAYLOAD_BUCKET')),
    systemClock,
  ),
  deliveries: new DynamoDeliveryLog(dynamodb, required('DELIVERIES_TABLE')),
  history: new DynamoDeliveryHistory(dynamodb, required('DELIVERIES_TABLE'), systemClock),
  figures: new DynamoFigures(dynamodb, required('COUNTERS_TABLE'), systemClock),
  queues: new SqsDeliveryQueues(sendOnce, { delivery: required('DELIVERY_QUEUE_URL'), tiers: [] }, log),
  jobs: new DynamoRecoveryJobs(dynamodb, required('SUBSCRIPTIONS_TABLE')),
  recoveries: new SqsRecoveryQueue(sendOnce, required('RECOVERY_QUEUE_URL'), log),
  publisher: new SqsEventQueue(sqsClient(), required('EVENT_QUEUE_URL'), log),
  audit: new LogAuditTrail(service),
  log,
  requests: new MeasuredRequestLog(service, new InvocationMetrics(service)),
};
const api = createApi({ service, profile, catalog: parseCatalog(catalogJson()), auth, portalUrl }, ports);

export function handler(event: HttpApiEvent): Promise<APIGatewayProxyStructuredResultV2> {
  return answerEvent(event, api, auth.iam);
}
