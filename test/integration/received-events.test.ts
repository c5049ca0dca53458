/** A receiver's targets, and its secrets, on the embedded AWS. */
import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import {
  CreateSecretCommand,
  DeleteSecretCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { busTarget } from '../../lambda/adapters/eventbridge/received-events';
import { LatelyReadSecret } from '../../lambda/adapters/secrets-manager/lately-read-secret';
import { topicTarget } from '../../lambda/adapters/sns/received-events';
import { queueTarget } from '../../lambda/adapters/sqs/received-events';
import { PortUnavailable, SettingsError } from '../../lambda/core/shared/errors';
import { contentOf, receivedEvent } from '../../lambda/core/receiving/received-event';
import { parseReceiverSecrets } from '../../lambda/core/receiving/receiver-settings';
import { RecordingLog } from '../fakes/log';
import { ManualClock } from '../fakes/time-and-random';
import { aws, createQueue, newName, received, receivedWithin, sqs } from './local-aws';
import type { ReceivedEvents } from '../../lambda/core/receiving/receptions';

const event = (body: string, source = '/webhooks') =>
  receivedEvent(
    source,
    { kind: 'leapOcr' },
    {
      body: Buffer.from(body),
      content: contentOf(Buffer.from(body)),
      headers: { 'content-type': 'application/json' },
      verified: { scheme: 'leapOcr' },
      receivedAt: 0,
    },
  );
const COMPLETED = event('{"event_id":"evt_1","event_type":"job.completed","n":12345678901234567890}');

async function queueArn(queueUrl: string): Promise<string> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['QueueArn'] }),
  );
  return Attributes!.QueueArn!;
}

/** The largest message that a target says it takes. */
function largest({ maxBytes }: ReceivedEvents) {
  const empty = event('{"event_id":"x","event_type":"y","text":""}', `/${'s'.repeat(255)}`);
  const room = maxBytes - Buffer.byteLength(empty.message);
  return event(`{"event_id":"x","event_type":"y","text":"${'x'.repeat(room)}"}`, empty.source);
}

test('a queue gets the message, and attributes to go by', async () => {
  const url = await createQueue();
  const target = await queueTarget(url);
  await target.send(COMPLETED);
  const [message, ...more] = await received(url);
  expect(more).toEqual([]);
  expect(message!.Body).toBe(COMPLETED.message);
  const text = (StringValue: string) => expect.objectContaining({ DataType: 'String', StringValue }) as unknown;
  expect(message!.MessageAttributes).toEqual({
    source: text('/webhooks'),
    event_id: text('evt_1'),
    event_type: text('job.completed'),
  });
});

test('a queue takes the largest message that it is said to take', async () => {
  const target = await queueTarget(await createQueue());
  await expect(target.send(largest(target))).resolves.toBeUndefined();
});

test("a topic's subscribers get the message, and filter by its attributes", async () => {
  const client = new SNSClient(aws);
  const { TopicArn } = await client.send(new CreateTopicCommand({ Name: newName('topic') }));
  const url = await createQueue();
  await client.send(
    new SubscribeCommand({
      TopicArn,
      Protocol: 'sqs',
      Endpoint: await queueArn(url),
      Attributes: { RawMessageDelivery: 'true', FilterPolicy: JSON.stringify({ event_type: ['job.completed'] }) },
    }),
  );
  const target = await topicTarget(TopicArn!);
  await target.send(event('{"event_id":"evt_0","event_type":"job.started"}'));
  await target.send(COMPLETED);
  await target.send(largest(target));
  const messages = await receivedWithin(url, 1);
  expect(messages.map(({ Body }) => Body)).toEqual([COMPLETED.message]);
});

test('a bus gets the message as detail, under a source and a type that no sender chooses', async () => {
  const client = new EventBridgeClient(aws);
  const bus = newName('bus');
  const url = await createQueue();
  await client.send(new CreateEventBusCommand({ Name: bus }));
  await client.send(
    new PutRuleCommand({
      Name: 'all',
      EventBusName: bus,
      EventPattern: JSON.stringify({
        source: ['cdk-webhooks.receiver'],
        'detail-type': ['webhook.received'],
        detail: { event_type: ['job.completed'] },
      }),
    }),
  );
  await client.send(
    new PutTargetsCommand({ Rule: 'all', EventBusName: bus, Targets: [{ Id: 'queue', Arn: await queueArn(url) }] }),
  );
  const target = await busTarget(bus);
  await target.send(event('{"event_id":"evt_0","event_type":"webhook.event"}'));
  await target.send(COMPLETED);
  await target.send(largest(target));
  const [message, ...more] = await receivedWithin(url, 1);
  expect(more).toEqual([]);
  expect(JSON.parse(message!.Body!)).toMatchObject({
    source: 'cdk-webhooks.receiver',
    'detail-type': 'webhook.received',
    detail: { source: '/webhooks', event_id: 'evt_1', event: { event_type: 'job.completed' } },
  });
});

test('a bus that does not take an event is an error that names the cause', async () => {
  const answer = jest.spyOn(EventBridgeClient.prototype, 'send').mockImplementation(
    () =>
      Promise.resolve({
        $metadata: {},
        FailedEntryCount: 1,
        Entries: [{ ErrorCode: 'ThrottlingException' }],
      }) as never,
  );
  const target = await busTarget('bus');
  const sending = target.send(COMPLETED);
  await expect(sending).rejects.toThrow(PortUnavailable);
  await expect(sending).rejects.toThrow(/ThrottlingException/);
  answer.mockRestore();
});

test('a queue or topic that is not there is an error', async () => {
  const queue = await queueTarget(`${(await createQueue()).replace(/\/[^/]*$/, '')}/not-there`);
  await expect(queue.send(COMPLETED)).rejects.toThrow(/not exist/i);
  const topic = await topicTarget('arn:aws:sns:us-east-1:000000000000:not-there');
  await expect(topic.send(COMPLETED)).rejects.toThrow(/not/i);
});

describe("a receiver's secret", () => {
  async function setUp(text: string) {
    const client = new SecretsManagerClient(aws);
    const name = newName('receiver-secret');
    await client.send(new CreateSecretCommand({ Name: name, SecretString: text }));
    let calls = 0;
    client.middlewareStack.add(
      (next) => (args) => {
        calls += 1;
        return next(args);
      },
      { step: 'initialize' },
    );
    const clock = new ManualClock();
    const log = new RecordingLog();
    return {
      secret: new LatelyReadSecret(client, name, 'receiver secret', parseReceiverSecrets, clock, log),
      put: (value: string) => client.send(new PutSecretValueCommand({ SecretId: name, SecretString: value })),
      remove: () => client.send(new DeleteSecretCommand({ SecretId: name, ForceDeleteWithoutRecovery: true })),
      client,
      clock,
      log,
      calls: () => calls,
    };
  }

  test('is read once a minute, however many requests there are', async () => {
    const { secret, put, clock, calls } = await setUp('old');
    expect(await secret.value()).toEqual(['old']);
    await put('["new","old"]');
    clock.advance(59_999);
    expect(await secret.value()).toEqual(['old']);
    expect(calls()).toBe(2); // one of them is the change
    clock.advance(1);
    expect(await secret.value()).toEqual(['new', 'old']);
  });

  test('is read anew where a signature does not match, at most every 5 s', async () => {
    const { secret, put, clock, calls } = await setUp('old');
    await secret.value();
    await put('new');
    clock.advance(4_999);
    expect(await secret.value(true)).toEqual(['old']);
    clock.advance(1);
    expect(await secret.value(true)).toEqual(['new']);
    for (let request = 0; request < 20; request++) await secret.value(true);
    expect(calls()).toBe(3);
  });

  test('goes on being used for ten minutes while Secrets Manager does not answer', async () => {
    const { secret, client, clock, log } = await setUp('old');
    await secret.value();
    const outage = jest.spyOn(client, 'send').mockImplementation(() => {
      throw new Error('socket hang up');
    });
    clock.advance(600_000);
    expect(await secret.value()).toEqual(['old']);
    expect(log.lines).toEqual([
      expect.objectContaining({ level: 'warn', message: 'receiver secret could not be read again' }),
    ]);
    clock.advance(60_000);
    await expect(secret.value()).rejects.toThrow(PortUnavailable);
    clock.advance(1_000);
    await expect(secret.value()).rejects.toThrow(PortUnavailable);
    outage.mockRestore();
    expect(await secret.value()).toEqual(['old']);
  });

  test('that was spoilt is an error, and not the one that was there before', async () => {
    const { secret, put, clock } = await setUp('old');
    await secret.value();
    await put('[]');
    clock.advance(60_000);
    await expect(secret.value()).rejects.toThrow(SettingsError);
    clock.advance(1_000);
    await expect(secret.value()).rejects.toThrow(SettingsError);
    await put('new');
    expect(await secret.value()).toEqual(['new']);
  });

  test('that was deleted is worth nothing from the next reading on', async () => {
    const { secret, remove, clock } = await setUp('old');
    await secret.value();
    await remove();
    clock.advance(60_000);
    await expect(secret.value()).rejects.toThrow();
    clock.advance(1_000);
    await expect(secret.value()).rejects.toThrow();
  });
});
