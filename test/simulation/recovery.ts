/**
 * Manual retries and recoveries, as rule 8 says of them: the job's id is the replay id, its creation the arrival, each page is redone with the same ids. The project's own job takes
 * this one's place here as soon as the management API has it.
 */
import { deliveryId, type EventId, type SubscriptionId, type TenantId } from '../../lambda/core/identifiers';
import { PortUnavailable } from '../../lambda/core/errors';
import type { Chance, Clock, DeliveryQueues, OutgoingDelivery } from '../../lambda/core/ports';
import { newChain } from '../../lambda/core/reenqueue';
import type { Invocation } from './invocation';
import type { DeliveryStory, Ledger } from './ledger';
import type { QueuedMessage } from './queues';
import type { Tables } from './tables';

const PAGE = 2;

export interface RecoveryJob {
  readonly job: string;
  readonly subscription: SubscriptionId;
  readonly createdAt: number;
}

/** As it is received: twice, perhaps, and then its first attempts may be made by both. */
type ReceivedJob = RecoveryJob & { readonly twice: boolean };

/** How far a job is. */
export interface RecoveryProgress {
  /** The last original delivery that it has been through, by id. */
  readonly after: string;
}

interface RecoveryPorts {
  readonly clock: Clock;
  readonly chance: Chance;
  readonly queues: DeliveryQueues;
  readonly invocation: Invocation;
  readonly tables: Tables;
  readonly ledger: Ledger;
}

/** @returns the ids of the jobs that go back */
export async function recover(batch: readonly QueuedMessage[], progress: Map<string, RecoveryProgress>, ports: RecoveryPorts): Promise<readonly string[]> {
  const returned: string[] = [];
  await Promise.all(
    batch.map(async ({ id, body, twice }) => {
      const job = { ...(JSON.parse(body) as RecoveryJob), twice };
      try {
        while (await recoverPage(job, progress, ports));
      } catch (error) {
        if (!(error instanceof PortUnavailable)) throw error;
        returned.push(id);
      }
    }),
  );
  return returned;
}

/** @returns whether there may be another page */
async function recoverPage(job: ReceivedJob, progress: Map<string, RecoveryProgress>, ports: RecoveryPorts): Promise<boolean> {
  const { invocation, queues, ledger, chance } = ports;
  const page = await invocation.call('read', 'recovery page', () => originalsOf(job, progress.get(job.job)?.after ?? '', ports));
  if (page.length === 0) return false;
  const sends = page.filter((story) => !isDelivered(story, ports)).map((story) => replayOf(story, job.job, job.createdAt, chance));
  const results = await queues.send(sends);
  if (job.twice) sends.forEach(({ message }) => ledger.excuse(message.deliveryId, 'SQS delivers its recovery twice'));
  sends.forEach(({ message }, index) => results[index] === 'sent' && ledger.replays.add(message.deliveryId));
  if (results.some((result) => result !== 'sent')) throw new PortUnavailable('delivery queue', new Error('not all were taken'));
  const after = page.at(-1)!.message.deliveryId;
  await invocation.call('state', 'recovery checkpoint', () => void progress.set(job.job, { after }));
  return true;
}

/** A bounded set: original deliveries that failed or were cancelled, made before the job. */
function originalsOf(job: RecoveryJob, after: string, { tables, ledger }: RecoveryPorts): DeliveryStory[] {
  return tables.log.records
    .filter(({ status, subscriptionId, deliveryId: id }) => subscriptionId === job.subscription && (status === 'failed' || status === 'cancelled') && id > after)
    .map(({ deliveryId: id }) => ledger.deliveries.get(id)!)
    .filter(({ message: { replayId, tenantId, eventId } }) => replayId === undefined && ledger.events.get(`${tenantId}#${eventId}`)!.claimed!.at <= job.createdAt)
    .sort((one, other) => (one.message.deliveryId < other.message.deliveryId ? -1 : 1))
    .slice(0, PAGE);
}

function isDelivered({ message: { eventId, subscriptionId } }: DeliveryStory, { tables }: RecoveryPorts): boolean {
  return tables.log.records.some((record) => record.eventId === eventId && record.subscriptionId === subscriptionId && record.status === 'delivered');
}

/** A manual retry: answered with 202 only when it is in the queue. */
export async function retryByHand(story: DeliveryStory, replayId: string, clock: Clock, { queues, chance, ledger }: Pick<RecoveryPorts, 'queues' | 'chance' | 'ledger'>): Promise<void> {
  const replay = replayOf(story, replayId, clock.now(), chance);
  const [result] = await queues.send([replay]);
  if (result === 'sent') ledger.replays.add(replay.message.deliveryId);
}

function replayOf({ message }: DeliveryStory, replayId: string, createdAt: number, chance: Chance): OutgoingDelivery {
  const { tenantId, eventId, eventType, subscriptionId, url } = message;
  const identity: { tenantId: TenantId; eventId: EventId; target: string } = { tenantId, eventId, target: url ?? subscriptionId };
  return {
    message: { deliveryId: deliveryId({ ...identity, time: createdAt, replayId }), tenantId, eventId, eventType, subscriptionId, attempt: 1, chain: newChain(chance), arrivedAt: createdAt, replayId, ...(url !== undefined && { url }) },
    queue: { kind: 'delivery' },
    delaySeconds: 0,
  };
}
