/** Webhooks in the OpenAPI document: what an endpoint receives. */
import { type OpenAPIHono, z } from '@hono/zod-openapi';
import type { EventCatalog, Profile, SignatureScheme } from '../../core/shared/profile';
import { describeScheme, headerNames, keyTypeOf, type SchemeHeader, schemeHeaders } from '../../core/signing/schemes';
import { requestHeaders } from '../deliveries/delivery-resource';

/** What a webhook's endpoint gets of an event type. */
export function webhookOf(
  { name, description, schema, example }: EventCatalog['eventTypes'][number],
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
  for (const scheme of signatures) {
    const known = schemeHeaders([scheme]).find(({ name }) => name === header);
    if (known !== undefined) return describeHeader(known, scheme);
  }
  return 'The same on every delivery.';
}

function describeHeader({ carries }: SchemeHeader, scheme: SignatureScheme): string {
  const { specification } = describeScheme(scheme);
  const source = specification === undefined ? '' : ` (${specification})`;
  if (carries === 'event-id') return `The event, the same for every attempt and retry${source}.`;
  if (carries === 'timestamp') return `Unix time of the attempt, in seconds${source}.`;
  return `${describeSignature(scheme)}${source}.`;
}

const KEYS = {
  text: 'The key is the whole secret, as text',
  decoded: 'The key is the secret after `whsec_`, base64-decoded',
};

function describeSignature(scheme: SignatureScheme): string {
  const { encoding, prefix, signedContent, several } = describeScheme(scheme);
  const before = prefix === '' ? '' : `\`${prefix}\` and `;
  const content = {
    body: 'the raw body',
    'timestamp.body': `the value of ${headerNames(scheme).timestamp ?? 'the time'}, a dot and the raw body`,
    'id.timestamp.body': '`id.timestamp.body`',
  }[signedContent];
  const each = several ? 'Signatures separated by spaces. Each is ' : '';
  return `${each}${before}HMAC-SHA256 of ${content} in ${encoding}. ${KEYS[keyTypeOf(scheme)]}`;
}
