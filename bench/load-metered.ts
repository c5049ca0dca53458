/**
 * The measured side of the cost: the bundled functions, given events as Lambda gives them, on the embedded AWS through
 * the metering proxy. This process plays the pollers: it takes messages off the queues and deletes them, and its share
 * of requests is counted by how Lambda polls (one receive and one delete a batch).
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { type AttributeValue, BatchGetItemCommand } from '@aws-sdk/client-dynamodb';
import type { Context, DynamoDBRecord, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { deliveryItemKey, eventItemKey } from '../lambda/adapters/dynamodb/keys';
import { DynamoSubscriptionStore } from '../lambda/adapters/dynamodb/subscription-store';
import { systemRandom, systemClock } from '../lambda/adapters/node/system';
import { accountSecretOwner } from '../lambda/core/subscriptions/account-secret';
import type { SubscriptionId, TenantId } from '../lambda/core/shared/identifiers';
import { KeyRing, SEALING_IV_BYTES } from '../lambda/core/signing/key-ring';
import { createSubscription } from '../lambda/core/subscriptions/manage-subscriptions';
import { formatSecret, SECRET_BYTES } from '../lambda/core/signing/secret';
import { WebhookProfile } from '../lib';
import { LEAPOCR_PROFILE, REKOGNITA_PROFILE } from '../test/builders/profile';
import { createTables, NotingClient } from '../test/integration/dynamodb-tables';
import { itemBytes } from '../test/integration/item-size';
import { deployedFunctions } from './deployed-functions';
import { type Existing, type PageCost, pageCosts, putExisting } from './growth-rows';
import { type Metered, MeteringProxy, nothing, sqsUnits } from './metering-proxy';
import { WRITE_UNIT_BYTES } from './prices';
import { parseDeliveryMessage } from '../lambda/core/delivery/delivery-message';

export interface Scenario {
  readonly events: number;
  readonly payloadBytes: number;
  readonly incompressible?: boolean;
  readonly batch: number;
  readonly fanOut: number;
  /** LeapOCR's, unless it says otherwise; Rekognita's events name their URL. */
  readonly platform?: 'rekognita';
  /** Whose events these are, in turn. Default: 1. */
  readonly tenants?: number;
  /** Records in a batch of the log's stream. */
  readonly statisticsBatch: number;
  /** Of first attempts, that are answered with 500. */
  readonly retried?: number;
  /** Of first attempts, that are answered with 400, which is final. */
  readonly failed?: number;
  /** Whether deliveries wait for longer than 60 s before their first attempt. */
  readonly backlog?: boolean;
  /** How long the receiver takes to answer. */
  readonly answersAfterMs: number;
  /** What is in the tables before. */
  readonly existing?: Existing;
}

/** Of one function, or of one poller or producer. */
export interface FunctionBill extends Metered {
  invocations: number;
  milliseconds: number;
  logBytes: number;
}

export interface ScenarioBill {
  readonly deliveries: number;
  readonly attempts: number;
  /** Deliveries that came to their end as failed. */
  readonly failures: number;
  /** Of all deliveries; the stream's function of so many records as fill its batches. */
  readonly bills: Readonly<Record<'producer' | 'dispatch' | 'deliver' | 'statistics', FunctionBill>>;
  readonly statisticsRecords: number;
  /**
   * Bytes that rest in the tables: of an event, of a delivery's record, and of what the index holds of a failed one.
   */
  readonly storedBytes: { readonly event: number; readonly delivery: number; readonly failure: number };
  /** Bytes that came to the receiver, by HTTP alone. */
  readonly sentBytes: number;
  /** Of reading what `existing` put there. */
  readonly pages?: readonly PageCost[];
}

type Handler<E> = (event: E, context: Context) => Promise<SQSBatchResponse>;

const { endpoint, scenario } = JSON.parse(process.env.BENCH_SETTINGS!) as { endpoint: string; scenario: Scenario };
const aws = { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' } };
const sqs = new SQSClient(aws);
const rekognita = scenario.platform === 'rekognita';
const BASE_PROFILE = rekognita ? REKOGNITA_PROFILE : LEAPOCR_PROFILE;
const EVENT_TYPE = rekognita ? 'document.completed' : 'job.completed';
const TENANTS = Array.from(
  { length: scenario.tenants ?? 1 },
  (_unused, index) => (rekognita ? `account_${1000 + index}` : `org_123/team_${1000 + index}`) as TenantId,
);
/** What the index of failures holds of a record, beside its keys. */
const PROJECTED = ['pk', 'sk', 'fx', 'st', 'ty', 'of'];
const ROOT_KEYS = { version: 1, current: 'k1', k1: 'b'.repeat(64) };
/** Later than the first retry of the profile, with its jitter. */
const RETRY_AFTER_MS = 40_000;
/** Subscriptions made side by side. */
const AT_ONCE = 20;
const BACKLOG_MS = 120_000;

const bill = (): FunctionBill => ({ ...nothing(), invocations: 0, milliseconds: 0, logBytes: 0 });
const bills = { producer: bill(), dispatch: bill(), deliver: bill(), statistics: bill() };

/** Time moves on without anybody waiting. */
let ahead = 0;
const realNow = Date.now.bind(Date);
Date.now = () => realNow() + ahead;

async function queue(name: string): Promise<string> {
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: `${name}-${randomUUID()}` }));
  return QueueUrl!;
}

/** All that is in a queue, in batches. */
async function drained(url: string): Promise<Message[][]> {
  const messages: Message[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All'] }),
    );
    if (Messages.length === 0) break;
    await sqs.send(
      new DeleteMessageBatchCommand({
        QueueUrl: url,
        Entries: Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })),
      }),
    );
    messages.push(...Messages);
  }
  return batchesOf(messages);
}

function batchesOf<T>(messages: readonly T[], size = scenario.batch): T[][] {
  return Array.from({ length: Math.ceil(messages.length / size) }, (_unused, index) =>
    messages.slice(index * size, (index + 1) * size),
  );
}

function sqsEvent(bodies: readonly string[]): SQSEvent {
  return {
    Records: bodies.map((body) => ({
      messageId: randomUUID(),
      receiptHandle: 'r',
      body,
      attributes: { ApproximateReceiveCount: '1' },
      messageAttributes: {},
    })),
  } as unknown as SQSEvent;
}

/** Words of a language that there is none of, so many that text of them compresses about as text does. */
const WORDS = Array.from({ length: 800 }, (_unused, index) =>
  ((index * 2_654_435_761) % 2 ** 32)
    .toString(36)
    .replaceAll(/[0-9]/g, 'a')
    .slice(0, 2 + (index % 7)),
);

/**
 * Ordinary JSON of so many bytes, as an OCR job's result might be; or what no compression makes smaller, as far as text
 * can be.
 */
function payloadOf(index: number): object {
  const base = {
    event_type: 'job.completed',
    event_id: randomUUID(),
    job_id: randomUUID(),
    file_name: `invoice-${index}.pdf`,
    total_pages: 3,
    text: '',
  };
  const room = scenario.payloadBytes - Buffer.byteLength(JSON.stringify(base));
  if (scenario.incompressible === true) return { ...base, text: randomBytes(room).toString('base64').slice(0, room) };
  const drawn = randomBytes(room);
  const text = Array.from({ length: Math.ceil(room / 3) }, (_unused, word) =>
    word % 9 === 8 ? String(drawn.readUInt16BE(word)) : WORDS[drawn.readUInt16BE(word) % WORDS.length]!,
  ).join(' ');
  return { ...base, text: text.slice(0, room) };
}

type Item = Record<string, AttributeValue>;

async function itemsOf(client: NotingClient, table: string, keys: readonly Item[]): Promise<Item[]> {
  const items: Item[] = [];
  for (const Keys of batchesOf(keys, 100))
    items.push(
      ...((await client.send(new BatchGetItemCommand({ RequestItems: { [table]: { Keys, ConsistentRead: true } } })))
        .Responses?.[table] ?? []),
    );
  return items;
}

async function main(): Promise<void> {
  const client = new NotingClient(endpoint);
  const tables = await createTables(client);
  const delivery = await queue('delivery');
  const tier = await queue('tier');
  const [tiers, wait, deadLetters] = [
    [tier, ...(await Promise.all(BASE_PROFILE.retry.delays.slice(1).map(() => queue('later'))))],
    await queue('wait'),
    await queue('dead'),
  ];
  const bucket = `payloads-${randomUUID()}`;
  await new S3Client({ ...aws, forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: bucket }));
  const secretName = `root-${randomUUID()}`;
  await new SecretsManagerClient(aws).send(
    new CreateSecretCommand({ Name: secretName, SecretString: JSON.stringify(ROOT_KEYS) }),
  );

  const answers = new Map<number, number>();
  let requests = 0;
  const sockets = new Set<Socket>();
  const receiver = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      const status = answers.get(requests) ?? 200;
      requests += 1;
      setTimeout(() => response.writeHead(status).end('ok'), scenario.answersAfterMs);
    });
  }).on('connection', (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const receiverUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;

  // A retry is in its queue at once here; that it is not due before its time is this process's affair, which moves its
  // clock.
  const proxy = new MeteringProxy(new URL(endpoint), (target, body) =>
    target === 'AmazonSQS.SendMessageBatch' ? body.replaceAll(/"DelaySeconds":\d+/g, '"DelaySeconds":0') : body,
  );
  const proxyUrl = await proxy.listen();
  // An SDK client goes by the URL of a queue, not by its endpoint.
  const proxied = (url: string): string => url.replace(new URL(url).origin, proxyUrl);
  const profile = { ...BASE_PROFILE, endpoints: { kind: 'development' as const } };
  const values = {
    WEBHOOK_PROFILE: JSON.stringify(profile),
    SUBSCRIPTIONS_TABLE: tables.subscriptions,
    EVENTS_TABLE: tables.events,
    DELIVERIES_TABLE: tables.deliveries,
    COUNTERS_TABLE: tables.counters,
    PAYLOAD_BUCKET: bucket,
    ROOT_KEY_SECRET: secretName,
    EVENT_BUS: 'default',
    DELIVERY_QUEUE_URL: proxied(delivery),
    EVENT_DEAD_LETTER_QUEUE_URL: proxied(deadLetters),
    WAIT_QUEUE_URL: proxied(wait),
    TIER_QUEUE_URLS: JSON.stringify(tiers.map(proxied)),
  };
  const functions = deployedFunctions(values, rekognita ? WebhookProfile.rekognita() : WebhookProfile.leapOcr());
  const load = async <E>(name: 'dispatch' | 'deliver' | 'statistics'): Promise<Handler<E>> => {
    const { codeFolder, environment } = functions.find(({ handler }) => handler === name)!;
    Object.assign(process.env, environment, {
      AWS_ENDPOINT_URL: proxyUrl,
      AWS_REGION: aws.region,
      AWS_ACCESS_KEY_ID: 'bench',
      AWS_SECRET_ACCESS_KEY: 'bench',
    });
    const { handler } = (await import(join(codeFolder, 'index.js'))) as { handler: Handler<E> };
    return async (event, context) => {
      const own = bills[name];
      proxy.current = own;
      own.invocations += 1;
      const began = performance.now();
      const answer = await handler(event, context);
      own.milliseconds += performance.now() - began;
      if (answer.batchItemFailures.length > 0)
        throw new Error(`${name} returned ${answer.batchItemFailures.length} messages`);
      return answer;
    };
  };
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = (text: string | Uint8Array) => {
    const running = Object.values(bills).find((each) => each === proxy.current);
    if (running !== undefined) running.logBytes += Buffer.byteLength(text);
    return true;
  };

  const keyRing = KeyRing.parse(JSON.stringify(ROOT_KEYS));
  const subscriptions = new DynamoSubscriptionStore(client, tables.subscriptions, systemClock);
  const rules = { ...profile, eventTypes: new Set([EVENT_TYPE]) };
  const targets: { tenantId: TenantId; subscriptionId: SubscriptionId }[] = [];
  const subscribe = async (tenantId: TenantId, path: string): Promise<void> => {
    const { subscription } = await createSubscription(
      { tenantId, url: `${receiverUrl}${path}`, eventTypes: [EVENT_TYPE] },
      rules,
      { clock: systemClock, random: systemRandom, keyRing, subscriptions },
    );
    targets.push({ tenantId, subscriptionId: subscription.id });
  };
  for (const tenants of batchesOf(TENANTS, AT_ONCE)) {
    if (rekognita)
      await Promise.all(
        tenants.map((tenantId) =>
          subscriptions.createSecretIfAbsent(
            tenantId,
            keyRing.seal(
              formatSecret(systemRandom.bytes(SECRET_BYTES)),
              accountSecretOwner(tenantId),
              systemRandom.bytes(SEALING_IV_BYTES),
            ),
          ),
        ),
      );
    else
      for (const paths of batchesOf(
        Array.from({ length: scenario.fanOut }, (_unused, index) => String(index)),
        AT_ONCE,
      ))
        await Promise.all(tenants.flatMap((tenantId) => paths.map((path) => subscribe(tenantId, path))));
  }
  if (scenario.existing !== undefined)
    await putExisting(client, tables, scenario.existing, targets[0]!, BASE_PROFILE.deliveryTtlSeconds);
  const [dispatch, deliver, statistics] = [
    await load<SQSEvent>('dispatch'),
    await load<SQSEvent>('deliver'),
    await load<{ Records: DynamoDBRecord[] }>('statistics'),
  ];
  const context = { getRemainingTimeInMillis: () => 30_000 } as Context;
  ahead += 10_000; // subscriptions are older than their events

  const polled = (own: FunctionBill, bodies: readonly string[]): void => {
    own.sqsRequests += sqsUnits(bodies.reduce((sum, body) => sum + Buffer.byteLength(body), 0)) + 1;
  };
  const events = Array.from({ length: scenario.events }, (_unused, index) =>
    JSON.stringify({
      event_id: randomUUID(),
      event_type: EVENT_TYPE,
      tenant_id: TENANTS[index % TENANTS.length],
      payload: payloadOf(index),
      ...(rekognita && { webhook_url: receiverUrl }),
    }),
  );
  for (const batch of batchesOf(events)) {
    bills.producer.sqsRequests += sqsUnits(batch.reduce((sum, body) => sum + Buffer.byteLength(body), 0));
    polled(bills.dispatch, batch);
    await dispatch(sqsEvent(batch), context);
  }
  const first = await drained(delivery);
  const deliveries = first.flat().length;
  // Every n-th, so that their number is exact.
  const answering = (share: number, status: number): void => {
    const number = Math.round(share * deliveries);
    for (let index = 0; index < number; index += 1) answers.set(Math.floor((index * deliveries) / number), status);
  };
  answering(scenario.retried ?? 0, 500);
  answering(scenario.failed ?? 0, 400);
  if (scenario.backlog === true) ahead += BACKLOG_MS;
  for (const batch of first) {
    const bodies = batch.map(({ Body }) => Body!);
    polled(bills.deliver, bodies);
    await deliver(sqsEvent(bodies), context);
  }
  answers.clear();
  ahead += RETRY_AFTER_MS;
  for (const batch of await drained(tier)) {
    const bodies = batch.map(({ Body }) => Body!);
    polled(bills.deliver, bodies);
    await deliver(sqsEvent(bodies), context);
  }

  const messages = first.flat().map(({ Body }) => parseDeliveryMessage(Body!));
  const records = await itemsOf(
    client,
    tables.deliveries,
    messages.map(({ tenantId, subscriptionId, deliveryId }) => deliveryItemKey(tenantId, subscriptionId, deliveryId)),
  );
  const failed = records.filter(({ st }) => st?.S === 'failed');
  const delivered = records.filter(({ st }) => st?.S === 'delivered');
  if (
    failed.length !== Math.round((scenario.failed ?? 0) * deliveries) ||
    delivered.length + failed.length !== deliveries
  )
    throw new Error(
      `${delivered.length} of ${deliveries} deliveries are on record as delivered, ${failed.length} as failed`,
    );
  const recordBytes = Math.max(...records.map(itemBytes));
  if (recordBytes > WRITE_UNIT_BYTES)
    throw new Error(`a delivery record has ${recordBytes} bytes: an update of it is more than one write unit`);
  const stored = await itemsOf(client, tables.events, [
    ...new Map(messages.map(({ tenantId, eventId }) => [eventId, eventItemKey(tenantId, eventId)])).values(),
  ]);
  const batches = Math.ceil(deliveries / scenario.statisticsBatch);
  for (let batch = 0; batch < batches; batch += 1) {
    const images = Array.from(
      { length: scenario.statisticsBatch },
      (_unused, index) => records[(batch * scenario.statisticsBatch + index) % records.length]!,
    );
    await statistics(
      {
        Records: images.map((NewImage, index) => ({
          eventName: 'INSERT',
          eventID: String(index),
          dynamodb: { SequenceNumber: String(index), Keys: { pk: NewImage.pk!, sk: NewImage.sk! }, NewImage },
        })) as unknown as DynamoDBRecord[],
      },
      context,
    );
  }

  const mean = (items: readonly Item[]): number =>
    Math.round(items.reduce((sum, item) => sum + itemBytes(item), 0) / Math.max(1, items.length));
  const projected = failed.map((item) =>
    Object.fromEntries(Object.entries(item).filter(([name]) => PROJECTED.includes(name))),
  );
  const sentBytes = [...sockets].reduce((sum, { bytesRead }) => sum + bytesRead, 0);
  const pages =
    scenario.existing?.deliveries === undefined
      ? undefined
      : await pageCosts(new NotingClient(proxyUrl), tables, targets[0]!, proxy);
  const result: ScenarioBill = {
    ...{
      deliveries,
      attempts: requests,
      failures: failed.length,
      bills,
      statisticsRecords: batches * scenario.statisticsBatch,
      sentBytes,
    },
    storedBytes: { event: mean(stored), delivery: mean(records), failure: mean(projected) },
    ...(pages !== undefined && { pages }),
  };
  process.stdout.write = write;
  receiver.closeAllConnections();
  receiver.close();
  proxy.close();
  await sleep(0);
  process.send!(result, () => process.exit());
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
