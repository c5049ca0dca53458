/** The event contract: what a producer sends, parsed at the edge and trusted inside. */
import * as z from 'zod/mini';
import { EventRejected, EventTooLarge } from '../shared/errors';
import { type EventId, isEventId, type TenantId, tenantIdFault } from '../shared/identifiers';
import { reason, type Reason } from '../shared/reason';
import { formatReason, parseReason } from '../shared/reason-format';
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
  /** Serialized once; UTF-8 of this text is what every attempt sends. */
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

const text = z.string({
  error: ({ input }) => formatReason(input === undefined ? reason('required') : reason('not-a-string')),
});

const contract = z.strictObject({
  event_id: text.check(z.refine(isEventId, { error: formatReason(reason('event-id-invalid')) })),
  event_type: text,
  tenant_id: text,
  payload: z.custom<Record<string, unknown> | string>((value) => typeof value === 'string' || isJsonObject(value), {
    error: ({ input }) => formatReason(input === undefined ? reason('required') : reason('payload-type-wrong')),
  }),
  webhook_url: z.optional(
    text.check(
      z.maxLength(URL_MAX_CHARACTERS, { error: formatReason(reason('too-long', { limit: URL_MAX_CHARACTERS })) }),
    ),
  ),
  occurred_at: z.optional(z.iso.datetime({ offset: true, error: formatReason(reason('time-invalid')) })),
});

/**
 * Reads one event message.
 *
 * @throws EventRejected naming the field at fault; the caller dead-letters the message with that reason
 */
export function parseEvent(body: string, rules: EventRules): WebhookEvent {
  const bytes = Buffer.byteLength(body);
  if (bytes > EVENT_MAX_BYTES)
    throw new EventTooLarge('body', reason('event-too-large', { bytes, limit: EVENT_MAX_BYTES }));
  const message = parseBody(body);
  if (!isJsonObject(message)) throw new EventRejected('body', reason('not-json-object'));
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
    payload: serialize(parsed.data.payload),
    webhookUrl,
    occurredAt,
  };
}

function parseBody(body: string): unknown {
  try {
    return parseLosslessly(body);
  } catch (error) {
    if (error instanceof RangeError) throw new EventRejected('body', reason('too-deep'));
    throw new EventRejected('body', reason('not-json-detail', { detail: shortened((error as Error).message) }));
  }
}

function serialize(payload: Record<string, unknown> | string): string {
  if (typeof payload === 'string') {
    if (!payload.isWellFormed()) throw new EventRejected('payload', reason('unpaired-surrogate'));
    return payload;
  }
  try {
    return JSON.stringify(payload);
  } catch (error) {
    if (error instanceof RangeError) throw new EventRejected('payload', reason('too-deep'));
    throw error;
  }
}

function rejection(issue: z.core.$ZodIssue | undefined): EventRejected {
  if (issue?.code === 'unrecognized_keys') return unknownField(issue.keys[0] ?? '');
  const field = issue === undefined || issue.path.length === 0 ? 'body' : issue.path.join('.');
  return new EventRejected(field, issue === undefined ? reason('unfit') : parseReason(issue.message));
}

function unknownField(name: string): EventRejected {
  const known = Object.keys(contract.shape).join(', ');
  if (name === '') return new EventRejected('body', reason('name-forbidden'));
  return new EventRejected(shortened(name), reason('not-known-event-field', { known }));
}

function unknownType(eventType: string, known: ReadonlySet<string>): Reason {
  const some = [...known].slice(0, TYPES_NAMED).join(', ');
  return reason('event-type-unknown', {
    type: shortened(eventType),
    known: `${some}${known.size > TYPES_NAMED ? ', ...' : ''}`,
  });
}

/** Of the catalog, in a reason. */
const TYPES_NAMED = 10;
const SHORTENED_CHARACTERS = 100;

/** Reasons travel in message attributes and logs: what a producer wrote is cut there. */
function shortened(text: string): string {
  return text.length > SHORTENED_CHARACTERS ? `${text.slice(0, SHORTENED_CHARACTERS)}...` : text;
}
