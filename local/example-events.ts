import { type Platform, PROFILES } from '../bin/profiles';
import { UserError } from './user-error';

/** The event message contract (docs/architecture.md). */
export interface EventMessage {
  readonly event_id: string;
  readonly event_type: string;
  readonly tenant_id: string;
  readonly payload: unknown;
  /** Deliver there instead of to subscriptions. */
  readonly webhook_url?: string;
}

const JOB = { job_id: '6d3e2a79-8f80-4d71-9ab9-b8410d14ed1d', user_id: 'user_123' };
const DOCUMENT = { file_name: 'invoice.pdf', file_size: 483_920, total_pages: 3 };
const USAGE = { success_pages: 3, empty_pages: 0, total_tokens: 1842, credits_used: 3 };
/** The job of the guide took 34 s. */
const JOB_MS = 34_000;

const rfc3339 = (ms: number): string => new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');

/**
 * The payload of LeapOCR's webhook guide for this type of event, as of `nowMs` and for this tenant.
 * @param tenant `{organization_id}/{team_id}`
 * @throws {UserError} for a type that the guide has no example of
 */
export function examplePayload(type: string, eventId: string, tenant: string, nowMs: number): Record<string, unknown> {
  const [organization = tenant, team = ''] = tenant.split('/');
  const head = {
    event_type: type,
    event_id: eventId,
    timestamp: rfc3339(nowMs),
    ...JOB,
    team_id: team,
    organization_id: organization,
  };
  const createdAt = { created_at: rfc3339(nowMs - JOB_MS) };
  switch (type) {
    case 'job.created':
      return { ...head, status: 'created', ...DOCUMENT, processed_pages: 0, created_at: rfc3339(nowMs) };
    case 'job.started':
      return { ...head, status: 'processing', ...DOCUMENT, processed_pages: 0, ...createdAt };
    case 'job.completed':
      return {
        ...head,
        status: 'completed',
        ...DOCUMENT,
        processed_pages: 3,
        ...createdAt,
        completed_at: rfc3339(nowMs),
        ...USAGE,
      };
    case 'job.failed':
      return {
        ...head,
        status: 'failed',
        ...DOCUMENT,
        processed_pages: 1,
        ...createdAt,
        error_message: 'Document processing failed',
      };
    default:
      throw new UserError(
        `There is no example payload for "${type}": give one with --file payload.json, or a type of ` +
          'job.created, job.started, job.completed, job.failed.',
      );
  }
}

/**
 * The example that a profile's event catalog has of a type.
 *
 * @throws {UserError} that names the types there are
 */
export function catalogExample(stack: string, type: string): unknown {
  const { eventTypes } = PROFILES[stack as Platform]({});
  const found = eventTypes.find(({ name }) => name === type);
  if (found) return found.example;
  throw new UserError(
    `The catalog of ${stack} has no "${type}": give one of ${eventTypes.map(({ name }) => name).join(', ')}, ` +
      'or a payload with --file payload.json.',
  );
}
