import { z } from '@hono/zod-openapi';
import type { ApiContext } from '../context';
import { type Operation, serviceOperation } from '../http/operation';
import { schemeResource, schemeSchema } from './signature-scheme-resource';

const schemesSchema = z.object({ schemes: z.array(schemeSchema), user_agent: z.string() }).openapi('SignatureSchemes');

export function getSignatureSchemes({ settings: { profile } }: ApiContext): Operation {
  const schemes = profile.signatures.map(schemeResource);
  return serviceOperation({
    id: 'getSignatureSchemes',
    method: 'get',
    path: '/webhooks/signature-schemes',
    tag: 'Catalog',
    summary: 'Read how deliveries are signed',
    description:
      'All signatures that every delivery carries; a receiver verifies one of them. What verifies them by ' +
      'their names is the receiver kit.',
    success: {
      status: 200,
      description: 'The schemes, and what deliveries call themselves.',
      schema: schemesSchema,
      example: { schemes, user_agent: profile.userAgent },
    },
    run: () => Promise.resolve({ body: { schemes, user_agent: profile.userAgent } }),
  });
}
