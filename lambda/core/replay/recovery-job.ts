/**
 * A recovery as it is stored and as it travels: all deliveries of a subscription that failed or were cancelled since a
 * time, sent once more (rule 8).
 */
import * as z from 'zod/mini';
import { UnreadableMessage } from '../shared/errors';
import { type DeliveryId, LOG_SHARDS, type SubscriptionId, type TenantId, timeOf } from '../shared/identifiers';

/**
 * `running`: its message is in the recovery queue, or in that queue's dead-letter queue. `stopped`: it could not go on,
 * and says why; what it had sent by then stays sent.
 */
export type RecoveryStatus = 'running' | 'completed' | 'stopped';

export interface RecoveryJob {
  readonly tenantId: TenantId;
  readonly subscriptionId: SubscriptionId;
  /** A UUID; the replay id of all its deliveries. */
  readonly id: string;
  /** Deliveries of events that arrived between these two are resent, epoch milliseconds. */
  readonly since: number;
  readonly createdAt: number;
  readonly status: RecoveryStatus;
  /** Why it stopped, for people. */
  readonly reason?: string;
  /** How far it is: it goes through one shard of the log after the other. */
  readonly shard: number;
  /** The last delivery of that shard that it has been through. */
  readonly after?: DeliveryId;
  /** Pages done so far; a message names the one that it asks for. */
  readonly page: number;
  /**
   * Failed and cancelled deliveries that it has been through: originals, and the replays among them, which it leaves
   * alone.
   */
  readonly examined: number;
  readonly resent: number;
  /** Originals left out: delivered since, on their way again, or their payload is kept no longer. */
  readonly skipped: number;
  /** How many deliveries there may be to go through, by the figures at its start; absent: unknown. */
  readonly estimate?: number;
  /** Epoch milliseconds. */
  readonly updatedAt: number;
}

/** What a message of the recovery queue asks for: one page of a job. */
export interface RecoveryStep {
  readonly tenantId: TenantId;
  readonly subscriptionId: SubscriptionId;
  readonly jobId: string;
  readonly page: number;
}

const stepFormat = z.object({
  v: z.literal(1),
  tenant: z.string(),
  subscription: z.string(),
  job: z.string(),
  page: z.int().check(z.gte(0)),
});

export function formatRecoveryStep({ tenantId, subscriptionId, jobId, page }: RecoveryStep): string {
  return JSON.stringify({ v: 1, tenant: tenantId, subscription: subscriptionId, job: jobId, page });
}

/** @throws UnreadableMessage for a format that this version does not know */
export function parseRecoveryStep(body: string): RecoveryStep {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    throw new UnreadableMessage('the recovery message is not JSON');
  }
  const parsed = stepFormat.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new UnreadableMessage(
      `the recovery message is not of a format that this version reads: ${issue?.path.join('.')}: ${issue?.message}`,
    );
  }
  const { tenant, subscription, job, page } = parsed.data;
  return { tenantId: tenant as TenantId, subscriptionId: subscription as SubscriptionId, jobId: job, page };
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
