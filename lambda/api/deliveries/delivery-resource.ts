/** A delivery as the API shows it: a "webhook event", in the words of LeapOCR's published clients. */
import type { Complete } from '../../core/shared/complete';
import { errorFieldsOf, REASON_CODE, REASON_PARAMS, reasonParams } from '../http/reason-resource';
import { reason, type Reason, reasonText } from '../../core/shared/reason';
import { z } from '@hono/zod-openapi';
import { isUrlTarget, publicDeliveryId, timeOf } from '../../core/shared/identifiers';
import { isJsonObject, parseLosslessly } from '../../core/events/payload';
import type { Profile } from '../../core/shared/profile';
import { schemeHeaders } from '../../core/signing/schemes';
import { EVENT_ID_EXAMPLE } from '../events/event-resource';
import { WEBHOOK_ID } from '../webhooks/webhook-resource';
import { time, TIME } from '../http/time';
import type { AttemptEntry, DeliveryRecord } from '../../core/delivery/delivery-record';

export const DELIVERY_STATUSES = ['pending', 'delivered', 'failed', 'cancelled'] as const;
export const DELIVERY_ID_EXAMPLE = 'dlv_AZnRwn8afD6aVT8MK31OEAGZ0cKKO30fjEQeLzpLXG0';

export const deliveryIdPattern = /^dl[uv]_[A-Za-z0-9_-]{43}$/;

const shape = {
  id: z.string().openapi({ example: DELIVERY_ID_EXAMPLE }),
  subscription_id: z
    .string()
    .optional()
    .openapi({ description: 'The webhook that it went to; absent for an event that named its own URL.' }),
  event_id: z.string(),
  event_type: z.string(),
  webhook_url: z.string().optional().openapi({ description: 'Where it went, or would have gone.' }),
  processing_status: z.enum(DELIVERY_STATUSES).openapi({
    description:
      'Cancelled: the webhook was disabled or deleted, or the plan had no webhooks; a recovery sends those ' +
      'of disabled ones.',
  }),
  processing_attempts: z.int().min(0),
  processing_error: z
    .string()
    .optional()
    .openapi({ description: 'Why it failed or was canceled. While pending, why its last attempt failed.' }),
  error_code: REASON_CODE.optional().openapi({ description: 'Of `processing_error`.' }),
  error_params: REASON_PARAMS.optional(),
  http_status: z.int().optional().openapi({ description: 'Of the last attempt, when it was answered.' }),
  created_at: TIME.openapi({ description: 'When its event was accepted, or the retry made.' }),
  updated_at: TIME,
  next_attempt_at: TIME.optional(),
  replay_of: z.string().optional().openapi({ description: 'The delivery that this one is a retry of.' }),
  replays: z.array(z.string()).optional().openapi({ description: 'Its retries.' }),
};

export const deliverySchema = z.object(shape).openapi('Delivery');

const attemptSchema = z
  .object({
    at: TIME,
    latency_ms: z.int(),
    http_status: z.int().optional(),
    error: z.string().optional().openapi({ description: 'Why there was no response.' }),
    error_code: REASON_CODE.optional(),
    error_params: REASON_PARAMS.optional(),
    answer: z.string().optional().openapi({ description: "The start of the answer's body." }),
  })
  .openapi('Attempt');

const headerSchema = z
  .object({
    name: z.string(),
    value: z.string().optional().openapi({
      description: 'Absent for signatures, which are made anew for every attempt, and for headers of your own.',
    }),
  })
  .openapi('RequestHeader');

export const deliveryDetailSchema = z
  .object({
    ...shape,
    attempts: z.array(attemptSchema).openapi({ description: 'Oldest first.' }),
    payload: z
      .record(z.string(), z.unknown())
      .optional()
      .openapi({ description: 'What is sent, when it is a JSON object and still kept.' }),
    payload_text: z.string().optional().openapi({ description: 'What is sent, when it is anything else.' }),
    request_headers: z.array(headerSchema).openapi({ description: 'What a request carries, as things stand.' }),
  })
  .openapi('DeliveryDetail');

export type Delivery = z.infer<typeof deliverySchema>;
export type DeliveryDetail = z.infer<typeof deliveryDetailSchema>;

export function deliveryResource(record: DeliveryRecord): Complete<Delivery> {
  const {
    subscriptionId,
    deliveryId,
    eventId,
    eventType,
    url,
    status,
    attempts,
    history,
    reason,
    dueAt,
    settledAt,
    replayOf,
    replays = [],
  } = record;
  const last = history.at(-1);
  const error = reason ?? (status === 'delivered' || last === undefined ? undefined : errorOf(last));
  const createdAt = timeOf(deliveryId);
  return {
    id: publicDeliveryId({ subscriptionId, deliveryId }),
    subscription_id: isUrlTarget(subscriptionId) ? undefined : subscriptionId,
    event_id: eventId,
    event_type: eventType,
    webhook_url: url,
    processing_status: status,
    processing_attempts: attempts,
    processing_error: error && reasonText(error),
    error_code: error?.code,
    error_params: error && reasonParams(error),
    http_status: last?.status,
    created_at: time(createdAt),
    updated_at: time(settledAt ?? (last === undefined ? createdAt : last.at + Math.round(last.latencyMs))),
    next_attempt_at: status === 'pending' && dueAt !== undefined ? time(dueAt) : undefined,
    replay_of: replayOf === undefined ? undefined : publicDeliveryId({ subscriptionId, deliveryId: replayOf }),
    replays:
      replays.length === 0 ? undefined : replays.map((id) => publicDeliveryId({ subscriptionId, deliveryId: id })),
  };
}

/** @param payload what is sent, while it is kept */
export function deliveryDetail(
  record: DeliveryRecord,
  payload: string | undefined,
  headers: DeliveryDetail['request_headers'],
): DeliveryDetail {
  return {
    ...deliveryResource(record),
    attempts: record.history.map(({ at, latencyMs, status, error, answer }) => ({
      at: time(at),
      latency_ms: Math.round(latencyMs),
      http_status: status,
      ...errorFieldsOf(error),
      answer,
    })),
    ...(payload !== undefined && payloadFields(payload)),
    request_headers: headers,
  };
}

/** A payload that is a JSON object as one, its numbers with all their digits; any other as the text that is sent. */
export function payloadFields(payload: string): { payload: Record<string, unknown> } | { payload_text: string } {
  try {
    const value = parseLosslessly(payload);
    if (isJsonObject(value)) return { payload: value };
  } catch {
    // A payload may be any text.
  }
  return { payload_text: payload };
}

/**
 * Enough to send the same by hand: what is the same in every attempt with its value, what is not by name.
 *
 * @param own names of the headers of the webhook's owner
 */
export function requestHeaders(
  { userAgent, headers, signatures }: Pick<Profile, 'userAgent' | 'headers' | 'signatures'>,
  eventId: string,
  own: readonly string[],
): DeliveryDetail['request_headers'] {
  const signed = schemeHeaders(signatures).map(({ name, carries }) =>
    carries === 'event-id' ? { name, value: eventId } : { name },
  );
  const fixed = Object.entries({ 'content-type': 'application/json', 'user-agent': userAgent, ...headers }).map(
    ([name, value]) => ({ name, value }),
  );
  return [...fixed, ...signed, ...own.map((name) => ({ name }))];
}

function errorOf({ status, error }: AttemptEntry): Reason | undefined {
  return error ?? (status === undefined ? undefined : reason('endpoint-responded', { status }));
}

const ERROR_EXAMPLE = reason('last-attempt-failed', { cause: reason('endpoint-responded', { status: 503 }) });

/** As the documentation shows one. */
export const DELIVERY_EXAMPLE: Delivery = {
  id: DELIVERY_ID_EXAMPLE,
  subscription_id: WEBHOOK_ID,
  event_id: EVENT_ID_EXAMPLE,
  event_type: 'job.completed',
  webhook_url: 'https://hooks.your-company.com/events',
  processing_status: 'failed',
  processing_attempts: 8,
  processing_error: reasonText(ERROR_EXAMPLE),
  error_code: ERROR_EXAMPLE.code,
  error_params: reasonParams(ERROR_EXAMPLE),
  http_status: 503,
  created_at: '2026-03-19T10:21:44.000Z',
  updated_at: '2026-03-20T10:12:03.412Z',
};
