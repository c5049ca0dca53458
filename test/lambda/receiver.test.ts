import { ReceptionLog } from '../../lambda/adapters/powertools/reception-log';
import type { InvocationMetrics } from '../../lambda/adapters/powertools/observability';
import type { Reception } from '../../lambda/core/receiving/receive';
import { answerOf, type ReceiverEvent, requestOf } from '../../lambda/receiver/lambda-event';

const event = (changes: Partial<ReceiverEvent>): ReceiverEvent => ({
  routeKey: 'POST /webhooks',
  headers: { 'content-type': 'application/json' },
  isBase64Encoded: false,
  requestContext: { requestId: 'r' },
  ...changes,
});

describe('a request', () => {
  test.each<[string, Partial<ReceiverEvent>, Buffer]>([
    ['text', { body: 'рахунок' }, Buffer.from('рахунок')],
    ['bytes', { body: '//4ACg==', isBase64Encoded: true }, Buffer.from([0xff, 0xfe, 0x00, 0x0a])],
    ['nothing', {}, Buffer.alloc(0)],
  ])('of %s has the bytes that were sent', (_what, changes, bytes) => {
    expect(requestOf(event(changes))).toEqual({ headers: { 'content-type': 'application/json' }, body: bytes });
  });
});

const RECEPTIONS: [Reception, number, object, string | undefined, string][] = [
  [{ outcome: 'received', eventId: 'evt_1' }, 200, { received: true }, undefined, 'WebhooksReceived'],
  [{ outcome: 'duplicate', eventId: 'evt_1' }, 200, { received: true }, undefined, 'WebhooksRepeated'],
  [
    { outcome: 'refused', status: 401, code: 'signature_mismatch', reason: 'no' },
    401,
    { received: false, error: { message: 'no', code: 'signature_mismatch' } },
    undefined,
    'WebhooksRefused',
  ],
  [
    { outcome: 'overlapping', status: 503, code: 'copy_in_progress', reason: 'wait', retryAfterSeconds: 30 },
    503,
    { received: false, error: { message: 'wait', code: 'copy_in_progress' } },
    '30',
    'WebhooksOverlapping',
  ],
  [
    { outcome: 'unavailable', status: 503, code: 'target_unavailable', reason: 'again', retryAfterSeconds: 10 },
    503,
    { received: false, error: { message: 'again', code: 'target_unavailable' } },
    '10',
    'WebhooksNotTaken',
  ],
  [
    { outcome: 'unavailable', status: 500, code: 'invalid_secret', reason: 'not set up' },
    500,
    { received: false, error: { message: 'not set up', code: 'invalid_secret' } },
    undefined,
    'WebhooksNotTaken',
  ],
];

test.each(RECEPTIONS)('%j is answered with %i', (reception, status, body, retryAfter) => {
  const answer = answerOf(reception) as { statusCode: number; headers: Record<string, string>; body: string };
  expect([answer.statusCode, JSON.parse(answer.body)]).toEqual([status, body]);
  expect(answer.headers['retry-after']).toBe(retryAfter);
  expect(answer.headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'no-store' });
});

test('a challenge is answered with itself', () => {
  expect(JSON.parse((answerOf({ outcome: 'challenge', challenge: 'abc' }) as { body: string }).body)).toEqual({
    challenge: 'abc',
  });
});

test.each(RECEPTIONS)(
  '%j is one line of the log, and one in its metric',
  (reception, _status, _body, _retryAfter, metric) => {
    const counts: Record<string, number> = {};
    let published = 0;
    const metrics = {
      count(name: string, value: number) {
        counts[name] = value;
        return metrics;
      },
      publish: () => (published += 1),
    } as unknown as InvocationMetrics;
    const lines: string[] = [];
    const print = jest.spyOn(console, 'info').mockImplementation((line: string) => void lines.push(line));
    new ReceptionLog('service', metrics).record({ requestId: 'r', source: '/webhooks', reception, latencyMs: 3 });
    print.mockRestore();
    expect(Object.entries(counts).filter(([, value]) => value > 0)).toEqual([[metric, 1]]);
    expect(Object.keys(counts)).toHaveLength(5);
    expect(published).toBe(1);
  },
);
