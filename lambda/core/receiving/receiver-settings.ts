/** What the WebhookReceiver construct tells its function. */
import * as z from 'zod/mini';
import { SettingsError } from '../shared/errors';
import { parseSettings } from '../shared/settings';

/**
 * Where in a request it is said which event it is: a header's name, or a field of the JSON body, with a dot for one
 * that lies in another.
 */
const locations = z.strictObject({
  idHeader: z.optional(z.string()),
  idField: z.optional(z.string()),
  typeHeader: z.optional(z.string()),
  typeField: z.optional(z.string()),
});

const scheme = z.union([
  z.strictObject({
    kind: z.enum(['leapOcr', 'rekognita', 'standardWebhooks', 'github', 'stripe', 'slack', 'shopify']),
  }),
  z.strictObject({
    kind: z.literal('hmac'),
    header: z.string(),
    encoding: z.enum(['hex', 'base64']),
    prefix: z.optional(z.string()),
    timestampHeader: z.optional(z.string()),
    event: locations,
  }),
]);

const source = z.strictObject({
  path: z.string().check(z.regex(/^\/[^#]*$/)),
  scheme,
  /** The secret's id in Secrets Manager. */
  secret: z.string(),
  target: z.strictObject({ kind: z.enum(['queue', 'bus', 'topic']), address: z.string() }),
  maxBodyBytes: z.int().check(z.positive()),
  toleranceSeconds: z.int().check(z.positive()),
});

const receiverSettings = z.strictObject({
  version: z.literal(1),
  deduplicationSeconds: z.int().check(z.positive()),
  sources: z.array(source).check(z.minLength(1)),
});

export type ReceivedEventLocations = z.infer<typeof locations>;
export type ReceiverScheme = z.infer<typeof scheme>;
export type ReceiverSource = z.infer<typeof source>;
export type ReceiverTargetKind = ReceiverSource['target']['kind'];
export type ReceiverSettings = z.infer<typeof receiverSettings>;

/** @throws SettingsError */
export function parseReceiverSettings(json: string): ReceiverSettings {
  return parseSettings('RECEIVER_SETTINGS', receiverSettings, json);
}

/**
 * A receiver's secret as it rests in Secrets Manager: the text that the sender gave, or during a rotation a JSON list
 * of it and the one before. An object, as the console makes of keys and values, is none: taken for the text itself it
 * would match nothing, and nobody would be told.
 *
 * @throws SettingsError that says nothing of what it holds
 */
export function parseReceiverSecrets(text: string | undefined): readonly string[] {
  const value = text ?? '';
  const secrets = value.trimStart().startsWith('[') ? listOf(value) : [value.trim()];
  if (
    value.trimStart().startsWith('{') ||
    secrets.length < 1 ||
    secrets.length > 2 ||
    !secrets.every((each) => typeof each === 'string' && each !== '')
  ) {
    throw new SettingsError('the secret is neither a text nor a JSON list of one or two texts');
  }
  return secrets as string[];
}

function listOf(value: string): unknown[] {
  try {
    return JSON.parse(value) as unknown[];
  } catch {
    return []; // not the parser's message: it quotes what it read
  }
}
