/**
 * What the sender signs, by every kind of scheme that it has, the kit verifies in every language; and no other body,
 * secret or time.
 */
import { deliveryHeaders } from '../../lambda/core/signing/signature';
import type { SignatureScheme } from '../../lambda/core/shared/profile';
import { formatSecret, type SigningKeys, signingKeys } from '../../lambda/core/signing/secret';
import type { HmacOptions } from '../../verify/typescript/verify';
import { LEAPOCR_PROFILE, REKOGNITA_PROFILE, STANDARD_PROFILE } from '../builders/profile';
import { signatureVectors } from '../vectors/vectors';
import type { VerificationVector } from '../vectors/verification';
import { verdictOn } from './kit';
import { inEveryLanguage } from './languages';

type HmacScheme = Extract<SignatureScheme, { kind: 'hmac' }>;

/** Every shape of its own that a profile can ask for. */
const CUSTOM: readonly HmacScheme[] = (['hex', 'base64'] as const).flatMap((encoding) =>
  ['', 'sha256=', 'v1,'].flatMap((prefix): HmacScheme[] => [
    { kind: 'hmac', header: 'X-Acme-Signature', encoding, prefix, content: 'body' },
    {
      kind: 'hmac',
      header: 'X-Acme-Signature',
      encoding,
      prefix,
      content: 'timestamp.body',
      timestampHeader: 'X-Acme-Time',
    },
  ]),
);

const optionsOf = ({ header, encoding, prefix, content, timestampHeader }: HmacScheme): HmacOptions => ({
  header,
  encoding,
  signedContent: content,
  ...(prefix !== '' && { prefix }),
  ...(timestampHeader !== undefined && { timestampHeader }),
});

interface Sender {
  readonly name: string;
  readonly signatures: readonly SignatureScheme[];
  readonly schemes: readonly VerificationVector['scheme'][];
}

const SENDERS: readonly Sender[] = [
  {
    name: 'LeapOCR',
    signatures: LEAPOCR_PROFILE.signatures,
    schemes: ['leapOcr', 'standardWebhooks', ...hmacOf(LEAPOCR_PROFILE.signatures)],
  },
  { name: "LeapOCR's first generation", signatures: LEAPOCR_PROFILE.signatures.slice(0, 1), schemes: ['leapOcr'] },
  {
    name: 'Rekognita',
    signatures: REKOGNITA_PROFILE.signatures,
    schemes: ['rekognita', 'standardWebhooks', ...hmacOf(REKOGNITA_PROFILE.signatures)],
  },
  { name: 'Standard Webhooks', signatures: STANDARD_PROFILE.signatures, schemes: ['standardWebhooks'] },
  {
    name: 'as GitHub signs',
    signatures: [{ kind: 'hmac', header: 'X-Hub-Signature-256', encoding: 'hex', prefix: 'sha256=', content: 'body' }],
    schemes: ['github'],
  },
  {
    name: 'as Shopify signs',
    signatures: [{ kind: 'hmac', header: 'X-Shopify-Hmac-Sha256', encoding: 'base64', prefix: '', content: 'body' }],
    schemes: ['shopify'],
  },
  ...CUSTOM.map((scheme) => ({
    name: `custom, ${JSON.stringify(scheme)}`,
    signatures: [scheme],
    schemes: [{ hmac: optionsOf(scheme) }],
  })),
];

function hmacOf(signatures: readonly SignatureScheme[]): VerificationVector['scheme'][] {
  return signatures.flatMap((scheme) => (scheme.kind === 'hmac' ? [{ hmac: optionsOf(scheme) }] : []));
}

const OTHER = formatSecret(new Uint8Array(32).fill(7));
const timesOf = (scheme: VerificationVector['scheme'], sender: Sender): boolean =>
  typeof scheme === 'string'
    ? scheme === 'standardWebhooks' || (scheme === 'leapOcr' && sender.signatures.length > 1)
    : scheme.hmac.timestampHeader !== undefined;

function vectorsOf(sender: Sender): VerificationVector[] {
  return sender.schemes.flatMap((scheme) =>
    signatureVectors().flatMap(({ name, secret, eventId, timestamp, body }): VerificationVector[] => {
      const content = { eventId, timestamp, body: Buffer.from(body) };
      const signed = (...secrets: [string, ...string[]]) =>
        deliveryHeaders(
          { ...LEAPOCR_PROFILE, signatures: [...sender.signatures] },
          content,
          secrets.map(signingKeys) as [SigningKeys, ...SigningKeys[]],
        );
      const timed = timesOf(scheme, sender);
      const verified = { ...(scheme === 'standardWebhooks' && { id: eventId }), ...(timed && { timestamp }) };
      const request = { scheme, headers: signed(secret), body, secrets: [secret], now: timestamp + 5 };
      const label = `${sender.name}, ${JSON.stringify(scheme)}: ${name}`;
      return [
        { ...request, name: label, expect: 'ok', verified },
        { ...request, name: `${label}, while the receiver rotates`, secrets: [OTHER, secret], expect: 'ok', verified },
        {
          ...request,
          name: `${label}, while the sender rotates`,
          headers: signed(secret, OTHER),
          expect: 'ok',
          verified,
        },
        { ...request, name: `${label}, by another secret`, headers: signed(OTHER), expect: 'signature_mismatch' },
        { ...request, name: `${label}, with another body`, body: `${body} `, expect: 'signature_mismatch' },
        timed
          ? {
              ...request,
              name: `${label}, six minutes later`,
              now: timestamp + 360,
              expect: 'timestamp_out_of_tolerance',
            }
          : { ...request, name: `${label}, a year later`, now: timestamp + 365 * 86_400, expect: 'ok', verified },
      ];
    }),
  );
}

inEveryLanguage(() => SENDERS.flatMap(vectorsOf));

test('a receiver with the old secret alone verifies Standard Webhooks during a rotation with overlap', async () => {
  const { secret, eventId, timestamp, body } = signatureVectors()[0]!;
  const headers = deliveryHeaders(STANDARD_PROFILE, { eventId, timestamp, body: Buffer.from(body) }, [
    signingKeys(OTHER),
    signingKeys(secret),
  ]);
  expect(await verdictOn({ scheme: 'standardWebhooks', headers, body, secrets: [secret], now: timestamp })).toEqual({
    expect: 'ok',
    verified: { id: eventId, timestamp },
  });
});
