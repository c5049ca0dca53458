import type { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { SqsEventQueue } from '../../../lambda/adapters/sqs/event-queue';
import { EVENT_MAX_BYTES } from '../../../lambda/core/events/event';
import { TENANT } from '../../builders/subscription';
import { RecordingLog } from '../../fakes/log';

type Input = SendMessageBatchCommand['input'];

function setUp(answer: (input: Input) => object = () => ({})) {
  const inputs: Input[] = [];
  const client = {
    send: ({ input }: SendMessageBatchCommand) =>
      Promise.resolve().then(() => {
        inputs.push(input);
        return answer(input);
      }),
  } as unknown as SQSClient;
  const log = new RecordingLog();
  return { inputs, log, queue: new SqsEventQueue(client, 'https://queue', log) };
}

test('a hundred events go ten at a time, in the group of their tenant', async () => {
  const { inputs, queue } = setUp();
  const messages = Array.from({ length: 100 }, (_unused, index) => `{"n":${index}}`);
  expect(await queue.publish(TENANT, messages)).toEqual(messages.map(() => 'sent'));
  expect(inputs.map(({ Entries }) => Entries!.length)).toEqual(Array(10).fill(10));
  expect(inputs.flatMap(({ Entries }) => Entries!.map(({ MessageBody }) => MessageBody))).toEqual(messages);
  expect(new Set(inputs.flatMap(({ Entries }) => Entries!.map(({ MessageGroupId }) => MessageGroupId)))).toEqual(
    new Set([TENANT]),
  );
});

test('a batch stays within what SQS takes, in bytes', async () => {
  const { inputs, queue } = setUp();
  const [large, wide, small] = ['x'.repeat(EVENT_MAX_BYTES), 'ü'.repeat(200_000), 'y'.repeat(1000)];
  await queue.publish(TENANT, [small, large, wide, wide, small]);
  const sizes = inputs.map(({ Entries }) =>
    Entries!.reduce((sum, { MessageBody }) => sum + Buffer.byteLength(MessageBody!), 0),
  );
  expect(Math.max(...sizes)).toBeLessThanOrEqual(1024 * 1024);
  expect(inputs).toHaveLength(2);
});

test('what a queue refuses is told from what it took', async () => {
  const { log, queue } = setUp(() => ({ Failed: [{ Id: '1', Code: 'InternalError' }] }));
  expect(await queue.publish(TENANT, ['a', 'b', 'c'])).toEqual(['sent', 'refused', 'sent']);
  expect(log.lines).toMatchObject([{ level: 'warn', fields: { count: 1, error: 'InternalError' } }]);
});

test('what is not answered may be there', async () => {
  const { queue } = setUp(() => {
    throw new Error('timed out');
  });
  expect(await queue.publish(TENANT, ['a', 'b'])).toEqual(['unanswered', 'unanswered']);
});

test('characters that SQS does not take are escaped', async () => {
  const { inputs, queue } = setUp();
  await queue.publish(TENANT, [JSON.stringify({ text: '\uFFFE\uFFFF' })]);
  const body = inputs[0]!.Entries![0]!.MessageBody!;
  expect(body).not.toMatch(/[\uFFFE\uFFFF]/);
  expect(JSON.parse(body)).toEqual({ text: '\uFFFE\uFFFF' });
});
