import type { SignatureScheme } from '../../../lambda/core/shared/profile';
import { formatSecret, signingKeys } from '../../../lambda/core/signing/secret';
import {
  describeScheme,
  headerNames,
  keyTypeOf,
  schemeHeaders,
  signedHeaders,
} from '../../../lambda/core/signing/schemes';
import { checkCustomHeaders } from '../../../lambda/core/subscriptions/custom-headers';

const KEYS = [signingKeys(formatSecret(Buffer.alloc(32, 7)))] as const;
const CONTENT = { eventId: 'evt_1', timestamp: 1_773_915_704, body: Buffer.from('{}') };
const STANDARD: SignatureScheme = { kind: 'standard-webhooks' };
const HMAC: SignatureScheme = {
  kind: 'hmac',
  header: 'X-Acme-Signature',
  encoding: 'hex',
  prefix: 'sha256=',
  content: 'timestamp.body',
  timestampHeader: 'X-Acme-Time',
};
const ALL = [STANDARD, HMAC];

test.each(ALL)('$kind writes exactly the headers that its entry names', (scheme) => {
  expect(Object.keys(signedHeaders(scheme, CONTENT, KEYS))).toEqual(schemeHeaders([scheme]).map(({ name }) => name));
});

test.each(ALL)('no header that $kind writes can be set by an owner', (scheme) => {
  for (const { name } of schemeHeaders([scheme])) {
    expect(() => checkCustomHeaders({ [name]: 'x' }, { headers: {}, signatures: [scheme] })).toThrow(
      `headers.${name}: is a header that the sender or the connection sets. Choose another name`,
    );
  }
});

test('a scheme says how a receiver verifies it', () => {
  expect(describeScheme(HMAC)).toEqual({
    encoding: 'hex',
    prefix: 'sha256=',
    signedContent: 'timestamp.body',
    several: false,
  });
  expect(headerNames(HMAC)).toEqual({ timestamp: 'X-Acme-Time', signature: 'X-Acme-Signature' });
  expect(keyTypeOf(HMAC)).toBe('text');
  expect(describeScheme(STANDARD)).toEqual({
    encoding: 'base64',
    prefix: 'v1,',
    signedContent: 'id.timestamp.body',
    several: true,
    specification: 'Standard Webhooks 1.0.0',
  });
  expect(headerNames(STANDARD)).toEqual({
    'event-id': 'webhook-id',
    timestamp: 'webhook-timestamp',
    signature: 'webhook-signature',
  });
  expect(keyTypeOf(STANDARD)).toBe('decoded');
});
