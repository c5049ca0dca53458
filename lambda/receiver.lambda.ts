/** Webhooks of others -> a queue, bus or topic. */
import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { dynamoDbClient } from './adapters/dynamodb/client';
import { DynamoReceptions } from './adapters/dynamodb/receptions';
import { busTarget } from './adapters/eventbridge/received-events';
import { systemClock } from './adapters/node/system';
import { createLog, InvocationMetrics } from './adapters/powertools/observability';
import { ReceptionLog } from './adapters/powertools/reception-log';
import { secretsManagerClient } from './adapters/secrets-manager/client';
import { LatelyReadSecret } from './adapters/secrets-manager/lately-read-secret';
import { topicTarget } from './adapters/sns/received-events';
import { queueTarget } from './adapters/sqs/received-events';
import { SettingsError } from './core/shared/errors';
import { receive } from './core/receiving/receive';
import { parseReceiverSecrets, parseReceiverSettings, type ReceiverSource } from './core/receiving/receiver-settings';
import { required } from './environment';
import { answerOf, type ReceiverEvent, requestOf } from './receiver/lambda-event';
import type { ReceivedEvents } from './core/receiving/receptions';

const service = required('WEBHOOK_SERVICE');
const { deduplicationSeconds, sources } = parseReceiverSettings(required('RECEIVER_SETTINGS'));
const secretsManager = secretsManagerClient();
const receptions = new DynamoReceptions(dynamoDbClient(), required('RECEPTIONS_TABLE'));
const log = createLog(service);
const receptionLog = new ReceptionLog(service, new InvocationMetrics(service));

/** By the route that the construct makes for each. */
const routes = new Map(
  sources.map((source) => [
    `POST ${source.path}`,
    {
      source,
      secrets: new LatelyReadSecret(
        secretsManager,
        source.secret,
        'receiver secret',
        parseReceiverSecrets,
        systemClock,
        log,
      ),
      target: targetOf(source.target),
    },
  ]),
);

function targetOf({ kind, address }: ReceiverSource['target']): Promise<ReceivedEvents> {
  return { queue: queueTarget, bus: busTarget, topic: topicTarget }[kind](address);
}

export async function handler(event: ReceiverEvent): Promise<APIGatewayProxyStructuredResultV2> {
  const startedAt = systemClock.now();
  const route = routes.get(event.routeKey);
  if (route === undefined)
    throw new SettingsError(
      `the receiver has no source for the route ${event.routeKey}; deploy it by the WebhookReceiver construct`,
    );
  const { source, secrets, target } = route;
  const reception = await receive(requestOf(event), source, deduplicationSeconds * 1000, {
    clock: systemClock,
    log,
    secrets,
    receptions,
    target: await target,
    owner: randomUUID(),
  });
  receptionLog.record({
    requestId: event.requestContext.requestId,
    source: source.path,
    reception,
    latencyMs: systemClock.now() - startedAt,
  });
  return answerOf(reception);
}
