/**
 * A recovery as it is stored and as it travels: all deliveries of a subscription that failed or were canceled since a
 * time, sent once more (rule 8).
 */
import { formatMessage, integer, type Model, names, number, optional, parseMessage, text } from '../shared/format';
import { type DeliveryId, LOG_SHARDS, type SubscriptionId, type TenantId, timeOf } from '../shared/identifiers';
import { reasonField } from '../shared/reason-format';

/**
 * `running`: its message is in the recovery queue, or in that queue's dead-letter queue. `stopped`: it could not go on,
 * and says why; what it had sent by then stays sent.
 */
export type RecoveryStatus = 'running' | 'completed' | 'stopped';

/** How a recovery is stored. */
export const recoveryJobFields = {
  /** A UUID: the replay id of all its deliveries. */
  id: text('id'),
  /** Deliveries of events that arrived between these two are resent. Epoch milliseconds. */
  since: number('since'),
  createdAt: number('created'),
  status: text<RecoveryStatus>('status'),
  /** Why it stopped. */
  reason: optional(reasonField('reason')),
  /** How far it is: it goes through one shard of the log after the other. */
  shard: integer('shard'),
  /** The last delivery of that shard that it has examined. */
  after: optional(text<DeliveryId>('after')),
  /** Pages done so far. A message names the one that it asks for. */
  page: integer('page'),
  /** Failed and cancelled deliveries that it has examined: originals, and the replays among them, which it skips. */
  examined: integer('examined'),
  resent: integer('resent'),
  /** Originals that were not resent: delivered since, pending again, or without a stored payload. */
  skipped: integer('skipped'),
  /** How many deliveries there may be to examine, by the figures at its start. Absent: unknown. */
  estimate: optional(integer('estimate')),
  /** Epoch milliseconds. */
  updatedAt: number('updated'),
};

export const RECOVERY_NAMES = names(recoveryJobFields);

export interface RecoveryJob extends Model<typeof recoveryJobFields> {
  readonly tenantId: TenantId;
  readonly subscriptionId: SubscriptionId;
}

/** What a message of the recovery queue asks for: one page of a job. */
const recoveryStepFields = {
  tenantId: text<TenantId>('tenant'),
  subscriptionId: text<SubscriptionId>('subscription'),
  jobId: text('job'),
  page: integer('page'),
};

export type RecoveryStep = Model<typeof recoveryStepFields>;

/** Of messages that this version writes and reads. */
const STEP_VERSION = 1;

export function formatRecoveryStep(step: RecoveryStep): string {
  return formatMessage(STEP_VERSION, recoveryStepFields, step);
}

/** @throws UnreadableMessage for a format that this version does not know */
export function parseRecoveryStep(body: string): RecoveryStep {
  return parseMessage('recovery message', STEP_VERSION, recoveryStepFields, body);
}

export function stepOf({ tenantId, subscriptionId, id, page }: RecoveryJob): RecoveryStep {
  return { tenantId, subscriptionId, jobId: id, page };
}

/** How much of its way a job has gone, 0 to 1: by shard, and by time within the shard. */
export function recoveryProgress({ status, shard, after, since, createdAt }: RecoveryJob): number {
  if (status === 'completed') return 1;
  const within = after === undefined || createdAt <= since ? 0 : (timeOf(after) - since) / (createdAt - since);
  return (shard + Math.min(Math.max(within, 0), 1)) / LOG_SHARDS;
}
