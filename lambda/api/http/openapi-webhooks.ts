/** Webhooks in the OpenAPI document: what an endpoint receives. */
import { type OpenAPIHono, z } from '@hono/zod-openapi';
import type { EventCatalogue, Profile } from '../../core/shared/profile';
import { requestHeaders } from '../deliveries/delivery-resource';

/** What a webhook's endpoint gets of an event type. */
export function webhookOf(
  { name, description, schema, example }: EventCatalogue['eventTypes'][number],
  profile: Profile,
): Parameters<OpenAPIHono['openAPIRegistry']['registerWebhook']>[0] {
  const sent = requestHeaders(profile, 'EVENT_ID', []).filter(({ name: header }) => header !== 'content-type');
  const headers = sent.map(
    ({ name: header, value }) =>
      [
        header,
        z.string().openapi({
          description: headerDescription(header, profile),
          example: header === 'webhook-id' ? undefined : value,
        }),
      ] as const,
  );
  return {
    method: 'post',
    path: name,
    operationId: `receive ${name}`.replaceAll(/[^A-Za-z0-9]+(.)/g, (_match, next: string) => next.toUpperCase()),
    tags: ['Events'],
    summary: name,
    description:
      `${description}\n\nAnswer with 2xx at once, verify the signature over the raw body, and drop an event that ` +
      `you know already (\`webhook-id\`, \`event_id\`).`,
    security: [],
    request: {
      headers: z.object(Object.fromEntries(headers)),
      body: { required: true, content: { 'application/json': { schema, example } } },
    },
    responses: {
      '2XX': {
        description: 'It is taken. Anything else is no success; what is tried again, and when, is the retry schedule.',
      },
    },
  };
}

function headerDescription(header: string, { signatures }: Profile): string {
  const scheme = signatures.find(
    (each) => each.kind === 'hmac' && [each.header, each.timestampHeader].includes(header),
  );
  if (scheme?.kind === 'hmac') {
    if (header === scheme.timestampHeader) return 'Unix time of the attempt, in seconds.';
    const content =
      scheme.content === 'body'
        ? 'the raw body'
        : `the value of ${scheme.timestampHeader ?? 'the time'}, a dot and the raw body`;
    return (
      `${scheme.prefix === '' ? '' : `\`${scheme.prefix}\` and `}HMAC-SHA256 of ${content} in ` +
      `${scheme.encoding}; the key is the whole secret, as text.`
    );
  }
  if (header === 'webhook-id') return 'The event; the same for every attempt and retry (Standard Webhooks 1.0.0).';
  if (header === 'webhook-timestamp') return 'Unix time of the attempt, in seconds (Standard Webhooks 1.0.0).';
  if (header === 'webhook-signature')
    return (
      'Signatures separated by spaces, each `v1,` and base64 of HMAC-SHA256 of `id.timestamp.body`; the key is ' +
      'the secret after `whsec_`, base64-decoded (Standard Webhooks 1.0.0).'
    );
  return 'The same on every delivery.';
}
