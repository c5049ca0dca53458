import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import { signingKeys } from '../../lambda/core/signing/secret';
import { signatureHeaders } from '../../lambda/core/signing/signature';
import { parseProfile } from '../../lambda/core/shared/profile';
import { leapOcrSettings } from '../builders/profile';
import { PYTHON } from '../builders/python';
import { signatureVectors, VECTORS_FILE } from './vectors';

const vectors = signatureVectors();
const { signatures: schemes } = parseProfile(leapOcrSettings());

test("the vectors are what Python's hmac makes of them", () => {
  expect(execFileSync(PYTHON, [join(__dirname, 'generate.py')], { encoding: 'utf8' })).toBe(
    readFileSync(VECTORS_FILE, 'utf8'),
  );
});

test('the vectors hold the published example of the Standard Webhooks libraries', () => {
  expect(vectors[0]!.headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=');
});

describe.each(vectors)('$name', ({ secret, eventId, timestamp, body, headers }) => {
  const sign = () => signatureHeaders(schemes, { eventId, timestamp, body: Buffer.from(body) }, [signingKeys(secret)]);

  test('is signed as the vector says, by all schemes of the LeapOCR profile', () => {
    expect(sign()).toEqual(headers);
  });

  test('the Standard Webhooks headers are accepted by its own library', () => {
    jest.useFakeTimers({ now: timestamp * 1000 });
    try {
      const bytes = Buffer.from(body);
      expect(new Webhook(secret).sign(eventId, new Date(timestamp * 1000), bytes)).toBe(sign()['webhook-signature']);
    } finally {
      jest.useRealTimers();
    }
  });
});

test('during a rotation with overlap Standard Webhooks carries both signatures, the other schemes the new one', () => {
  const { eventId, timestamp, body, headers } = vectors[1]!;
  const [fresh, old] = [signingKeys(vectors[1]!.secret), signingKeys(vectors[0]!.secret)];
  const content = { eventId, timestamp, body: Buffer.from(body) };
  const signed = signatureHeaders(schemes, content, [fresh, old]);
  const byOld = signatureHeaders(schemes, content, [old]);
  expect(signed['webhook-signature']).toBe(`${headers['webhook-signature']} ${byOld['webhook-signature']}`);
  expect(signed['X-R2-Signature']).toBe(headers['X-R2-Signature']);
});
