import { SQSClient } from '@aws-sdk/client-sqs';
import { ObjectBucket } from '../../lambda/adapters/s3/object-bucket';
import { SqsDeliveryQueues } from '../../lambda/adapters/sqs/delivery-queues';
import { SqsRejectedEvents } from '../../lambda/adapters/sqs/rejected-events';
import { type DeliveryMessage, parseDeliveryMessage } from '../../lambda/core/delivery';
import { EVENT_MAX_BYTES } from '../../lambda/core/event';
import type { ChainId, DeliveryId, EventId, SubscriptionId } from '../../lambda/core/identifiers';
import { TENANT } from '../builders/subscription';
import { RecordingLog } from '../fakes/log';
import { aws, createBucket, createQueue, received, sqs } from './local-aws';

const queue = { kind: 'delivery' } as const;

function message(index: number, payload = 'x'): DeliveryMessage {
  return {
    deliveryId: `019d05b9-8e40-7abc-8def-${String(index).padStart(12, '0')}` as DeliveryId,
    tenantId: TENANT,
    subscriptionId: `subscription-${index}` as SubscriptionId,
    eventId: `evt_${index}` as EventId,
    eventType: 'job.completed',
    attempt: 1,
    chain: 'c' as ChainId,
    arrivedAt: 1,
    payload,
  };
}

describe('the delivery queue', () => {
  test('takes any number of deliveries, grouped by subscription', async () => {
    const url = await createQueue();
    const queues = new SqsDeliveryQueues(new SQSClient({ ...aws, maxAttempts: 1 }), { delivery: url, tiers: [] }, new RecordingLog());
    const deliveries = Array.from({ length: 23 }, (_unused, index) => ({ message: message(index), queue, delaySeconds: 0 }));
    expect(await queues.send(deliveries)).toEqual(deliveries.map(() => 'sent'));
    const messages = await received(url);
    expect(messages.map(({ Body }) => parseDeliveryMessage(Body!)).sort((a, b) => (a.deliveryId < b.deliveryId ? -1 : 1))).toEqual(deliveries.map((each) => each.message));
    for (const { Body, Attributes } of messages) expect(Attributes?.MessageGroupId).toBe(parseDeliveryMessage(Body!).subscriptionId);
  });

  test('ten messages of 16 KiB fit one batch', async () => {
    const url = await createQueue();
    const queues = new SqsDeliveryQueues(sqs, { delivery: url, tiers: [] }, new RecordingLog());
    const deliveries = Array.from({ length: 10 }, (_unused, index) => ({ message: message(index, 'x'.repeat(16_000)), queue, delaySeconds: 0 }));
    expect(new Set(await queues.send(deliveries))).toEqual(new Set(['sent']));
    expect((await received(url)).every(({ Body }) => parseDeliveryMessage(Body!).payload?.length === 16_000)).toBe(true);
  });

  test('a delayed delivery is not there yet', async () => {
    const url = await createQueue();
    const queues = new SqsDeliveryQueues(sqs, { delivery: url, tiers: [] }, new RecordingLog());
    expect(await queues.send([{ message: message(1), queue, delaySeconds: 900 }])).toEqual(['sent']);
    expect(await received(url)).toEqual([]);
  });

  test('a queue that answers with an error has refused', async () => {
    const log = new RecordingLog();
    const queues = new SqsDeliveryQueues(new SQSClient({ ...aws, maxAttempts: 1 }), { delivery: `${aws.endpoint}/000000000000/none`, tiers: [] }, log);
    expect(await queues.send([{ message: message(1), queue, delaySeconds: 0 }])).toEqual(['refused']);
    expect(log.lines).toMatchObject([{ level: 'warn', fields: { count: 1 } }]);
  });

  test('a queue that does not answer may have taken it', async () => {
    const unreachable = new SQSClient({ ...aws, endpoint: 'http://127.0.0.1:1', maxAttempts: 1 });
    expect(await new SqsDeliveryQueues(unreachable, { delivery: 'http://127.0.0.1:1/queue', tiers: [] }, new RecordingLog()).send([{ message: message(1), queue, delaySeconds: 0 }])).toEqual(['unanswered']);
  });
});

describe('rejected events', () => {
  async function setUp() {
    const url = await createQueue();
    const bucket = new ObjectBucket(await createBucket());
    return { url, bucket, rejected: new SqsRejectedEvents(sqs, url, bucket) };
  }

  test('are in the dead-letter queue as they came, with field and reason', async () => {
    const { url, rejected } = await setUp();
    await rejected.bury({ body: '{"a": 1', field: 'body', reason: 'body: is not JSON: at \u0000 <b>' });
    const [message] = await received(url);
    expect(message!.Body).toBe('{"a": 1');
    expect(message!.MessageAttributes).toMatchObject({ field: { StringValue: 'body' }, reason: { StringValue: 'body: is not JSON: at \uFFFD <b>' } });
  });

  test('too large for a message are truncated there and whole in S3', async () => {
    const { url, bucket, rejected } = await setUp();
    const body = '\u0457'.repeat(EVENT_MAX_BYTES / 2 + 1);
    await rejected.bury({ body, field: 'body', reason: 'body: is too large' });
    const [message] = await received(url);
    expect(body.startsWith(message!.Body!)).toBe(true);
    expect(Buffer.byteLength(message!.Body!)).toBe(64 * 1024);
    expect(await bucket.get(message!.MessageAttributes!.body_s3_key!.StringValue!)).toBe(body);
  });
});
