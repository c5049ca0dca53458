import fc from 'fast-check';
import { UnreadableMessage } from '../../../lambda/core/shared/errors';
import type { ChainId, DeliveryId, EventId, SubscriptionId } from '../../../lambda/core/shared/identifiers';
import { TENANT } from '../../builders/subscription';
import {
  type DeliveryMessage,
  formatDeliveryMessage,
  INLINE_MAX_BYTES,
  parseDeliveryMessage,
} from '../../../lambda/core/delivery/delivery-message';

const message: DeliveryMessage = {
  deliveryId: '019d05b9-8e40-7abc-8def-0123456789ab' as DeliveryId,
  tenantId: TENANT,
  subscriptionId: '019d05b9-8e40-7000-8000-000000000001' as SubscriptionId,
  eventId: 'evt_1' as EventId,
  eventType: 'job.completed',
  attempt: 1,
  chain: 'c1' as ChainId,
  arrivedAt: 1_773_915_704_123,
};

test.each([undefined, '', '{"a":1}', '\u2603\u0000"'])(
  'a message with payload %j is read back as it was',
  (payload) => {
    const written = payload === undefined ? message : { ...message, payload };
    expect(parseDeliveryMessage(formatDeliveryMessage(written))).toEqual(written);
  },
);

test("a replay's message is read back as it was", () => {
  const replay = {
    ...message,
    replayId: '019d05b9-8e40-7000-8000-0000000000aa',
    replayOf: '019d05b9-8e40-7abc-8def-000000000000' as DeliveryId,
  };
  expect(parseDeliveryMessage(formatDeliveryMessage(replay))).toEqual(replay);
});

test('whatever the payload, a message is of characters that SQS takes, and is read back as it was', () => {
  // AWS, "SendMessage": #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF
  const taken = /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u;
  const awkward = fc.constantFrom('\uFFFE', '\uFFFF', '\u0000', '\u007F', '\u2028', '\\', '\\uffff');
  fc.assert(
    fc.property(
      fc.array(fc.oneof(awkward, fc.string({ unit: 'binary' }))).map((parts) => parts.join('')),
      (payload) => {
        const body = formatDeliveryMessage({ ...message, payload });
        expect(body).toMatch(taken);
        expect(parseDeliveryMessage(body).payload).toBe(payload);
      },
    ),
  );
});

test('a message over 16 KiB carries a reference instead of its payload', () => {
  expect(INLINE_MAX_BYTES).toBe(16_384);
  const room = INLINE_MAX_BYTES - Buffer.byteLength(formatDeliveryMessage({ ...message, payload: '' }));
  expect(parseDeliveryMessage(formatDeliveryMessage({ ...message, payload: 'x'.repeat(room) })).payload).toHaveLength(
    room,
  );
  expect(
    parseDeliveryMessage(formatDeliveryMessage({ ...message, payload: 'x'.repeat(room + 1) })).payload,
  ).toBeUndefined();
});

test.each([
  ['no JSON', 'x', /not JSON/],
  [
    'a format to come',
    formatDeliveryMessage(message).replace('"v":1', '"v":2'),
    /has format version 2, this function reads 1/,
  ],
  [
    'a missing field',
    formatDeliveryMessage(message).replace('"event"', '"x"'),
    /the field "event" of the .* message is not text/,
  ],
])('%s is not read', (_what, body, reason) => {
  expect(() => parseDeliveryMessage(body)).toThrow(UnreadableMessage);
  expect(() => parseDeliveryMessage(body)).toThrow(reason);
});

test('a field that a later version adds to the format does not stop this one', () => {
  expect(parseDeliveryMessage(formatDeliveryMessage(message).replace('{', '{"later":1,'))).toEqual(message);
});
