/**
 * How deliveries are signed, as the API shows it: by the names that the receiver kit (docs/verify.md) has for schemes.
 */
import { z } from '@hono/zod-openapi';
import type { SignatureScheme } from '../../core/shared/profile';

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

export function describeScheme(scheme: SignatureScheme): DescribedScheme {
  if (scheme.kind === 'standard-webhooks') {
    return {
      kind: 'standard-webhooks',
      signature_header: 'webhook-signature',
      timestamp_header: 'webhook-timestamp',
      id_header: 'webhook-id',
      encoding: 'base64',
      prefix: 'v1,',
      signed_content: 'id.timestamp.body',
    };
  }
  const { encoding, prefix, content } = scheme;
  const [header, timestampHeader] = [scheme.header.toLowerCase(), scheme.timestampHeader?.toLowerCase()];
  const fits = (each: (typeof KIT_SCHEMES)[number]) =>
    each.signature_header === header && each.timestamp_header === timestampHeader && each.signed_content === content;
  return {
    kind: (encoding === 'hex' && prefix === '' ? KIT_SCHEMES.find(fits)?.kind : undefined) ?? 'hmac',
    signature_header: header,
    timestamp_header: timestampHeader,
    encoding,
    prefix: prefix === '' ? undefined : prefix,
    signed_content: content,
  };
}
