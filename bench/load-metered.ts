/**
 * The measured side of the cost: the bundled functions, given events as Lambda gives them, on the embedded AWS through the metering proxy. This process plays the pollers: it takes messages off the queues and deletes
 * them, and its share of requests is counted by how Lambda polls (one receive and one delete a batch).
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CreateQueueCommand, DeleteMessageBatchCommand, type Message, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { paginateScan } from '@aws-sdk/client-dynamodb';
import type { Context, DynamoDBRecord, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { DynamoSubscriptionStore } from '../lambda/adapters/dynamodb/subscription-store';
import { systemChance, systemClock } from '../lambda/adapters/node/system';
import { KeyRing } from '../lambda/core/key-ring';
import { createSubscription } from '../lambda/core/manage-subscriptions';
import { LEAPOCR_PROFILE } from '../test/builders/profile';
import { createTables, NotingClient } from '../test/integration/dynamodb-tables';
import { itemBytes } from '../test/integration/item-size';
import { deployedFunctions } from './deployed-functions';
import { type Metered, MeteringProxy, nothing, sqsUnits } from './metering-proxy';
import { WRITE_UNIT_BYTES } from './prices';

export interface Scenario {
  readonly events: number;
  readonly payloadBytes: number;
  readonly incompressible?: boolean;
  readonly batch: number;
  readonly fanOut: number;
  /** Of first attempts, that are answered with 500. */
  readonly retried?: number;
  /** Whether deliveries wait for longer than 60 s before their first attempt. */
  readonly backlog?: boolean;
  /** How long the receiver takes to answer. */
  readonly answersAfterMs: number;
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
  readonly bills: Readonly<Record<'producer' | 'dispatch' | 'deliver' | 'statistics', FunctionBill>>;
  /** Bytes that rest in the tables for a delivery: its record, and the event. */
  readonly storedBytes: { readonly event: number; readonly delivery: number };
}

type Handler<E> = (event: E, context: Context) => Promise<SQSBatchResponse>;

const { endpoint, scenario } = JSON.parse(process.env.BENCH_SETTINGS!) as { endpoint: string; scenario: Scenario };
const aws = { endpoint, region: 'us-east-1', credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' } };
const sqs = new SQSClient(aws);
const TENANT = 'org_123/team_456';
/** Later than the first retry of the profile, with its jitter. */
const RETRY_AFTER_MS = 15_000;
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
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All'] }));
    if (Messages.length === 0) break;
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries: Messages.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle })) }));
    messages.push(...Messages);
  }
  return batchesOf(messages);
}

function batchesOf<T>(messages: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(messages.length / scenario.batch) }, (_unused, index) => messages.slice(index * scenario.batch, (index + 1) * scenario.batch));
}

function sqsEvent(bodies: readonly string[]): SQSEvent {
  return { Records: bodies.map((body) => ({ messageId: randomUUID(), receiptHandle: 'r', body, attributes: { ApproximateReceiveCount: '1' }, messageAttributes: {} })) } as unknown as SQSEvent;
}

/** Words of a language that there is none of, so many that text of them compresses about as text does. */
const WORDS = Array.from({ length: 800 }, (_unused, index) => (index * 2_654_435_761 % 2 ** 32).toString(36).replaceAll(/[0-9]/g, 'a').slice(0, 2 + (index % 7)));

/** Ordinary JSON of so many bytes, as an OCR job's result might be; or what no compression makes smaller, as far as text can be. */
function payloadOf(index: number): object {
  const base = { event_type: 'job.completed', event_id: randomUUID(), job_id: randomUUID(), file_name: `invoice-${index}.pdf`, total_pages: 3, text: '' };
  const room = scenario.payloadBytes - Buffer.byteLength(JSON.stringify(base));
  if (scenario.incompressible === true) return { ...base, text: randomBytes(room).toString('base64').slice(0, room) };
  const drawn = randomBytes(room);
  const text = Array.from({ length: Math.ceil(room / 3) }, (_unused, word) => (word % 9 === 8 ? String(drawn.readUInt16BE(word)) : WORDS[drawn.readUInt16BE(word) % WORDS.length]!)).join(' ');
  return { ...base, text: text.slice(0, room) };
}

async function main(): Promise<void> {
  const client = new NotingClient(endpoint);
  const tables = await createTables(client);
  const delivery = await queue('delivery');
  const tier = await queue('tier');
  const [tiers, wait, deadLetters] = [[tier, ...(await Promise.all(LEAPOCR_PROFILE.retry.delays.slice(1).map(() => queue('later'))))], await queue('wait'), await queue('dead')];
  const bucket = `payloads-${randomUUID()}`;
  await new S3Client({ ...aws, forcePathStyle: true }).send(new CreateBucketCommand({ Bucket: bucket }));
  const rootSecret = { version: 1, current: 'k1', k1: 'b'.repeat(64) };
  const secretName = `root-${randomUUID()}`;
  await new SecretsManagerClient(aws).send(new CreateSecretCommand({ Name: secretName, SecretString: JSON.stringify(rootSecret) }));

  const failing = new Set<number>();
  let requests = 0;
  const receiver = createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      const fails = failing.has(requests);
      requests += 1;
      setTimeout(() => response.writeHead(fails ? 500 : 200).end('ok'), scenario.answersAfterMs);
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const receiverUrl = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;

  // A retry is in its queue at once here; that it is not due before its time is this process's affair, which moves its clock.
  const proxy = new MeteringProxy(new URL(endpoint), (target, body) => (target === 'AmazonSQS.SendMessageBatch' ? body.replaceAll(/"DelaySeconds":\d+/g, '"DelaySeconds":0') : body));
  const proxyUrl = await proxy.listen();
  // An SDK client goes by the URL of a queue, not by its endpoint.
  const proxied = (url: string): string => url.replace(new URL(url).origin, proxyUrl);
  const profile = { ...LEAPOCR_PROFILE, endpoints: { kind: 'development' as const } };
  const values = {
    WEBHOOK_PROFILE: JSON.stringify(profile), SUBSCRIPTIONS_TABLE: tables.subscriptions, EVENTS_TABLE: tables.events, DELIVERIES_TABLE: tables.deliveries, COUNTERS_TABLE: tables.counters,
    PAYLOAD_BUCKET: bucket, ROOT_KEY_SECRET: secretName, DELIVERY_QUEUE_URL: proxied(delivery), EVENT_DEAD_LETTER_QUEUE_URL: proxied(deadLetters), WAIT_QUEUE_URL: proxied(wait), TIER_QUEUE_URLS: JSON.stringify(tiers.map(proxied)),
  };
  const functions = deployedFunctions(values);
  const load = async <E>(name: 'dispatch' | 'deliver' | 'statistics'): Promise<Handler<E>> => {
    const { codeFolder, environment } = functions.find(({ handler }) => handler === name)!;
    Object.assign(process.env, environment, { AWS_ENDPOINT_URL: proxyUrl, AWS_REGION: aws.region, AWS_ACCESS_KEY_ID: 'bench', AWS_SECRET_ACCESS_KEY: 'bench' });
    const { handler } = (await import(join(codeFolder, 'index.js'))) as { handler: Handler<E> };
    return async (event, context) => {
      const own = bills[name];
      proxy.current = own;
      own.invocations += 1;
      const began = performance.now();
      const answer = await handler(event, context);
      own.milliseconds += performance.now() - began;
      if (answer.batchItemFailures.length > 0) throw new Error(`${name} returned ${answer.batchItemFailures.length} messages`);
      return answer;
    };
  };
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = ((text: string | Uint8Array) => {
    const running = Object.values(bills).find((each) => each === proxy.current);
    if (running !== undefined) running.logBytes += Buffer.byteLength(text);
    return true;
  });

  const keyRing = KeyRing.parse(JSON.stringify(rootSecret));
  const subscriptions = new DynamoSubscriptionStore(client, tables.subscriptions, systemClock);
  const rules = { ...profile, eventTypes: new Set(['job.completed']) };
  for (let index = 0; index < scenario.fanOut; index += 1) {
    await createSubscription({ tenantId: TENANT, url: `${receiverUrl}${index}`, eventTypes: ['job.completed'] }, rules, { clock: systemClock, chance: systemChance, keyRing, subscriptions });
  }
  const [dispatch, deliver, statistics] = [await load<SQSEvent>('dispatch'), await load<SQSEvent>('deliver'), await load<{ Records: DynamoDBRecord[] }>('statistics')];
  const context = { getRemainingTimeInMillis: () => 30_000 } as Context;
  ahead += 10_000; // subscriptions are older than their events

  const polled = (own: FunctionBill, bodies: readonly string[]): void => {
    own.sqsRequests += sqsUnits(bodies.reduce((sum, body) => sum + Buffer.byteLength(body), 0)) + 1;
  };
  const events = Array.from({ length: scenario.events }, (_unused, index) => JSON.stringify({ event_id: randomUUID(), event_type: 'job.completed', tenant_id: TENANT, payload: payloadOf(index) }));
  for (const batch of batchesOf(events)) {
    bills.producer.sqsRequests += sqsUnits(batch.reduce((sum, body) => sum + Buffer.byteLength(body), 0));
    polled(bills.dispatch, batch);
    await dispatch(sqsEvent(batch), context);
  }
  const first = await drained(delivery);
  const deliveries = first.flat().length;
  // Every n-th, so that their number is exact.
  const failures = Math.round((scenario.retried ?? 0) * deliveries);
  for (let index = 0; index < failures; index += 1) failing.add(Math.floor((index * deliveries) / failures));
  if (scenario.backlog === true) ahead += BACKLOG_MS;
  for (const batch of first) {
    const bodies = batch.map(({ Body }) => Body!);
    polled(bills.deliver, bodies);
    await deliver(sqsEvent(bodies), context);
  }
  failing.clear();
  ahead += RETRY_AFTER_MS;
  for (const batch of await drained(tier)) {
    const bodies = batch.map(({ Body }) => Body!);
    polled(bills.deliver, bodies);
    await deliver(sqsEvent(bodies), context);
  }

  const records = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName: tables.deliveries })) records.push(...Items);
  if (records.length !== deliveries || !records.every(({ st }) => st?.S === 'delivered')) throw new Error(`${records.length} of ${deliveries} deliveries are on record, or not all of them delivered`);
  const recordBytes = Math.max(...records.map(itemBytes));
  if (recordBytes > WRITE_UNIT_BYTES) throw new Error(`a delivery record has ${recordBytes} bytes: an update of it is more than one write unit`);
  const stored = [];
  for await (const { Items = [] } of paginateScan({ client }, { TableName: tables.events })) stored.push(...Items);
  await statistics({ Records: records.map((NewImage, index) => ({ eventName: 'INSERT', eventID: String(index), dynamodb: { SequenceNumber: String(index), Keys: { pk: NewImage.pk!, sk: NewImage.sk! }, NewImage } })) as unknown as DynamoDBRecord[] }, context);

  const mean = (items: readonly Parameters<typeof itemBytes>[0][]): number => Math.round(items.reduce((sum, item) => sum + itemBytes(item), 0) / items.length);
  const result: ScenarioBill = { deliveries, attempts: requests, bills, storedBytes: { event: mean(stored), delivery: mean(records) } };
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
