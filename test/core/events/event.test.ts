import fc from 'fast-check';
import { EventRejected } from '../../../lambda/core/shared/errors';
import { EVENT_MAX_BYTES, parseEvent } from '../../../lambda/core/events/event';
import { COMPLETED, eventMessage } from '../../builders/event';

const rules = { tenantParts: 2, eventTypes: new Set(['job.created', 'job.completed']) };

function faultOf(body: string): EventRejected {
  try {
    parseEvent(body, rules);
  } catch (error) {
    if (error instanceof EventRejected) return error;
    throw error;
  }
  throw new Error('the event was taken');
}

test('an event that fits the contract is taken as it is', () => {
  expect(
    parseEvent(eventMessage({ occurred_at: '2026-03-19T10:21:44Z', webhook_url: 'https://a.example.com/' }), rules),
  ).toEqual({
    eventId: COMPLETED.event_id,
    eventType: 'job.completed',
    tenantId: 'org_123/team_456',
    payload: JSON.stringify(COMPLETED),
    webhookUrl: 'https://a.example.com/',
    occurredAt: '2026-03-19T10:21:44Z',
  });
});

describe('a message that does not fit is rejected with its field and what to do', () => {
  test.each([
    ['not JSON', '{"event_id": ', 'body', /is not JSON/],
    ['empty', '', 'body', /is not JSON/],
    ['an array', '[]', 'body', /must be a JSON object/],
    ['a number', '12345678901234567890', 'body', /must be a JSON object/],
    ['no event_id', eventMessage({ event_id: undefined }), 'event_id', /is required/],
    ['a number for an event_id', eventMessage({ event_id: 7 }), 'event_id', /must be a string/],
    ['a wrong event_id', eventMessage({ event_id: 'a b' }), 'event_id', /1 to 128 characters/],
    [
      'an unknown event_type',
      eventMessage({ event_type: 'job.exploded' }),
      'event_type',
      /"job.exploded" is not in the event catalog \(job.created, job.completed\)/,
    ],
    ['a tenant of one part', eventMessage({ tenant_id: 'org_123' }), 'tenant_id', /has 1 part .*have 2/],
    ['no tenant_id', eventMessage({ tenant_id: undefined }), 'tenant_id', /is required/],
    ['no payload', eventMessage({ payload: undefined }), 'payload', /is required/],
    ['an array as payload', eventMessage({ payload: [] }), 'payload', /must be an object or a string/],
    ['null as payload', eventMessage({ payload: null }), 'payload', /must be an object or a string/],
    [
      'a huge number as payload',
      eventMessage({ payload: 0 }).replace('"payload":0', '"payload":12345678901234567890'),
      'payload',
      /must be an object or a string/,
    ],
    ['an unpaired surrogate', eventMessage({ payload: '\ud800' }), 'payload', /unpaired surrogate/],
    ['a wrong time', eventMessage({ occurred_at: 'yesterday' }), 'occurred_at', /RFC 3339/],
    ['a field without a name', eventMessage({ '': 1 }), 'body', /is not an allowed field name/],
    [
      'a misspelt field',
      eventMessage({ webhookUrl: 'https://a.example.com/' }),
      'webhookUrl',
      /is not a field of an event\. Fields: .*webhook_url/,
    ],
    [
      'a long URL',
      eventMessage({ webhook_url: `https://a.example.com/${'x'.repeat(2048)}` }),
      'webhook_url',
      /at most 2048/,
    ],
    ['too large', eventMessage({ payload: 'x'.repeat(EVENT_MAX_BYTES) }), 'body', /At most 983040 are allowed/],
    [
      'deeper than the stack',
      `{"payload":${'{"a":'.repeat(400_000)}1${'}'.repeat(400_001)}`,
      'body',
      /too deeply|is not JSON|At most/,
    ],
  ])('%s', (_what, body, field, reason) => {
    const fault = faultOf(body);
    expect(fault.field).toBe(field);
    expect(fault.message).toMatch(reason);
    expect(fault.message.length).toBeLessThan(400);
  });

  test('an event just within the size is taken', () => {
    const room = EVENT_MAX_BYTES - Buffer.byteLength(eventMessage({ payload: '' }));
    expect(parseEvent(eventMessage({ payload: 'x'.repeat(room) }), rules).payload).toHaveLength(room);
    expect(faultOf(eventMessage({ payload: 'x'.repeat(room + 1) })).field).toBe('body');
  });
});

describe('the payload', () => {
  test('a string is sent byte for byte', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (payload) => {
        expect(parseEvent(eventMessage({ payload }), rules).payload).toBe(payload);
      }),
    );
  });

  test('an object keeps its value', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (payload) => {
        expect(JSON.parse(parseEvent(eventMessage({ payload }), rules).payload)).toEqual(
          JSON.parse(JSON.stringify(payload)),
        );
      }),
    );
  });

  test.each([
    '12345678901234567890',
    '1.10',
    '1.0',
    '-0',
    '1e400',
    '1E2',
    '0.1000000000000000055511151231257827',
    '123456789012345.678',
    '9007199254740993',
  ])('the number %s keeps its digits', (number) => {
    // No other digits in the message: nothing but this number decides how it is parsed.
    const body = `{"event_id":"e","event_type":"job.completed","tenant_id":"o/t","payload":{"a":[{"b":${number}}]}}`;
    expect(parseEvent(body, rules).payload).toBe(`{"a":[{"b":${number}}]}`);
  });

  test('a key that JavaScript treats specially stays', () => {
    const body = eventMessage({ payload: {} }).replace(
      '"payload":{}',
      '"payload":{"__proto__":{"a":1},"constructor":2}',
    );
    expect(parseEvent(body, rules).payload).toBe('{"__proto__":{"a":1},"constructor":2}');
  });
});
