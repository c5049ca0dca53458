import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import {
  github,
  hmac,
  leapOcr,
  rekognita,
  type Scheme,
  shopify,
  slack,
  standardWebhooks,
  statusOf,
  stripe,
  VerificationError,
  verify,
  verifyEvent,
} from '../../verify/typescript/verify';
import { bodyOf, headersOf, verificationVectors } from '../vectors/verification';
import { hostileRequest, type HostileRequest } from './hostile-requests';
import { verdictOn } from './kit';

/** All that the kit says of a request that it refuses. */
const MESSAGES = [
  'secrets must be a list of one or two',
  'a secret is (empty, or not a string|not base64 after whsec_)',
  String.raw`there is no [\w-]+ header`,
  String.raw`[\w-]+ is not what its sender would write`,
  'no signature in the request matches the body for any of the given secrets',
  String.raw`the request was signed more than \d+ s from now`,
];

/** How a sender would sign, told a second time and on Node's crypto: a scheme, and the headers that it makes. */
interface Signer {
  readonly name: string;
  readonly scheme: Scheme;
  readonly timed: boolean;
  readonly sign: (secret: string, timestamp: number, body: Uint8Array) => Record<string, string>;
}

const digest = (key: string | Buffer, encoding: 'hex' | 'base64', before: string, body: Uint8Array) =>
  createHmac('sha256', key).update(before).update(body).digest(encoding);
const decoded = (secret: string) => Buffer.from(secret.slice('whsec_'.length), 'base64');

const SIGNERS: readonly Signer[] = [
  {
    name: 'leapOcr',
    scheme: leapOcr,
    timed: true,
    sign: (secret, t, body) => ({
      'X-Webhook-Timestamp': `${t}`,
      'X-Webhook-Signature': digest(secret, 'hex', `${t}.`, body),
      'X-R2-Signature': digest(secret, 'hex', '', body),
    }),
  },
  {
    name: "leapOcr's first generation",
    scheme: leapOcr,
    timed: false,
    sign: (secret, _t, body) => ({ 'X-R2-Signature': digest(secret, 'hex', '', body) }),
  },
  {
    name: 'rekognita',
    scheme: rekognita,
    timed: false,
    sign: (secret, _t, body) => ({ 'X-Rekognita-Signature': digest(secret, 'hex', '', body) }),
  },
  {
    name: 'standardWebhooks',
    scheme: standardWebhooks,
    timed: true,
    sign: (secret, t, body) => ({
      'webhook-id': 'evt_1',
      'webhook-timestamp': `${t}`,
      'webhook-signature': `v1,${digest(decoded(secret), 'base64', `evt_1.${t}.`, body)}`,
    }),
  },
  {
    name: 'github',
    scheme: github,
    timed: false,
    sign: (secret, _t, body) => ({ 'X-Hub-Signature-256': `sha256=${digest(secret, 'hex', '', body)}` }),
  },
  {
    name: 'stripe',
    scheme: stripe,
    timed: true,
    sign: (secret, t, body) => ({ 'Stripe-Signature': `t=${t},v1=${digest(secret, 'hex', `${t}.`, body)}` }),
  },
  {
    name: 'slack',
    scheme: slack,
    timed: true,
    sign: (secret, t, body) => ({
      'X-Slack-Request-Timestamp': `${t}`,
      'X-Slack-Signature': `v0=${digest(secret, 'hex', `v0:${t}:`, body)}`,
    }),
  },
  {
    name: 'shopify',
    scheme: shopify,
    timed: false,
    sign: (secret, _t, body) => ({ 'X-Shopify-Hmac-Sha256': digest(secret, 'base64', '', body) }),
  },
  {
    name: 'hmac',
    scheme: hmac({
      header: 'X-Acme',
      encoding: 'base64',
      prefix: 'a=',
      signedContent: 'timestamp.body',
      timestampHeader: 'X-Time',
    }),
    timed: true,
    sign: (secret, t, body) => ({ 'X-Time': `${t}`, 'X-Acme': `a=${digest(secret, 'base64', `${t}.`, body)}` }),
  },
];

const secrets = fc
  .uint8Array({ minLength: 1, maxLength: 64 })
  .map((bytes) => `whsec_${Buffer.from(bytes).toString('base64')}`);
const timestamps = fc.integer({ min: 0, max: 4_000_000_000 });
const bodies = fc.uint8Array({ maxLength: 300 });

const codeOf = async (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'ok',
    (error: unknown) => (error instanceof VerificationError ? error.code : String(error)),
  );

describe.each(SIGNERS)('$name', ({ scheme, timed, sign }) => {
  test('what is signed is verified, as bytes of any kind and with headers of any kind', async () => {
    await fc.assert(
      fc.asyncProperty(secrets, timestamps, bodies, async (secret, timestamp, body) => {
        const headers = sign(secret, timestamp, body);
        const apart = new Uint8Array(body.length + 8);
        apart.set(body, 3);
        const ofBuffer = body.buffer.slice(body.byteOffset, body.byteOffset + body.byteLength);
        for (const same of [body, Buffer.from(body), apart.subarray(3, 3 + body.length), ofBuffer]) {
          const verified = await verify(scheme, { body: same, headers, secrets: [secret], now: timestamp });
          expect(verified.timestamp).toBe(timed ? timestamp : undefined);
        }
        const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
        for (const same of [
          new Map(Object.entries(headers)),
          new Headers(headers),
          lower,
          Object.fromEntries(lower.map(([name, value]) => [name, [value]])),
        ]) {
          expect(await verify(scheme, { body, headers: same, secrets: [secret], now: timestamp })).toMatchObject({
            scheme: scheme.name,
          });
        }
      }),
    );
  });

  test('a change of one bit of the body, or another secret, is seen', async () => {
    await fc.assert(
      fc.asyncProperty(
        secrets,
        secrets,
        timestamps,
        fc.uint8Array({ minLength: 1, maxLength: 300 }),
        fc.nat(),
        fc.nat(7),
        async (secret, other, timestamp, body, at, bit) => {
          fc.pre(secret !== other);
          const headers = sign(secret, timestamp, body);
          const flipped = Uint8Array.from(body);
          flipped[at % body.length]! ^= 1 << bit;
          expect(await codeOf(verify(scheme, { body: flipped, headers, secrets: [secret], now: timestamp }))).toBe(
            'signature_mismatch',
          );
          expect(await codeOf(verify(scheme, { body, headers, secrets: [other], now: timestamp }))).toBe(
            'signature_mismatch',
          );
          expect(await codeOf(verify(scheme, { body, headers, secrets: [other, secret], now: timestamp }))).toBe('ok');
        },
      ),
    );
  });

  test(
    timed ? 'is taken within the tolerance, and neither before nor after' : 'has no time, so is taken at any',
    async () => {
      await fc.assert(
        fc.asyncProperty(
          secrets,
          timestamps,
          bodies,
          fc.integer({ min: -1000, max: 1000 }),
          fc.nat(600),
          async (secret, timestamp, body, age, toleranceSeconds) => {
            const code = await codeOf(
              verify(scheme, {
                body,
                headers: sign(secret, timestamp, body),
                secrets: [secret],
                now: timestamp + age,
                toleranceSeconds,
              }),
            );
            expect(code).toBe(timed && Math.abs(age) > toleranceSeconds ? 'timestamp_out_of_tolerance' : 'ok');
          },
        ),
      );
    },
  );
});

/** What is signed, taken from the headers without looking at their shape, by the description in docs/verify.md. */
function signedBefore(scheme: string, header: (name: string) => string): string[] {
  switch (scheme) {
    case 'leapOcr':
      return header('x-webhook-signature') === '' ? [''] : [`${header('x-webhook-timestamp')}.`];
    case 'standardWebhooks':
      return ['webhook', 'svix'].map((family) => `${header(`${family}-id`)}.${header(`${family}-timestamp`)}.`);
    case 'stripe':
      return [...header('stripe-signature').matchAll(/t=([0-9]+)/g)].map(([, time]) => `${time}.`);
    case 'slack':
      return [`v0:${header('x-slack-request-timestamp')}:`];
    case 'hmac':
      return ['', `${header('x-acme-time')}.`];
    default:
      return [''];
  }
}

function isSigned({ scheme, headers, secrets: given, ...request }: HostileRequest): boolean {
  const entries = Object.entries(headersOf({ headers })).map(
    ([name, value]) => [name.toLowerCase(), String(value).trim()] as const,
  );
  const all = entries.map(([, value]) => value).join(' ');
  const name = typeof scheme === 'string' ? scheme : 'hmac';
  return given.some((secret) =>
    signedBefore(name, (wanted) =>
      entries
        .filter(([found]) => found === wanted)
        .map(([, value]) => value)
        .join(', '),
    ).some((before) => {
      const mac = createHmac(
        'sha256',
        name === 'standardWebhooks' ? Buffer.from(secret.replace(/^whsec_/, ''), 'base64') : secret,
      )
        .update(before)
        .update(bodyOf(request))
        .digest();
      return all.toLowerCase().includes(mac.toString('hex')) || all.includes(mac.toString('base64'));
    }),
  );
}

test('no request raises anything but the error with a code, and none is verified that nobody signed', async () => {
  await fc.assert(
    fc.asyncProperty(hostileRequest, async (request) => {
      const { expect: end } = await verdictOn(request);
      if (end === 'ok') expect(isSigned(request)).toBe(true);
    }),
    { numRuns: 5000 },
  );
});

test('a header of megabytes is refused without going through it', async () => {
  const started = performance.now();
  for (const value of [
    ' '.repeat(4 << 20) + 'x',
    ','.repeat(4 << 20),
    'v1,'.repeat(2 << 20),
    'a'.repeat(4 << 20),
    'ü'.repeat(1 << 20),
  ]) {
    for (const { scheme, sign } of SIGNERS) {
      const headers = Object.fromEntries(
        Object.keys(sign('whsec_c2VjcmV0', 1, new Uint8Array())).map((name) => [name, value]),
      );
      expect(await codeOf(verify(scheme, { body: '', headers, secrets: ['whsec_c2VjcmV0'] }))).toBe('malformed_header');
    }
  }
  expect(performance.now() - started).toBeLessThan(5000);
});

test("a secret that is none is a fault of one's own, told before anything of the request", async () => {
  for (const given of [undefined, null, 'text', [], [''], [undefined], [1], ['a', 'b', 'c'], { 0: 'a', length: 1 }]) {
    const error: unknown = await verify(rekognita, { body: '', headers: {}, secrets: given as never }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ name: 'VerificationError', code: 'invalid_secret' });
    expect(statusOf(error)).toBe(500);
  }
});

test.each([
  ['missing_header', 400],
  ['malformed_header', 401],
  ['malformed_body', 400],
  ['signature_mismatch', 401],
  ['timestamp_out_of_tolerance', 401],
  ['invalid_secret', 500],
] as const)('%s is answered with %d', (code, status) => {
  expect(statusOf(new VerificationError(code, ''))).toBe(status);
});

test("any other error is a fault of one's own", () => {
  expect([new Error(), undefined, 'text', { code: 'missing_header' }].map(statusOf)).toEqual([500, 500, 500, 500]);
});

test('no message has anything of the secret, the body or a value', async () => {
  for (const vector of verificationVectors().filter(({ expect: end }) => end !== 'ok')) {
    const scheme = SIGNERS.find(({ scheme: { name } }) => name === vector.scheme)?.scheme;
    if (scheme === undefined) continue;
    const error: unknown = await verify(scheme, {
      body: bodyOf(vector),
      headers: headersOf(vector),
      secrets: vector.secrets,
      now: vector.now,
      toleranceSeconds: vector.toleranceSeconds,
    }).catch((thrown: unknown) => thrown);
    expect((error as Error).message).toMatch(new RegExp(`^(${MESSAGES.join('|')})$`));
  }
});

describe('a body', () => {
  const signed = (body: string | Uint8Array) => ({
    'X-Rekognita-Signature': createHmac('sha256', 'secret').update(body).digest('hex'),
  });
  const event = (body: never, signedAs: string | Uint8Array) =>
    verifyEvent(rekognita, { body, headers: signed(signedAs), secrets: ['secret'] });

  test('is parsed as what was signed', async () => {
    expect(await event('{"a":["☃",1]}' as never, '{"a":["☃",1]}')).toEqual({
      scheme: 'rekognita',
      event: { a: ['☃', 1] },
    });
    expect(await event(Buffer.from('null') as never, 'null')).toEqual({ scheme: 'rekognita', event: null });
  });

  test.each([
    ['nothing', ''],
    ['half of it', '{'],
    ['a byte order mark', '\ufeff{}'],
    ['NaN', 'NaN'],
    ['a form', 'a=b'],
  ])('signed, and %s instead of JSON', async (_what, body) => {
    expect(await codeOf(event(body as never, body))).toBe('malformed_body');
  });

  test('signed, and not UTF-8', async () => {
    const bytes = Buffer.from('7b2261223a22ff227d', 'hex');
    expect(await codeOf(event(bytes as never, bytes))).toBe('malformed_body');
  });

  test('that a framework left out is an empty one', async () => {
    for (const none of [undefined, null])
      expect(await codeOf(verify(rekognita, { body: none, headers: signed(''), secrets: ['secret'] }))).toBe('ok');
  });

  test('that something parsed before is told of as such', async () => {
    for (const parsed of [{ a: 1 }, [1, 2], 7, true]) {
      const error: unknown = await event(parsed as never, '').catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(TypeError);
      expect(statusOf(error)).toBe(500);
    }
  });
});

test.each([
  { header: '' },
  { header: 'a b' },
  { header: 'a\n' },
  { header: 'a', encoding: 'base32' },
  { header: 'a', encoding: 'constructor' },
  { header: 'a', signedContent: 'timestamp.body' },
  { header: 'a', timestampHeader: 't' },
  { header: 'a', signedContent: 'body', timestampHeader: 't' },
  { header: 'a', signedContent: 'timestamp.body', timestampHeader: '' },
  { header: 'a', signedContent: 'id.body' },
])('hmac refuses %j', (options) => {
  expect(() => hmac({ encoding: 'hex', ...options } as never)).toThrow(TypeError);
});

test('the current time is the default', async () => {
  jest.useFakeTimers({
    now: 1_773_915_704_999,
    doNotFake: ['queueMicrotask', 'nextTick', 'setImmediate', 'setTimeout'],
  });
  try {
    const { sign } = SIGNERS[0]!;
    const at = (timestamp: number) =>
      codeOf(verify(leapOcr, { body: '', headers: sign('secret', timestamp, Buffer.from('')), secrets: ['secret'] }));
    expect([
      await at(1_773_915_404),
      await at(1_773_915_403),
      await at(1_773_916_004),
      await at(1_773_916_005),
    ]).toEqual(['ok', 'timestamp_out_of_tolerance', 'ok', 'timestamp_out_of_tolerance']);
  } finally {
    jest.useRealTimers();
  }
});
