import { parsePeek } from '../../local/queued-messages';

const queueUrl = 'http://127.0.0.1:4566/000000000000/deliveries';
const raw = {
  MessageId: 'm1',
  Body: '{}',
  MD5OfBody: 'x',
  SentTimestamp: 100,
  VisibleAt: 160,
  IsVisible: false,
  ReceiveCount: 0,
  Attributes: { SenderId: '000000000000', SentTimestamp: '100250' },
  MessageAttributes: {},
  MessageGroupId: null,
};
const answer = (message: object) => ({ messages: { '000000000000': { 'us-east-1': { [queueUrl]: [message] } } } });

describe("the emulator's queues", () => {
  test('a delayed message is due at the fraction of a second at which it was sent', () => {
    const [message] = parsePeek(answer(raw));
    expect(message).toMatchObject({ id: 'm1', queueName: 'deliveries', receiveCount: 0 });
    expect(message?.visibleAt).toBeCloseTo(160.251, 6);
  });

  test('of a received one only the second is known, and it is never taken for due too early', () => {
    expect(parsePeek(answer({ ...raw, ReceiveCount: 2 }))[0]?.visibleAt).toBe(161);
  });

  test('message attributes are read as strings', () => {
    const attributes = { reason: { DataType: 'String', StringValue: 'event_type: unknown' } };
    expect(parsePeek(answer({ ...raw, MessageAttributes: attributes }))[0]?.attributes).toEqual({
      reason: 'event_type: unknown',
    });
  });

  test('another shape is an error and not an empty queue', () => {
    expect(() => parsePeek({ messages: { a: { b: { c: [{}] } } } })).toThrow('MessageId');
  });
});
