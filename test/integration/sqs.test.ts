import { reason } from '../../lambda/core/shared/reason';
import { type SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { ObjectBucket } from '../../lambda/adapters/s3/object-bucket';
import { SqsDeliveryQueues } from '../../lambda/adapters/sqs/delivery-queues';
import { SqsRecoveryQueue } from '../../lambda/adapters/sqs/recovery-queue';
import { SqsRejectedEvents } from '../../lambda/adapters/sqs/rejected-events';
import { EVENT_MAX_BYTES } from '../../lambda/core/events/event';
import { parseRecoveryStep } from '../../lambda/core/replay/recovery-job';
import {
  type ChainId,
  type DeliveryId,
  type EventId,
  type SubscriptionId,
  type TenantId,
  urlTarget,
} from '../../lambda/core/shared/identifiers';
import { TENANT } from '../builders/subscription';
import { RecordingLog } from '../fakes/log';
import { aws, createBucket, createQueue, delays, received, sqs } from './local-aws';
import { type DeliveryMessage, parseDeliveryMessage } from '../../lambda/core/delivery/delivery-message';

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
    const queues = new SqsDeliveryQueues(
      new SQSClient({ ...aws, maxAttempts: 1 }),
      { delivery: url, tiers: [] },
      new RecordingLog(),
    );
    const deliveries = Array.from({ length: 23 }, (_unused, index) => ({
      message: message(index),
      queue,
      delaySeconds: 0,
    }));
    expect(await queues.send(deliveries)).toEqual(deliveries.map(() => 'sent'));
    const messages = await received(url);
    expect(
      messages.map(({ Body }) => parseDeliveryMessage(Body!)).sort((a, b) => (a.deliveryId < b.deliveryId ? -1 : 1)),
    ).toEqual(deliveries.map((each) => each.message));
    for (const { Body, Attributes } of messages)
      expect(Attributes?.MessageGroupId).toBe(parseDeliveryMessage(Body!).subscriptionId);
  });

  test('ten messages of 16 KiB fit one batch', async () => {
    const url = await createQueue();
    const queues = new SqsDeliveryQueues(sqs, { delivery: url, tiers: [] }, new RecordingLog());
    const deliveries = Array.from({ length: 10 }, (_unused, index) => ({
      message: message(index, 'x'.repeat(16_000)),
      queue,
      delaySeconds: 0,
    }));
    expect(new Set(await queues.send(deliveries))).toEqual(new Set(['sent']));
    expect((await received(url)).every(({ Body }) => parseDeliveryMessage(Body!).payload?.length === 16_000)).toBe(
      true,
    );
  });

  test('a delayed delivery is not there yet', async () => {
    const url = await createQueue();
    const queues = new SqsDeliveryQueues(sqs, { delivery: url, tiers: [] }, new RecordingLog());
    expect(await queues.send([{ message: message(1), queue, delaySeconds: 900 }])).toEqual(['sent']);
    expect(await received(url)).toEqual([]);
  });

  test('a queue that answers with an error has refused', async () => {
    const log = new RecordingLog();
    const queues = new SqsDeliveryQueues(
      new SQSClient({ ...aws, maxAttempts: 1 }),
      { delivery: `${aws.endpoint}/000000000000/none`, tiers: [] },
      log,
    );
    expect(await queues.send([{ message: message(1), queue, delaySeconds: 0 }])).toEqual(['refused']);
    expect(log.lines).toMatchObject([{ level: 'warn', fields: { count: 1 } }]);
  });

  test('a queue that does not answer may have taken it', async () => {
    const unreachable = new SQSClient({ ...aws, endpoint: 'http://127.0.0.1:1', maxAttempts: 1 });
    expect(
      await new SqsDeliveryQueues(
        unreachable,
        { delivery: 'http://127.0.0.1:1/queue', tiers: [] },
        new RecordingLog(),
      ).send([{ message: message(1), queue, delaySeconds: 0 }]),
    ).toEqual(['unanswered']);
  });
});

describe('the queues between our own functions', () => {
  const setUp = async () => {
    const urls = {
      delivery: await createQueue(),
      wait: await createQueue(),
      tiers: [await createQueue(), await createQueue()],
    };
    return { urls, queues: new SqsDeliveryQueues(new SQSClient({ ...aws, maxAttempts: 1 }), urls, new RecordingLog()) };
  };
  const tier = (index: number) => ({ kind: 'tier', tier: index }) as const;

  test('hold each delivery in its own, for its delay', async () => {
    const { urls, queues } = await setUp();
    const places = [
      { url: urls.tiers[1]!, queue: tier(1), delaySeconds: 300 },
      { url: urls.delivery, queue, delaySeconds: 0 },
      { url: urls.wait, queue: { kind: 'wait' } as const, delaySeconds: 900 },
      { url: urls.tiers[0]!, queue: tier(0), delaySeconds: 10 },
      { url: urls.tiers[1]!, queue: tier(1), delaySeconds: 1 },
    ];
    const deliveries = places.map(({ queue: name, delaySeconds }, index) => ({
      message: message(index),
      queue: name,
      delaySeconds,
    }));
    expect(await queues.send(deliveries)).toEqual(places.map(() => 'sent'));
    for (const url of new Set(places.map((place) => place.url))) {
      const held = (await delays(url)).map(({ body, seconds }) => ({
        id: parseDeliveryMessage(body).deliveryId,
        seconds,
      }));
      const meant = places.flatMap((place, index) =>
        place.url === url ? [{ id: message(index).deliveryId, seconds: place.delaySeconds }] : [],
      );
      expect(held.map(({ id }) => id).sort()).toEqual(meant.map(({ id }) => id).sort());
      for (const { id, seconds } of meant) {
        const actual = held.find((each) => each.id === id)!.seconds;
        expect(actual).toBeLessThanOrEqual(seconds + 1);
        expect(actual).toBeGreaterThan(seconds - 5); // what the test took since
      }
    }
  });

  test("answer in the deliveries' order, whichever queue refuses", async () => {
    const { urls } = await setUp();
    const log = new RecordingLog();
    const queues = new SqsDeliveryQueues(
      new SQSClient({ ...aws, maxAttempts: 1 }),
      { ...urls, tiers: [urls.tiers[0]!, `${aws.endpoint}/000000000000/none`] },
      log,
    );
    const targets = [tier(0), tier(1), queue];
    const deliveries = Array.from({ length: 47 }, (_unused, index) => ({
      message: message(index),
      queue: targets[index % 3]!,
      delaySeconds: 0,
    }));
    expect(await queues.send(deliveries)).toEqual(
      deliveries.map((_delivery, index) => (index % 3 === 1 ? 'refused' : 'sent')),
    );
    const held = await Promise.all([urls.tiers[0]!, urls.delivery].map(received));
    expect(held.map(({ length }) => length)).toEqual([16, 15]);
    expect(log.lines).toHaveLength(2); // a line a batch of ten
  });

  test('answer for each message of a batch that is taken in part', async () => {
    const partial = {
      send: ({ input: { Entries: entries = [] } }: SendMessageBatchCommand) =>
        Promise.resolve({
          Failed: entries.filter((_entry, index) => index % 4 === 1).map(({ Id }) => ({ Id, Code: 'InternalError' })),
        }),
    } as unknown as SQSClient;
    const queues = new SqsDeliveryQueues(partial, { delivery: 'any', tiers: [] }, new RecordingLog());
    const sent = await queues.send(
      Array.from({ length: 13 }, (_unused, index) => ({ message: message(index), queue, delaySeconds: 0 })),
    );
    expect(sent.flatMap((result, index) => (result === 'refused' ? [index] : []))).toEqual([1, 5, 9, 11]);
  });

  test('group what goes to an URL of an event by tenant and origin, in as many characters as SQS takes', async () => {
    const { urls, queues } = await setUp();
    const longest = `${'t'.repeat(63)}/${'u'.repeat(64)}` as TenantId;
    const to = (index: number, tenantId: TenantId, url: string) => ({
      message: { ...message(index), tenantId, subscriptionId: urlTarget(url), url },
      queue,
      delaySeconds: 0,
    });
    const deliveries = [
      to(0, TENANT, 'https://a.example/x'),
      to(1, TENANT, 'https://a.example/y'),
      to(2, TENANT, 'https://b.example/x'),
      to(3, longest, 'https://a.example/x'),
    ];
    expect(await queues.send(deliveries)).toEqual(deliveries.map(() => 'sent'));
    const groups = new Map(
      (await received(urls.delivery)).map(({ Body, Attributes }) => [
        parseDeliveryMessage(Body!).deliveryId,
        Attributes?.MessageGroupId,
      ]),
    );
    const [first, samePlace, otherOrigin, otherTenant] = deliveries.map((delivery) =>
      groups.get(delivery.message.deliveryId)!,
    );
    expect(samePlace).toBe(first);
    expect(new Set([first, otherOrigin, otherTenant]).size).toBe(3);
    // At most 128 letters, digits and punctuation:
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
    for (const group of groups.values()) expect(group).toMatch(/^[0-9a-f]{1,128}$/);
  });

  test('that a function was not given are a mistake, not a refusal', async () => {
    const { queues } = await setUp();
    await expect(queues.send([{ message: message(1), queue: tier(2), delaySeconds: 0 }])).rejects.toThrow(
      'this function has no queue tier 2',
    );
  });
});

describe('the recovery queue', () => {
  const step = { tenantId: TENANT, subscriptionId: 'subscription-1' as SubscriptionId, jobId: 'job', page: 3 };
  const once = new SQSClient({ ...aws, maxAttempts: 1 });

  test('takes a page, for its delay, grouped by subscription', async () => {
    const url = await createQueue();
    const recoveries = new SqsRecoveryQueue(once, url, new RecordingLog());
    expect(await recoveries.send(step, 0)).toBe('sent');
    expect(await recoveries.send({ ...step, page: 4 }, 900)).toBe('sent');
    const [message, ...others] = await received(url);
    expect(others).toEqual([]);
    expect(parseRecoveryStep(message!.Body!)).toEqual(step);
    expect(message!.Attributes?.MessageGroupId).toBe(step.subscriptionId);
    expect((await delays(url)).map(({ body }) => parseRecoveryStep(body).page).sort()).toEqual([3, 4]);
  });

  test('that answers with an error has refused; one that does not answer may have taken it', async () => {
    const log = new RecordingLog();
    expect(await new SqsRecoveryQueue(once, `${aws.endpoint}/000000000000/none`, log).send(step, 0)).toBe('refused');
    expect(
      await new SqsRecoveryQueue(
        new SQSClient({ ...aws, endpoint: 'http://127.0.0.1:1', maxAttempts: 1 }),
        'http://127.0.0.1:1/queue',
        log,
      ).send(step, 0),
    ).toBe('unanswered');
    expect(log.lines).toHaveLength(2);
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
    await rejected.deadLetter({
      body: '{"a": 1',
      field: 'body',
      reason: reason('not-json-detail', { detail: 'at \u0000 <b>' }),
    });
    const [message] = await received(url);
    expect(message!.Body).toBe('{"a": 1');
    expect(message!.MessageAttributes).toMatchObject({
      field: { StringValue: 'body' },
      reason: { StringValue: 'body: is not JSON: at \uFFFD <b>' },
      reason_code: { StringValue: 'not-json-detail' },
    });
  });

  test('too large for a message are truncated there and whole in S3', async () => {
    const { url, bucket, rejected } = await setUp();
    const body = '\u0457'.repeat(EVENT_MAX_BYTES / 2 + 1);
    await rejected.deadLetter({ body, field: 'body', reason: reason('event-too-large', { bytes: 1, limit: 1 }) });
    const [message] = await received(url);
    expect(body.startsWith(message!.Body!)).toBe(true);
    expect(Buffer.byteLength(message!.Body!)).toBe(64 * 1024);
    expect(await bucket.get(message!.MessageAttributes!.body_s3_key!.StringValue!)).toBe(body);
  });
});
