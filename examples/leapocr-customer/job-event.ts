/** What the receiver puts on the queue for each event, as far as jobs are concerned. */

/** An event of LeapOCR's that says how a job ended. */
export interface JobEvent {
  readonly eventId: string;
  readonly type: 'job.completed' | 'job.failed';
  readonly jobId: string;
  /** When it happened, epoch milliseconds. */
  readonly occurredAt: number;
  /** Of a failed job. */
  readonly errorMessage?: string;
}

/** A message that is none of the receiver's, or an event that LeapOCR would not send. */
export class UnreadableMessage extends Error {
  constructor(what: string) {
    super(`the message cannot be worked on: ${what}`);
    this.name = 'UnreadableMessage';
  }
}

/** As LeapOCR makes them, UUIDs, and a little more; never a path. */
const JOB_ID = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * The event in a message of WebhookReceiver: `{"version": 1, "event_id", "event_type"?, "event": {...}, ...}`.
 * @returns undefined for an event of another type, such as webhook.test
 * @throws {UnreadableMessage}
 */
export function jobEventOf(body: string): JobEvent | undefined {
  const message = objectOf(body);
  if (message.version !== 1) throw new UnreadableMessage('it is of no version that is known');
  const { event_id: eventId, event_type: type } = message;
  if (type !== 'job.completed' && type !== 'job.failed') return undefined;
  const { job_id: jobId, timestamp, error_message: errorMessage } = (message.event ?? {}) as Record<string, unknown>;
  const occurredAt = Date.parse(String(timestamp));
  if (typeof eventId !== 'string') throw new UnreadableMessage('it has no event id');
  if (typeof jobId !== 'string' || !JOB_ID.test(jobId)) throw new UnreadableMessage('its event has no job id');
  if (Number.isNaN(occurredAt)) throw new UnreadableMessage('its event has no timestamp');
  return { eventId, type, jobId, occurredAt, ...(typeof errorMessage === 'string' && { errorMessage }) };
}

function objectOf(json: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new UnreadableMessage('it is not JSON');
  }
  if (typeof value !== 'object' || value === null) throw new UnreadableMessage('it is no object');
  return value as Record<string, unknown>;
}
