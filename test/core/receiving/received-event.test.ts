import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { contentOf, receivedEvent, type RequestHeaders } from '../../../lambda/core/receiving/received-event';
import {
  parseReceiverSecrets,
  parseReceiverSettings,
  type ReceiverScheme,
} from '../../../lambda/core/receiving/receiver-settings';

const AT = Date.parse('2026-03-19T10:21:44Z');

function received(scheme: ReceiverScheme, body: string | Uint8Array, headers: RequestHeaders = {}, id?: string) {
  const event = receivedEvent('/webhooks', scheme, {
    body: Buffer.from(body),
    content: contentOf(Buffer.from(body)),
    headers,
    verified: { scheme: scheme.kind, ...(id !== undefined && { id }) },
    receivedAt: AT,
  });
  return { ...event, message: JSON.parse(event.message) as Record<string, unknown> };
}

describe('which event it is', () => {
  test.each<[ReceiverScheme, string, RequestHeaders, string | undefined, string, string | undefined]>([
    [{ kind: 'leapOcr' }, '{"event_id":"evt_1","event_type":"job.failed"}', {}, undefined, 'evt_1', 'job.failed'],
    [{ kind: 'standardWebhooks' }, '{"type":"invoice.paid","id":"not this"}', {}, 'msg_1', 'msg_1', 'invoice.paid'],
    [{ kind: 'github' }, '{"action":"opened"}', { 'x-github-event': 'issues' }, '72d3162e', '72d3162e', 'issues'],
    [{ kind: 'stripe' }, '{"id":"evt_1","type":"charge.refunded"}', {}, undefined, 'evt_1', 'charge.refunded'],
    [{ kind: 'slack' }, '{"event_id":"Ev1","event":{"type":"app_mention"}}', {}, undefined, 'Ev1', 'app_mention'],
    [{ kind: 'shopify' }, '{"id":7}', { 'x-shopify-topic': 'orders/create' }, 'b54', 'b54', 'orders/create'],
    [
      { kind: 'hmac', header: 'X', encoding: 'hex', event: { idHeader: 'X-Event', typeField: 'a.b.c' } },
      '{"a":{"b":{"c":"t"}}}',
      { 'x-event': 'e' },
      undefined,
      'e',
      't',
    ],
    [
      { kind: 'hmac', header: 'X', encoding: 'hex', event: { idField: 'event.id', typeHeader: 'X-Type' } },
      '{"event":{"id":"e"}}',
      { 'x-type': 't' },
      undefined,
      'e',
      't',
    ],
  ])('%j', (scheme, body, headers, signedId, eventId, eventType) => {
    expect(received(scheme, body, headers, signedId)).toMatchObject({
      eventId,
      eventType,
      message: { event_id: eventId, event_type: eventType },
    });
  });

  test.each([
    ['no id', '{}'],
    ['an id that is a number', '{"event_id":7}'],
    ['an id that is empty', '{"event_id":""}'],
    ['an id of 257 characters', JSON.stringify({ event_id: 'x'.repeat(257) })],
    ['an id with a line break', '{"event_id":"a\\nb"}'],
    ['an id that it inherits', '{"event_type":"x"}'],
    ['null', 'null'],
    ['no JSON', 'event_id=evt_1'],
  ])('with %s it is known by its bytes', (_what, body) => {
    const { eventId } = received({ kind: 'leapOcr' }, body);
    expect(eventId).toBe(`sha256:${createHash('sha256').update(body).digest('hex')}`);
  });

  test('a partial document is another than the next of the same document', () => {
    const ids = ['1', '2'].map(
      (text) =>
        received(
          { kind: 'rekognita' },
          JSON.stringify({ event: 'document.partial', document_id: 'doc_1', result: { text } }),
        ).eventId,
    );
    expect(new Set(ids).size).toBe(2);
  });

  test("a field's name is never one that every object has", () => {
    expect(
      received({ kind: 'hmac', header: 'X', encoding: 'hex', event: { typeField: 'constructor.name' } }, '{}')
        .eventType,
    ).toBeUndefined();
  });
});

describe('the message', () => {
  test('holds JSON as it came: no digit and no key is lost', () => {
    const body = '\n{"n":12345678901234567890.10, "n":1e400, "s":"\\u2028\\ud800"}\t';
    const { message } = receivedEvent(
      '/webhooks',
      { kind: 'github' },
      {
        body: Buffer.from(body),
        content: contentOf(Buffer.from(body)),
        headers: {},
        verified: { scheme: 'github' },
        receivedAt: AT,
      },
    );
    expect(message).toContain(`"event":${body.trim()}}`);
  });

  test('holds text as text, and other bytes in base64', () => {
    expect(received({ kind: 'slack' }, 'command=%2Fhi').message).toMatchObject({ body: 'command=%2Fhi' });
    expect(received({ kind: 'github' }, new Uint8Array([0xff, 0x00])).message).toMatchObject({ body_base64: '/wA=' });
    expect(received({ kind: 'github' }, '').message).toMatchObject({ body: '' });
    expect(received({ kind: 'github' }, '\ufeff{}').message).toMatchObject({ body: '\ufeff{}' });
  });

  test('any body and any headers make JSON that SQS takes, from which the body comes back', () => {
    const sqs = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.json());
    fc.assert(
      fc.property(
        fc.oneof(
          text.map((each) => Buffer.from(each)),
          fc.uint8Array().map((each) => Buffer.from(each)),
        ),
        fc.string({ unit: 'binary-ascii' }),
        (body, type) => {
          const { message } = receivedEvent(
            '/a',
            { kind: 'github' },
            {
              body,
              content: contentOf(body),
              headers: { 'content-type': type },
              verified: { scheme: 'github', id: 'e' },
              receivedAt: AT,
            },
          );
          expect(message).toMatch(sqs);
          const parsed = JSON.parse(message) as {
            event?: unknown;
            body?: string;
            body_base64?: string;
            content_type: string;
          };
          expect(parsed.content_type).toBe(type);
          if (parsed.body_base64 !== undefined) expect(Buffer.from(parsed.body_base64, 'base64')).toEqual(body);
          else if (parsed.body !== undefined) expect(Buffer.from(parsed.body)).toEqual(body);
          else expect(parsed.event).toEqual(JSON.parse(body.toString()));
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('settings', () => {
  const source = {
    path: '/webhooks',
    scheme: { kind: 'leapOcr' },
    secret: 's',
    target: { kind: 'queue', address: 'q' },
    maxBodyBytes: 1,
    toleranceSeconds: 300,
  };

  test.each([
    ['another version', { version: 2, deduplicationSeconds: 60, sources: [source] }],
    ['no source', { version: 1, deduplicationSeconds: 60, sources: [] }],
    ['an unknown scheme', { version: 1, deduplicationSeconds: 60, sources: [{ ...source, scheme: { kind: 'md5' } }] }],
    [
      'an unknown target',
      { version: 1, deduplicationSeconds: 60, sources: [{ ...source, target: { kind: 'file', address: 'f' } }] },
    ],
  ])('with %s are refused', (_what, settings) => {
    expect(() => parseReceiverSettings(JSON.stringify(settings))).toThrow(
      /^RECEIVER_SETTINGS: .*; construct and function versions differ, redeploy the stack$/,
    );
  });

  test.each([
    ['a text', 'whsec_a\n', ['whsec_a']],
    ['a list of one', '["whsec_a"]', ['whsec_a']],
    ['a list of two', ' ["whsec_a", "whsec_b"]', ['whsec_a', 'whsec_b']],
  ])('a secret is %s', (_what, text, secrets) => {
    expect(parseReceiverSecrets(text)).toEqual(secrets);
  });

  test.each([
    [undefined],
    [''],
    [' '],
    ['[]'],
    ['["a","b","c"]'],
    ['["a",""]'],
    ['["a",7]'],
    ['["whsec_a"'],
    ['{"secret":"whsec_a"}'],
    ['[["a"]]'],
  ])('%j is no secret, and no error says what it is', (text) => {
    expect(() => parseReceiverSecrets(text)).toThrow(
      /^the secret is neither a text nor a JSON list of one or two texts$/,
    );
  });
});
