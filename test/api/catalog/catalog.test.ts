/**
 * What a customer's page asks before there is a webhook: whether a URL may be one's, and how deliveries will be signed.
 */
import { hmac, leapOcr, rekognita, type Scheme, standardWebhooks, verify } from '../../../verify/typescript/verify';
import type { DescribedScheme } from '../../../lambda/api/catalog/signature-scheme-resource';
import type { Profile } from '../../../lambda/core/shared/profile';
import { signingKeys } from '../../../lambda/core/signing/secret';
import { signatureHeaders } from '../../../lambda/core/signing/signature';
import { LEAPOCR_PROFILE, REKOGNITA_PROFILE, STANDARD_PROFILE } from '../../builders/profile';
import { type Harness, setUp, T } from '../harness';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const BODY = Buffer.from('{"a":1}');
const NOW = 1_773_915_704;
const CUSTOM: Profile = {
  ...STANDARD_PROFILE,
  signatures: [
    {
      kind: 'hmac',
      header: 'X-Acme-Signature',
      encoding: 'base64',
      prefix: 'sha256=',
      content: 'timestamp.body',
      timestampHeader: 'X-Acme-Time',
    },
    { kind: 'hmac', header: 'X-Rekognita-Signature', encoding: 'base64', prefix: '', content: 'body' },
    { kind: 'hmac', header: 'X-Webhook-Signature', encoding: 'hex', prefix: '', content: 'body' },
  ],
};
const OTHER_TIME: Profile = {
  ...STANDARD_PROFILE,
  signatures: [
    {
      kind: 'hmac',
      header: 'X-Webhook-Signature',
      encoding: 'hex',
      prefix: '',
      content: 'timestamp.body',
      timestampHeader: 'X-Acme-Time',
    },
  ],
};

let api: Harness;
beforeEach(() => {
  api = setUp();
});

describe('GET /webhooks/signature-schemes', () => {
  const schemesOf = async (profile: Profile) =>
    (await setUp({ profile }).call('GET', '/webhooks/signature-schemes')).json as {
      schemes: DescribedScheme[];
      user_agent: string;
    };

  test('says all that LeapOCR’s deliveries are signed by', async () => {
    expect(await schemesOf(LEAPOCR_PROFILE)).toEqual({
      schemes: [
        { kind: 'leapocr', signature_header: 'x-r2-signature', encoding: 'hex', signed_content: 'body' },
        {
          kind: 'leapocr',
          signature_header: 'x-webhook-signature',
          timestamp_header: 'x-webhook-timestamp',
          encoding: 'hex',
          signed_content: 'timestamp.body',
        },
        {
          kind: 'standard-webhooks',
          signature_header: 'webhook-signature',
          timestamp_header: 'webhook-timestamp',
          id_header: 'webhook-id',
          encoding: 'base64',
          prefix: 'v1,',
          signed_content: 'id.timestamp.body',
        },
      ],
      user_agent: 'LeapOCR-Webhook/1.0',
    });
  });

  // What is said is enough: the receiver kit, made of nothing else, verifies what the sender signs.
  const kitSchemeOf = ({
    kind,
    signature_header: header,
    encoding,
    prefix,
    signed_content: content,
    timestamp_header: timestampHeader,
  }: DescribedScheme): Scheme => {
    if (kind !== 'hmac') return { leapocr: leapOcr, rekognita, 'standard-webhooks': standardWebhooks }[kind];
    return content === 'body'
      ? hmac({ header, encoding, ...(prefix !== undefined && { prefix }) })
      : hmac({
          header,
          encoding,
          ...(prefix !== undefined && { prefix }),
          signedContent: 'timestamp.body',
          timestampHeader: timestampHeader!,
        });
  };
  const CASES: [string, Profile, string[]][] = [
    ['LeapOCR', LEAPOCR_PROFILE, ['leapocr', 'leapocr', 'standard-webhooks']],
    ['Rekognita', REKOGNITA_PROFILE, ['rekognita', 'standard-webhooks']],
    ['Standard Webhooks', STANDARD_PROFILE, ['standard-webhooks']],
    ['a platform whose headers are called as another’s, and mean something else', CUSTOM, ['hmac', 'hmac', 'hmac']],
    ['a platform that says the time elsewhere', OTHER_TIME, ['hmac']],
  ];
  test.each(CASES)('of %s: the receiver kit verifies each by what is said of it', async (_name, profile, kinds) => {
    const { schemes } = await schemesOf(profile);
    expect(schemes.map(({ kind }) => kind)).toEqual(kinds);
    const sent = signatureHeaders(profile.signatures, { eventId: 'event-1', timestamp: NOW, body: BODY }, [
      signingKeys(SECRET),
    ]);
    for (const scheme of schemes) {
      const named = [scheme.signature_header, scheme.timestamp_header, scheme.id_header];
      const headers = Object.entries(sent).filter(([name]) => named.includes(name.toLowerCase()));
      const request = { headers, secrets: [SECRET], now: NOW };
      await expect(verify(kitSchemeOf(scheme), { ...request, body: BODY })).resolves.toMatchObject({
        scheme: expect.any(String) as string,
      });
      await expect(verify(kitSchemeOf(scheme), { ...request, body: '{"a":2}' })).rejects.toThrow();
      const [, first = ''] = headers.find(([name]) => name.toLowerCase() === scheme.signature_header)!;
      expect(first.startsWith(scheme.prefix ?? '')).toBe(true);
    }
  });
});

describe('POST /webhooks/check-url', () => {
  const check = (url: unknown) => api.call('POST', `${T}/webhooks/check-url`, { body: { url } });

  test.each(['https://hooks.example.com/leapocr', 'https://hooks.example.com', 'HTTPS://Hooks.Example.COM:443/?a=b'])(
    '%s may be a webhook’s',
    async (url) => {
      expect(await check(url)).toMatchObject({ status: 200, json: { acceptable: true } });
    },
  );

  test.each([
    '',
    'h',
    'hooks.example.com',
    'http://hooks.example.com/',
    'https://203.0.113.7/',
    'https://localhost/',
    'https://me:you@hooks.example.com/',
    'https://hooks.example.com:8443/',
    'https://hooks.internal/',
    `https://hooks.example.com/${'x'.repeat(2100)}`,
  ])('%s may not, and the reason is the one that making it would give', async (url) => {
    const { json } = await check(url);
    const { json: refusal } = await api.call('POST', `${T}/webhooks`, { body: { url, events: ['job.completed'] } });
    const { details } = refusal as { details: { message: string; code: string; params?: object }[] };
    const [{ message, code, params }] = details as [(typeof details)[number]];
    expect(json).toEqual({ acceptable: false, reason: message, reason_code: code, reason_params: params });
  });

  test('asks nothing of the URL, keeps nothing, and takes none of the tests that a tenant has', async () => {
    for (let count = 0; count < 40; count += 1)
      expect((await check('https://hooks.example.com/leapocr')).status).toBe(200);
    expect(api.endpoint.requests).toEqual([]);
    expect([api.subscriptions.subscriptions, api.audit]).toEqual([[], []]);
  });

  test('is no webhook’s id', async () => {
    expect(await api.call('GET', `${T}/webhooks/check-url`)).toMatchObject({ status: 405, headers: { allow: 'POST' } });
  });

  test.each([[{}], [{ url: 1 }], [{ url: '\ud800' }], [{ url: 'https://a.example.com/', events: [] }]])(
    '%j is refused',
    async (body) => {
      expect((await api.call('POST', `${T}/webhooks/check-url`, { body })).status).toBe(400);
    },
  );
});
