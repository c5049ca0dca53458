/**
 * How deliveries are signed, as the API shows it: by the names that the receiver kit (docs/verify.md) has for schemes.
 */
import { z } from '@hono/zod-openapi';
import type { SignatureScheme } from '../../core/shared/profile';
import { describeScheme, headerNames } from '../../core/signing/schemes';

export const schemeSchema = z
  .object({
    kind: z.enum(['leapocr', 'rekognita', 'standard-webhooks', 'hmac']).openapi({
      description: "The receiver kit's scheme that verifies it; `hmac` with the rest of these fields as options.",
    }),
    signature_header: z.string().openapi({ description: 'In lower case, as all names of headers here.' }),
    timestamp_header: z.string().optional().openapi({ description: 'Unix time of the attempt, in seconds.' }),
    id_header: z.string().optional().openapi({ description: 'The event, the same for every attempt.' }),
    encoding: z.enum(['hex', 'base64']),
    prefix: z.string().optional().openapi({ description: 'Before each signature.' }),
    signed_content: z.enum(['body', 'timestamp.body', 'id.timestamp.body']),
  })
  .openapi('SignatureScheme');

export type DescribedScheme = z.infer<typeof schemeSchema>;

/** What the kit's schemes of a platform's own verify (verify/typescript/verify.ts). */
const KIT_SCHEMES: readonly (Pick<DescribedScheme, 'signature_header' | 'signed_content'> & {
  readonly kind: 'leapocr' | 'rekognita';
  readonly timestamp_header?: string;
})[] = [
  { kind: 'leapocr', signature_header: 'x-r2-signature', signed_content: 'body' },
  {
    kind: 'leapocr',
    signature_header: 'x-webhook-signature',
    timestamp_header: 'x-webhook-timestamp',
    signed_content: 'timestamp.body',
  },
  { kind: 'rekognita', signature_header: 'x-rekognita-signature', signed_content: 'body' },
];

export function schemeResource(scheme: SignatureScheme): DescribedScheme {
  const { encoding, prefix, signedContent } = describeScheme(scheme);
  const names = headerNames(scheme);
  const described = {
    signature_header: names.signature!.toLowerCase(),
    timestamp_header: names.timestamp?.toLowerCase(),
    id_header: names['event-id']?.toLowerCase(),
    encoding,
    prefix: prefix === '' ? undefined : prefix,
    signed_content: signedContent,
  };
  return { kind: kitSchemeOf(scheme, described), ...described };
}

/** The receiver kit's scheme that verifies it. */
function kitSchemeOf(scheme: SignatureScheme, described: Omit<DescribedScheme, 'kind'>): DescribedScheme['kind'] {
  if (scheme.kind !== 'hmac') return scheme.kind;
  if (described.encoding !== 'hex' || described.prefix !== undefined) return 'hmac';
  const known = KIT_SCHEMES.find(
    (each) =>
      each.signature_header === described.signature_header &&
      each.timestamp_header === described.timestamp_header &&
      each.signed_content === described.signed_content,
  );
  return known?.kind ?? 'hmac';
}
