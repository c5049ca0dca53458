/** What a receiver makes of a verified request: which event it is, and the message that its target gets. */
import { createHash } from 'node:crypto';
import type { Verified } from '../../../verify/typescript/verify';
import type { ReceivedEventLocations, ReceiverScheme } from './receiver-settings';
import { sqsText } from '../shared/sqs-text';

/** Names in lower case, as API Gateway hands them on. */
export type RequestHeaders = Readonly<Record<string, string | undefined>>;

export interface ReceivedEvent {
  /** The path that it came to: which source of the receiver. */
  readonly source: string;
  /** Unique within the source: the provider's id, or where there is none, `sha256:` and that of the body. */
  readonly eventId: string;
  /**
   * Deduplication key: the event id or, if the signature does not cover the id, the id with the body's hash. An
   * unsigned id cannot be forged this way.
   */
  readonly identity: string;
  /** As the provider calls it, where it says so. */
  readonly eventType?: string;
  /** What the target gets; see {@link envelopeOf}. */
  readonly message: string;
}

export interface VerifiedRequest {
  readonly body: Uint8Array;
  readonly headers: RequestHeaders;
  readonly verified: Verified;
  readonly content: Content;
  /** Epoch milliseconds. */
  readonly receivedAt: number;
}

/** An id or a type: short printable text. Anything else is none. */
const NAME = /^[\x21-\x7e]{1,256}$/;

/**
 * Where each provider says which event it is. A header that is not signed is what the provider's documentation tells to
 * go by.
 */
const LOCATIONS: Readonly<Record<Exclude<ReceiverScheme['kind'], 'hmac'>, ReceivedEventLocations>> = {
  leapOcr: { idField: 'event_id', typeField: 'event_type' },
  rekognita: { typeField: 'event' },
  standardWebhooks: { typeField: 'type' }, // its id is signed, so the kit gives it
  github: { typeHeader: 'x-github-event' },
  stripe: { idField: 'id', typeField: 'type' },
  slack: { idField: 'event_id', typeField: 'event.type' },
  shopify: { typeHeader: 'x-shopify-topic' },
};

/** @throws never: a body of any bytes is an event */
export function receivedEvent(source: string, scheme: ReceiverScheme, request: VerifiedRequest): ReceivedEvent {
  const { body, headers, verified, content } = request;
  const locations = scheme.kind === 'hmac' ? scheme.event : LOCATIONS[scheme.kind];
  const inHeader = (header: string | undefined) =>
    nameOf(header === undefined ? undefined : headers[header.toLowerCase()]);
  const inBody = (field: string | undefined) => nameOf(field === undefined ? undefined : fieldOf(content.json, field));
  const bodyId = () => `sha256:${createHash('sha256').update(body).digest('hex')}`;
  const headerId = nameOf(verified.id) ?? inHeader(locations.idHeader);
  const eventId = headerId ?? inBody(locations.idField) ?? bodyId();
  // Else who has one signed request could have it taken for any event to come, which would then be dropped as a copy.
  const identity = headerId !== undefined && scheme.kind !== 'standardWebhooks' ? `${eventId} ${bodyId()}` : eventId;
  const eventType = inHeader(locations.typeHeader) ?? inBody(locations.typeField);
  return {
    source,
    eventId,
    identity,
    eventType,
    message: envelopeOf({ source, scheme: scheme.kind, eventId, eventType, ...request }),
  };
}

/**
 * Whose events are always objects in JSON. Of LeapOCR's two generations one signs the body, the other a time, a dot and
 * the body: its signature is also that of a body which begins so, and which is no JSON.
 */
const IN_JSON: ReadonlySet<ReceiverScheme['kind']> = new Set(['leapOcr', 'rekognita', 'stripe']);

/** Whether a signed body is one that its sender would send. */
export function isOfItsKind({ kind }: ReceiverScheme, { json }: Content): boolean {
  if (!IN_JSON.has(kind)) return true;
  return typeof json === 'object' && json !== null && !Array.isArray(json);
}

/**
 * What Slack sends once to a new URL: it wants its challenge back
 * (https://docs.slack.dev/reference/events/url_verification).
 */
export function challengeOf({ kind }: ReceiverScheme, { json }: Content): string | undefined {
  if (kind !== 'slack') return undefined;
  const challenge = fieldOf(json, 'challenge');
  return fieldOf(json, 'type') === 'url_verification' && typeof challenge === 'string' ? challenge : undefined;
}

/** A body as JSON, as text, or as bytes: the first that it is. */
export interface Content {
  readonly text?: string;
  readonly json?: unknown;
}

/** What a body is, as far as it can be read. */
export function contentOf(body: Uint8Array): Content {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return {};
  }
  try {
    return { text, json: JSON.parse(text) as unknown };
  } catch {
    return { text };
  }
}

function nameOf(value: unknown): string | undefined {
  return typeof value === 'string' && NAME.test(value) ? value : undefined;
}

/** @param field of an object, or of an object in it: `event.type` */
function fieldOf(json: unknown, field: string): unknown {
  return field
    .split('.')
    .reduce<unknown>(
      (value, name) =>
        typeof value === 'object' && value !== null && Object.hasOwn(value, name)
          ? (value as Record<string, unknown>)[name]
          : undefined,
      json,
    );
}

/**
 * The message: `version` 1, `source`, `scheme`, `event_id`, `event_type?`, `received_at`, `content_type?`, and the
 * body: JSON as `event`, its text taken over as it came, so that no number loses a digit; other text as `body`, other
 * bytes as `body_base64`.
 */
function envelopeOf({
  source,
  scheme,
  eventId,
  eventType,
  headers,
  body,
  receivedAt,
  content: { text, json },
}: VerifiedRequest & {
  readonly source: string;
  readonly scheme: string;
  readonly eventId: string;
  readonly eventType: string | undefined;
}): string {
  const envelope = JSON.stringify({
    version: 1,
    source,
    scheme,
    event_id: eventId,
    event_type: eventType,
    received_at: new Date(receivedAt).toISOString(),
    content_type: headers['content-type'],
    ...(json === undefined &&
      (text !== undefined ? { body: text } : { body_base64: Buffer.from(body).toString('base64') })),
  });
  // JSON may begin with a byte order mark for nobody; JSON.parse refuses one, so the text is JSON as it stands.
  return sqsText(json === undefined ? envelope : `${envelope.slice(0, -1)},"event":${text!.trim()}}`);
}
