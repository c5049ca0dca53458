/**
 * examples/leapocr-customer, deployed: our own sender, with LeapOCR's profile, sends to it, and LeapOCR's API is a
 * stub.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { clientConfig } from '../../local/aws-client';
import { peekQueues } from '../../local/queued-messages';
import { COMPLETED } from '../builders/event';
import { OcrApiStub } from '../examples/leapocr-customer/ocr-api-stub';
import { deployExample, DEPLOYING_MS } from './examples-deploy';
import { loggedLines } from './handler-logs';
import { testStack } from './harness/test-stack';
import { Platform } from './platform';

jest.setTimeout(60_000);

const NAME = 'leapocr-customer';
const local = testStack('e2e');
const platform = new Platform('leapocr');
const tenant = platform.newTenant();
const ocrApi = new OcrApiStub();
const dynamodb = new DynamoDBClient(clientConfig(local));
const s3 = new S3Client({ ...clientConfig(local), forcePathStyle: true });
const sqs = new SQSClient(clientConfig(local));
const secrets = new SecretsManagerClient(clientConfig(local));

type Output =
  | 'WebhookApiId'
  | 'WebhookSecretId'
  | 'ApiKeySecretId'
  | 'JobEventsQueueUrl'
  | 'JobDeadLetterQueueUrl'
  | 'JobsTable'
  | 'ResultsBucket';
let outputs: Record<Output, string>;

beforeAll(async () => {
  await ocrApi.listen();
  outputs = await deployExample<Output>(NAME, { context: { leapOcrUrl: ocrApi.url } });
  const url = `${local.awsEndpointUrl}/_aws/execute-api/${outputs.WebhookApiId}/leapocr/webhooks`;
  const { secret } = await platform.subscribe(tenant, url, ['job.created', 'job.completed', 'job.failed']);
  await putSecret(outputs.WebhookSecretId, secret);
  await putSecret(outputs.ApiKeySecretId, ocrApi.apiKey);
}, DEPLOYING_MS);
afterAll(() => {
  ocrApi.close();
});

async function putSecret(SecretId: string, SecretString: string): Promise<void> {
  await secrets.send(new PutSecretValueCommand({ SecretId, SecretString }));
}

/**
 * Has LeapOCR send an event of a job.
 *
 * @returns its payload
 */
async function send(jobId: string, changes: Record<string, unknown> = {}) {
  const payload = { ...COMPLETED, event_id: randomUUID(), job_id: jobId, ...changes };
  await platform.publish([
    JSON.stringify({ event_id: payload.event_id, event_type: payload.event_type, tenant_id: tenant, payload }),
  ]);
  return payload;
}

/** What is on record of a job. */
async function job(jobId: string): Promise<Record<string, string> | undefined> {
  const { Item } = await dynamodb.send(
    new GetItemCommand({ TableName: outputs.JobsTable, Key: { pk: { S: `job#${jobId}` } }, ConsistentRead: true }),
  );
  return Item && Object.fromEntries(Object.entries(Item).map(([name, value]) => [name, value.S ?? value.N!]));
}

async function eventually<T>(read: () => Promise<T>, holds: (value: T) => boolean, withinMs = 20_000): Promise<T> {
  for (const end = Date.now() + withinMs; ; await sleep(50)) {
    const value = await read();
    if (holds(value)) return value;
    if (Date.now() > end) throw new Error(`it did not come about within ${withinMs} ms: ${JSON.stringify(value)}`);
  }
}

const ended = (jobId: string) =>
  eventually(
    () => job(jobId),
    (found) => found !== undefined,
  );

/** Messages about a job that the consumer has not done with. */
async function waiting(jobId: string) {
  return (await peekQueues(local.awsEndpointUrl)).filter(
    ({ queueName, body }) => outputs.JobEventsQueueUrl.endsWith(`/${queueName}`) && body.includes(jobId),
  );
}

/** Until a message waits after so many times. */
const postponed = (jobId: string, receives: number) =>
  eventually(
    () => waiting(jobId),
    (messages) =>
      messages.length === 1 &&
      messages[0]!.receiveCount === receives &&
      messages[0]!.visibleAt > platform.now() + 1 &&
      messages[0]!.visibleAt < platform.now() + 600,
  );

test('a completed job: all pages of its result, fetched with the key', async () => {
  const jobId = randomUUID();
  ocrApi.job(jobId, 60);
  const { event_id: eventId } = await send(jobId);
  expect(await ended(jobId)).toMatchObject({ status: 'completed', event_id: eventId, pages: '60', credits_used: '60' });
  expect(ocrApi.of(jobId)).toEqual([1, 2].map((page) => ({ jobId, page, limit: 50, apiKey: ocrApi.apiKey })));
  const { Contents = [] } = await s3.send(
    new ListObjectsV2Command({ Bucket: outputs.ResultsBucket, Prefix: `${jobId}/` }),
  );
  expect(Contents).toHaveLength(60);
  const { Body } = await s3.send(
    new GetObjectCommand({ Bucket: outputs.ResultsBucket, Key: `${jobId}/page-00060.json` }),
  );
  expect(JSON.parse(await Body!.transformToString())).toEqual({ page_number: 60, result: 'Text of page 60' });
});

test('a failed job', async () => {
  const jobId = randomUUID();
  await send(jobId, { event_type: 'job.failed', status: 'failed', error_message: 'Document processing failed' });
  expect(await ended(jobId)).toMatchObject({ status: 'failed', reason: 'Document processing failed' });
  expect(ocrApi.of(jobId)).toEqual([]);
});

test.each([
  ['is not ready', [{ status: 202 }]],
  ['is not to be had now', [{ status: 500 }]],
])('a result that %s is fetched later', async (_what, first) => {
  const jobId = randomUUID();
  ocrApi.job(jobId, 1, first);
  await send(jobId);
  await postponed(jobId, 1);
  expect(await job(jobId)).toBeUndefined();
  await platform.moveClock(16);
  expect(await ended(jobId)).toMatchObject({ status: 'completed', pages: '1' });
  expect(ocrApi.of(jobId)).toHaveLength(2);
});

test('a result that there is not', async () => {
  const jobId = randomUUID();
  await send(jobId);
  expect(await ended(jobId)).toMatchObject({ status: 'unavailable', reason: '404: There is no such job' });
  expect(
    await eventually(
      () => waiting(jobId),
      (messages) => messages.length === 0,
    ),
  ).toEqual([]);
});

test('the same event again and again: one end, one fetch', async () => {
  const jobId = randomUUID();
  ocrApi.job(jobId, 1);
  const event = await send(jobId);
  const first = await ended(jobId);
  const message = {
    version: 1,
    source: '/leapocr/webhooks',
    scheme: 'leapOcr',
    event_id: event.event_id,
    event_type: event.event_type,
    event,
  };
  for (let copy = 0; copy < 5; copy++)
    await sqs.send(
      new SendMessageCommand({ QueueUrl: outputs.JobEventsQueueUrl, MessageBody: JSON.stringify(message) }),
    );
  await eventually(
    () => waiting(jobId),
    (messages) => messages.length === 0,
  );
  expect(await job(jobId)).toEqual(first);
  expect(ocrApi.of(jobId)).toHaveLength(1);
});

test('ten copies at once, all of them past the check: one end', async () => {
  const jobId = randomUUID();
  ocrApi.job(jobId, 1);
  const event = { ...COMPLETED, event_id: randomUUID(), job_id: jobId };
  const message = JSON.stringify({
    version: 1,
    source: '/leapocr/webhooks',
    scheme: 'leapOcr',
    event_id: event.event_id,
    event_type: event.event_type,
    event,
  });
  await Promise.all(
    Array.from({ length: 10 }, () =>
      sqs.send(new SendMessageCommand({ QueueUrl: outputs.JobEventsQueueUrl, MessageBody: message })),
    ),
  );
  await eventually(
    () => waiting(jobId),
    (messages) => messages.length === 0,
  );
  expect(await job(jobId)).toMatchObject({ status: 'completed', event_id: event.event_id });
  const outcomes = (await loggedLines(local))
    .filter((line) => line.includes(jobId))
    .map((line) => (JSON.parse(/\{.*\}/.exec(line)![0]) as { what: string }).what);
  expect(outcomes).toHaveLength(10);
  expect(outcomes.filter((what) => what === 'recorded')).toHaveLength(1);
  expect(outcomes.filter((what) => what === 'repeated')).toHaveLength(9);
});

test("an older event does not go over a newer one's", async () => {
  const jobId = randomUUID();
  ocrApi.job(jobId, 1);
  await send(jobId);
  const first = await ended(jobId);
  const older = await send(jobId, {
    event_type: 'job.failed',
    error_message: 'A first try failed',
    timestamp: '2026-03-19T10:21:43Z',
  });
  await eventually(
    async () => (await loggedLines(local)).find((line) => line.includes(older.event_id) && line.includes('superseded')),
    (line) => line !== undefined,
  );
  expect(await job(jobId)).toEqual(first);
});

test('a key that was changed is read again', async () => {
  ocrApi.apiKey = 'leapocr-key-2';
  await putSecret(outputs.ApiKeySecretId, ocrApi.apiKey);
  const jobId = randomUUID();
  ocrApi.job(jobId, 1);
  await send(jobId);
  expect(await ended(jobId)).toMatchObject({ status: 'completed' });
});

test('events that say of no end are done with', async () => {
  const jobId = randomUUID();
  const { event_id: eventId } = await send(jobId, { event_type: 'job.created' });
  await eventually(
    async () => (await platform.deliveries(tenant)).find((delivery) => (delivery.eventId as string) === eventId),
    (delivery) => delivery?.status === 'delivered',
  );
  await eventually(
    () => waiting(jobId),
    (messages) => messages.length === 0,
  );
  expect(await job(jobId)).toBeUndefined();
});

test('a message that cannot be read is set aside at once, and why', async () => {
  const eventId = `unreadable-${randomUUID()}`;
  await sqs.send(
    new SendMessageCommand({
      QueueUrl: outputs.JobEventsQueueUrl,
      MessageBody: JSON.stringify({ version: 1, event_id: eventId, event_type: 'job.completed', event: {} }),
    }),
  );
  const dead = await eventually(
    async () =>
      (await peekQueues(local.awsEndpointUrl)).filter(
        ({ queueName, body }) => outputs.JobDeadLetterQueueUrl.endsWith(`/${queueName}`) && body.includes(eventId),
      ),
    (messages) => messages.length === 1,
  );
  expect(dead).toMatchObject([{ attributes: { reason: 'the message cannot be worked on: its event has no job id' } }]);
  expect(
    await eventually(
      () => waiting(eventId),
      (messages) => messages.length === 0,
    ),
  ).toEqual([]);
});

test('no key is in a log', async () => {
  const lines = (await loggedLines(local)).join('\n');
  expect(lines).toContain('"kind":"done"');
  for (const key of ['leapocr-key-1', 'leapocr-key-2']) expect(lines).not.toContain(key);
});
