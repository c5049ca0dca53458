import { createHmac } from 'node:crypto';
import { checkSignatures } from '../../local/signature-check';

const NOW = 1_800_000_000;
const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const BODY = Buffer.from('{"event_type":"job.completed","name":"Grüße"}');

const hex = (content: string): string => createHmac('sha256', SECRET).update(content).digest('hex');
const base64 = (content: string): string => createHmac('sha256', Buffer.alloc(32, 7)).update(content).digest('base64');

function headers(at = NOW): Record<string, string> {
  return {
    'x-r2-signature': hex(BODY.toString()),
    'x-webhook-timestamp': String(at),
    'x-webhook-signature': hex(`${at}.${BODY.toString()}`),
    'webhook-id': 'evt_1',
    'webhook-timestamp': String(at),
    'webhook-signature': `v1,b3RoZXI= v1,${base64(`evt_1.${at}.${BODY.toString()}`)}`,
  };
}

const verdicts = (given: Record<string, string>, body = BODY, secret = SECRET) =>
  checkSignatures(secret, given, body, NOW).map(({ valid, reason }) => reason ?? valid);

describe('the demo receiver', () => {
  test('takes all three signatures of the right bytes, one of several in the Standard Webhooks header', () => {
    expect(verdicts(headers())).toEqual([true, true, true]);
  });

  test('refuses other bytes and another secret', () => {
    const wrong = [
      'the signature is of other bytes or by another secret',
      'the signature is of other bytes or by another secret',
      'no signature is of these bytes by this secret',
    ];
    expect(verdicts(headers(), Buffer.from(BODY.toString().replace('ü', 'u')))).toEqual(wrong);
    expect(verdicts(headers(), BODY, `whsec_${Buffer.alloc(32, 8).toString('base64')}`)).toEqual(wrong);
  });

  test('refuses timestamps that are more than five minutes away, where the scheme has one', () => {
    expect(verdicts(headers(NOW - 301))).toEqual([true, 'the timestamp is 301 s away', 'the timestamp is 301 s away']);
    expect(verdicts(headers(NOW + 299))).toEqual([true, true, true]);
  });

  test('names a missing header', () => {
    expect(verdicts({})).toEqual(['the header is missing', 'the header is missing', 'the header is missing']);
    expect(verdicts({ ...headers(), 'webhook-id': '' })[2]).toBe('the header webhook-id is missing');
  });
});
