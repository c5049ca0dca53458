import { Duration } from 'aws-cdk-lib';
import type { WebhookProfile } from '../webhook-profile';
import { DEAD_LETTER_RETENTION, QUEUE_RETENTION } from './webhook-queue';

/** Rule 9 of docs/architecture.md: events may be recovered this long after they came. */
const RECOVERY_WINDOW = Duration.days(30);

export interface Retention {
  readonly event: Duration;
  readonly delivery: Duration;
}

/**
 * How long items are kept: as asked for, and never so short that a copy of a message could outlive the claim or record
 * that stops it.
 */
export function retentionOf(profile: WebhookProfile, asked: Duration): Retention {
  const longest = profile.retry._longestDeliverySeconds();
  const queues = QUEUE_RETENTION.toSeconds() + DEAD_LETTER_RETENTION.toSeconds();
  const delivery = Math.max(asked.toSeconds(), longest + queues);
  const event = Math.max(delivery, queues + longest, longest + RECOVERY_WINDOW.toSeconds());
  // A record as long as the claim: a copy that finds the claim must find the record, too.
  return { event: Duration.seconds(event), delivery: Duration.seconds(event) };
}
