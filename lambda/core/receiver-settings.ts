/** What the WebhookReceiver construct tells its function. */
import * as z from 'zod';
import { SettingsError } from './errors';

/** Where in a request it is said which event it is: a header's name, or a field of the JSON body, with a dot for one that lies in another. */
const locations = z.strictObject({
  idHeader: z.string().optional(),
  idField: z.string().optional(),
  typeHeader: z.string().optional(),
  typeField: z.string().optional(),
});

const scheme = z.union([
  z.strictObject({ kind: z.enum(['leapOcr', 'rekognita', 'standardWebhooks', 'github', 'stripe', 'slack', 'shopify']) }),
  z.strictObject({
    kind: z.literal('hmac'),
    header: z.string(),
    encoding: z.enum(['hex', 'base64']),
    prefix: z.string().optional(),
    timestampHeader: z.string().optional(),
    event: locations,
  }),
]);

const source = z.strictObject({
  path: z.string().regex(/^\/[^#]*$/),
  scheme,
  /** The secret's id in Secrets Manager. */
  secret: z.string(),
  target: z.strictObject({ kind: z.enum(['queue', 'bus', 'topic']), address: z.string() }),
  maxBodyBytes: z.int().positive(),
  toleranceSeconds: z.int().positive(),
});

const receiverSettings = z.strictObject({
  version: z.literal(1),
  deduplicationSeconds: z.int().positive(),
  sources: z.array(source).min(1),
});

export type ReceivedEventLocations = z.infer<typeof locations>;
export type ReceiverScheme = z.infer<typeof scheme>;
export type ReceiverSource = z.infer<typeof source>;
export type ReceiverTargetKind = ReceiverSource['target']['kind'];
export type ReceiverSettings = z.infer<typeof receiverSettings>;

/** @throws SettingsError */
export function parseReceiverSettings(json: string): ReceiverSettings {
  try {
    return receiverSettings.parse(JSON.parse(json));
  } catch (error) {
    throw new SettingsError(`the receiver's settings are not those of this version: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/**
 * A receiver's secret as it rests in Secrets Manager: the text that the sender gave, or during a rotation a JSON list of it and the one before.
 *
 * @throws SettingsError that says nothing of what it holds
 */
export function parseReceiverSecrets(text: string | undefined): readonly string[] {
  const value = text ?? '';
  const secrets = value.trimStart().startsWith('[') ? listOf(value) : [value.trim()];
  if (secrets.length < 1 || secrets.length > 2 || !secrets.every((each) => typeof each === 'string' && each !== '')) {
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
