/** The event contract: what a producer sends, parsed at the edge and trusted inside. */
import * as z from 'zod/mini';
import { EventRejected, EventTooLarge } from '../shared/errors';
import { type EventId, isEventId, type TenantId, tenantIdFault } from '../shared/identifiers';
import { isJsonObject, parseLosslessly } from './payload';

/**
 * The whole message, as UTF-8. SQS takes 1 MiB (AWS, "Amazon SQS message quotas"); the rest is room for our own
 * dead-letter attributes.
 */
export const EVENT_MAX_BYTES = 960 * 1024;
const URL_MAX_CHARACTERS = 2048;

/** An event that fits the contract. */
export interface WebhookEvent {
  readonly eventId: EventId;
  readonly eventType: string;
  readonly tenantId: TenantId;
  /** Serialised once; UTF-8 of this text is what every attempt sends. */
  readonly payload: string;
  /** Deliver there instead of to subscriptions. */
  readonly webhookUrl?: string;
  /** RFC 3339, as the producer wrote it. */
  readonly occurredAt?: string;
}

/** What a platform's profile says about its events. */
export interface EventRules {
  /** Parts of a tenant id. */
  readonly tenantParts: number;
  readonly eventTypes: ReadonlySet<string>;
}

const text = z.string({ error: ({ input }) => (input === undefined ? 'is required' : 'must be a string') });

const contract = z.strictObject({
  event_id: text.check(z.refine(isEventId, { error: 'must be 1 to 128 characters of A-Z a-z 0-9 _ : -' })),
  event_type: text,
  tenant_id: text,
  payload: z.custom<Record<string, unknown> | string>((value) => typeof value === 'string' || isJsonObject(value), {
    error: ({ input }) => (input === undefined ? 'is required' : 'must be an object or a string'),
  }),
  webhook_url: z.optional(
    text.check(z.maxLength(URL_MAX_CHARACTERS, { error: `must be at most ${URL_MAX_CHARACTERS} characters` })),
  ),
  occurred_at: z.optional(
    z.iso.datetime({ offset: true, error: 'must be an RFC 3339 time, such as 2026-03-19T10:21:44Z' }),
  ),
});

/**
 * Reads one event message.
 *
 * @throws EventRejected naming the field at fault; the caller dead-letters the message with that reason
 */
export function parseEvent(body: string, rules: EventRules): WebhookEvent {
  const bytes = Buffer.byteLength(body);
  if (bytes > EVENT_MAX_BYTES)
    throw new EventTooLarge(
      'body',
      `is ${bytes} bytes, at most ${EVENT_MAX_BYTES} are allowed; send a reference to the data instead`,
    );
  const message = parseBody(body);
  if (!isJsonObject(message)) throw new EventRejected('body', 'must be a JSON object');
  const parsed = contract.safeParse(message);
  if (!parsed.success) throw rejection(parsed.error.issues[0]);
  const {
    event_id: eventId,
    event_type: eventType,
    tenant_id: tenantId,
    webhook_url: webhookUrl,
    occurred_at: occurredAt,
  } = parsed.data;
  const fault = tenantIdFault(tenantId, rules.tenantParts);
  if (fault !== undefined) throw new EventRejected('tenant_id', fault);
  if (!rules.eventTypes.has(eventType)) throw new EventRejected('event_type', unknownType(eventType, rules.eventTypes));
  return {
    eventId: eventId as EventId,
    eventType,
    tenantId: tenantId as TenantId,
    payload: serialise(parsed.data.payload),
    ...(webhookUrl !== undefined && { webhookUrl }),
    ...(occurredAt !== undefined && { occurredAt }),
  };
}

function parseBody(body: string): unknown {
  try {
    return parseLosslessly(body);
  } catch (error) {
    if (error instanceof RangeError) throw new EventRejected('body', 'is nested too deeply to be read');
    throw new EventRejected('body', `is not JSON: ${excerpt((error as Error).message)}`);
  }
}

function serialise(payload: Record<string, unknown> | string): string {
  if (typeof payload === 'string') {
    if (!payload.isWellFormed())
      throw new EventRejected('payload', 'holds an unpaired surrogate, which has no bytes in UTF-8');
    return payload;
  }
  try {
    return JSON.stringify(payload);
  } catch (error) {
    if (error instanceof RangeError) throw new EventRejected('payload', 'is nested too deeply to be sent');
    throw error;
  }
}

function rejection(issue: z.core.$ZodIssue | undefined): EventRejected {
  if (issue?.code === 'unrecognized_keys') {
    const known = Object.keys(contract.shape).join(', ');
    const [key = ''] = issue.keys;
    return new EventRejected(
      key === '' ? 'body' : excerpt(key),
      (
        `${key === '' ? 'has an empty name for a field, which' : ''} is not a field of an event; the fields are ` +
        `${known}`
      ).trimStart(),
    );
  }
  const field = issue === undefined || issue.path.length === 0 ? 'body' : issue.path.join('.');
  return new EventRejected(field, issue?.message ?? 'does not fit the contract');
}

function unknownType(eventType: string, known: ReadonlySet<string>): string {
  const some = [...known].slice(0, 10).join(', ');
  return `"${excerpt(eventType)}" is not in the event catalogue (${some}${known.size > 10 ? ', ...' : ''})`;
}

const EXCERPT_CHARACTERS = 100;

/** Reasons travel in message attributes and logs: what a producer wrote is cut there. */
function excerpt(text: string): string {
  return text.length > EXCERPT_CHARACTERS ? `${text.slice(0, EXCERPT_CHARACTERS)}...` : text;
}
