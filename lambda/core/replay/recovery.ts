/**
 * Recovery (rule 8): all deliveries of a subscription that failed or were canceled since a time are sent once more. A
 * job goes through the log page by page; each message of the recovery queue is one page. A page that is done again,
 * after a crash or by two workers at once, sends the same deliveries: their ids follow from the job's, and each is
 * known by its record.
 */
import type { RandomSource } from '../shared/random';
import { Conflict, NotFound, PortUnavailable, RaceLost, UnreadableItem } from '../shared/errors';
import { reason, type Reason } from '../shared/reason';
import { sendWithRetries } from '../delivery/send-with-retries';
import { type DeliveryId, LOG_SHARDS, type SubscriptionKey, timeOf, uuidV7 } from '../shared/identifiers';
import type { Profile } from '../shared/profile';
import { parseRecoveryStep, type RecoveryJob, type RecoveryStep, stepOf } from './recovery-job';
import { pendingReplay, type ReplayMarks, replayMessage, REPLAYS_MAX, sendReplays, showReplay } from './replay';
import type { Clock } from '../shared/clock';
import type { DeliveryHistory, FailureEntry, LogSlice } from '../history/delivery-history';
import type { DeliveryLog } from '../delivery/delivery-log';
import type { DeliveryQueues, SendResult } from '../delivery/delivery-queues';
import type { Figures } from '../history/figures';
import { type Log, logReturned } from '../shared/log';
import type { RecoveryJobs, RecoveryQueue } from './recovery-jobs';
import { subscriptionAmong, type SubscriptionReader } from '../subscriptions/subscription-reader';
import type { Subscription } from '../subscriptions/subscription';
import type { DeliveryMessage } from '../delivery/delivery-message';
import type { DeliveryRecord } from '../delivery/delivery-record';

/**
 * Deliveries of a page; with a page a second, a job resends at most so many a second, and they wait in the first retry
 * tier, behind which no first attempt of an event waits.
 */
export const RECOVERY_PAGE = 100;
const PAGE_INTERVAL_SECONDS = 1;
/**
 * Until its first page: the index follows the log within a second or so (AWS, "Using Global Secondary Indexes", "Data
 * synchronization").
 */
const START_DELAY_SECONDS = 2;
/**
 * A job that has not moved for so long has lost its message, or lies in the dead-letter queue: then asking for it again
 * sends its message again.
 */
export const STALLED_MS = 15 * 60_000;

export type RecoveryStart =
  /** A new job, on its way. */
  | { readonly kind: 'started'; readonly job: RecoveryJob }
  /** One that had not moved for {@link STALLED_MS} is on its way again, as it is. */
  | { readonly kind: 'resumed'; readonly job: RecoveryJob }
  /** Another is on its way: one at a time. */
  | { readonly kind: 'running'; readonly job: RecoveryJob };

export interface StartPorts {
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly subscriptions: SubscriptionReader;
  readonly jobs: RecoveryJobs;
  readonly recoveries: RecoveryQueue;
  readonly figures: Pick<Figures, 'hourly'>;
}

/**
 * Begins a recovery; whether the tenant's plan has webhooks, the caller has checked.
 *
 * @param asked epoch milliseconds: of events that arrived from then on, as far back as payloads are kept
 * @throws NotFound
 * @throws Conflict for a time to come, or when the subscription is disabled
 * @throws PortUnavailable when the queue did not take it: there is no job then
 */
export async function startRecovery(
  key: SubscriptionKey,
  asked: number,
  settings: Pick<Profile, 'eventTtlSeconds'>,
  ports: StartPorts,
): Promise<RecoveryStart> {
  const { clock, random, jobs, recoveries } = ports;
  const now = clock.now();
  if (!(asked <= now)) throw new Conflict(reason('recover-since-future'));
  const since = Math.max(asked, now - settings.eventTtlSeconds * 1000);
  const { subscription } = await readSubscription(key, ports.subscriptions);
  if (subscription === undefined) throw new NotFound(reason('webhook-not-found'));
  if (!subscription.enabled) throw new Conflict(reason('recover-webhook-disabled'));

  const standing = await jobs.read(key);
  if (standing?.status === 'running') return resume(standing, ports);
  const estimate = await estimateOf(key, since, now, ports.figures);
  const job: RecoveryJob = {
    tenantId: key.tenantId,
    subscriptionId: key.subscriptionId,
    id: uuidV7(now, random.bytes(10)),
    since,
    createdAt: now,
    status: 'running',
    shard: 0,
    page: 0,
    examined: 0,
    resent: 0,
    skipped: 0,
    estimate,
    updatedAt: now,
  };
  if (!(await jobs.start(job, standing))) return another(key, ports);
  const sent = await sendStep(job, START_DELAY_SECONDS, { clock, recoveries });
  if (sent === 'sent' || !(await jobs.remove(job))) return { kind: 'started', job };
  throw notTaken(); // its message, if the queue has it after all, finds no job
}

async function resume(
  job: RecoveryJob,
  { clock, recoveries }: Pick<StartPorts, 'clock' | 'recoveries'>,
): Promise<RecoveryStart> {
  if (clock.now() - job.updatedAt < STALLED_MS) return { kind: 'running', job };
  if ((await sendStep(job, 0, { clock, recoveries })) !== 'sent') throw notTaken();
  return { kind: 'resumed', job };
}

/** Somebody else began one at the same moment. */
async function another(key: SubscriptionKey, { jobs }: StartPorts): Promise<RecoveryStart> {
  const job = await jobs.read(key);
  if (job === undefined) throw new RaceLost('another recovery began at the same moment and was taken back');
  return { kind: 'running', job };
}

/** Failed and cancelled deliveries of the hours that the job covers. It is for people, and a job goes without it. */
async function estimateOf(
  { tenantId, subscriptionId }: SubscriptionKey,
  since: number,
  until: number,
  figures: StartPorts['figures'],
): Promise<number | undefined> {
  try {
    const hours = await figures.hourly(tenantId, subscriptionId, since, until);
    return hours.reduce((sum, { failed, cancelled }) => sum + Math.max(0, failed) + Math.max(0, cancelled), 0);
  } catch (error) {
    if (error instanceof PortUnavailable) return undefined;
    throw error;
  }
}

async function sendStep(
  job: RecoveryJob,
  delaySeconds: number,
  { clock, recoveries }: { readonly clock: Clock; readonly recoveries: RecoveryQueue },
): Promise<SendResult> {
  const send = async ([step]: readonly RecoveryStep[]) => [await recoveries.send(step!, delaySeconds)];
  const [result] = await sendWithRetries([stepOf(job)], send, clock);
  return result!;
}

function notTaken(): PortUnavailable {
  return new PortUnavailable('recovery queue', new Error('the message was not accepted'));
}

export interface RecoveryPorts {
  readonly clock: Clock;
  readonly random: RandomSource;
  readonly subscriptions: SubscriptionReader;
  readonly history: Pick<DeliveryHistory, 'failuresBetween' | 'records'>;
  readonly deliveries: Pick<DeliveryLog, 'claim'> & ReplayMarks;
  readonly queues: DeliveryQueues;
  readonly jobs: Pick<RecoveryJobs, 'read' | 'advance'>;
  readonly recoveries: RecoveryQueue;
  readonly log: Log;
}

export type RecoverySettings = Pick<Profile, 'plans' | 'eventTtlSeconds' | 'deliveryTtlSeconds'> & {
  /** Retry tiers; with none, replays go to the delivery queue. */
  readonly tiers: number;
  /** Deliveries of a page: {@link RECOVERY_PAGE}. */
  readonly page: number;
};

export interface QueuedStep {
  readonly messageId: string;
  readonly body: string;
}

export interface RecoveryReport {
  readonly resent: number;
  readonly skipped: number;
  /** Jobs that came to their end. */
  readonly completed: number;
  readonly stopped: number;
  /** Ids of the messages that go back: their page is done again. */
  readonly returned: readonly string[];
}

/** Never throws for one message's sake. */
export async function recover(
  batch: readonly QueuedStep[],
  settings: RecoverySettings,
  ports: RecoveryPorts,
): Promise<RecoveryReport> {
  const report = { resent: 0, skipped: 0, completed: 0, stopped: 0, returned: [] as string[] };
  await Promise.all(
    batch.map(async ({ messageId, body }) => {
      let step: RecoveryStep | undefined;
      try {
        step = parseRecoveryStep(body);
        const page = await recoverPage(step, settings, ports);
        report.resent += page.resent;
        report.skipped += page.skipped;
        if (page.end !== undefined) report[page.end] += 1;
      } catch (error) {
        logReturned(ports.log, 'recovery', error, {
          message_id: messageId,
          ...(step !== undefined && { tenant_id: step.tenantId, subscription_id: step.subscriptionId }),
        });
        report.returned.push(messageId);
      }
    }),
  );
  return report;
}

interface PageReport {
  readonly resent: number;
  readonly skipped: number;
  readonly end?: 'completed' | 'stopped';
}

const NOTHING: PageReport = { resent: 0, skipped: 0 };

/** In this order: mark, send, record, checkpoint, the next page's message; only then is this one's deleted. */
async function recoverPage(step: RecoveryStep, settings: RecoverySettings, ports: RecoveryPorts): Promise<PageReport> {
  const job = await ports.jobs.read(step);
  // over, taken back, or gone with its subscription
  if (job?.id !== step.jobId || job.status !== 'running') return NOTHING;
  // done, and whoever did it may have died before it said so
  if (job.page === step.page + 1) return sendNext(job, ports);
  if (job.page !== step.page) return NOTHING; // the page after it is done, and so its message was sent

  const { subscription, plan } = await readSubscription(job, ports.subscriptions);
  const why = obstacle(subscription, plan, settings);
  if (why !== undefined) return checkpoint(job, { status: 'stopped', reason: why }, NOTHING, ports);

  const { shard, slice } = await nextSlice(job, settings.page, ports);
  const done = await resend(job, subscription!, slice.entries, settings, ports);
  const [last, next] = [slice.entries.at(-1), slice.more ? shard : shard + 1];
  const place = {
    shard: next,
    after: slice.more ? last?.deliveryId : undefined,
    examined: job.examined + slice.entries.length,
  };
  return checkpoint(
    job,
    {
      ...place,
      resent: job.resent + done.resent,
      skipped: job.skipped + done.skipped,
      status: next === LOG_SHARDS ? 'completed' : job.status,
    },
    done,
    ports,
  );
}

/** Of the shard that the job is in, or of the first one after it that has anything. */
async function nextSlice(
  job: RecoveryJob,
  limit: number,
  { history }: RecoveryPorts,
): Promise<{ shard: number; slice: LogSlice<FailureEntry> }> {
  const { tenantId, subscriptionId, since, createdAt } = job;
  for (let shard = job.shard; ; shard += 1) {
    const after = shard === job.shard ? job.after : undefined;
    const slice = await history.failuresBetween(
      { tenantId, subscriptionId, shard },
      { since, until: createdAt, after },
      limit,
    );
    if (slice.entries.length > 0 || shard === LOG_SHARDS - 1) return { shard, slice };
  }
}

/**
 * Marks the originals that are to be resent, sends their replays, and shows them.
 *
 * @throws PortUnavailable when not all was taken: the page is done again
 */
async function resend(
  job: RecoveryJob,
  { destination: { url } }: Subscription,
  entries: readonly FailureEntry[],
  settings: RecoverySettings,
  ports: RecoveryPorts,
): Promise<{ resent: number; skipped: number }> {
  const originals = entries.filter(({ replayOf }) => replayOf === undefined);
  const { wanted, before } = await choose(job, originals, settings, ports);
  const marked = await Promise.all(
    wanted.map(
      async (message) =>
        (await ports.deliveries.markReplay(
          { ...message, deliveryId: message.replayOf! },
          message.deliveryId,
          REPLAYS_MAX,
        )) === 'marked',
    ),
  );
  const messages = wanted.filter((_message, index) => marked[index]);
  const results = await sendReplays(
    messages,
    settings.tiers === 0 ? { kind: 'delivery' } : { kind: 'tier', tier: 0 },
    ports,
  );
  const sent = messages.filter((_message, index) => results[index] === 'sent');
  const expiresAt = Math.ceil(ports.clock.now() / 1000) + settings.deliveryTtlSeconds;
  await Promise.all(sent.map((message) => showReplay(pendingReplay(message, url, expiresAt), ports)));
  if (sent.length < messages.length)
    throw new PortUnavailable(
      'queue of replays',
      new Error(`${messages.length - sent.length} of ${messages.length} messages were not accepted`),
    );
  return { resent: sent.length + before, skipped: originals.length - sent.length - before };
}

/**
 * @returns the messages of those that are to be resent, and how many this job has resent before, when the page was
 *   begun
 */
async function choose(
  job: RecoveryJob,
  originals: readonly FailureEntry[],
  settings: RecoverySettings,
  { clock, random, history }: RecoveryPorts,
): Promise<{ wanted: DeliveryMessage[]; before: number }> {
  const keyOf = (id: DeliveryId) => ({ tenantId: job.tenantId, subscriptionId: job.subscriptionId, deliveryId: id });
  const found = await history.records(originals.map(({ deliveryId: id }) => keyOf(id)));
  const candidates = [...found.values()].filter(
    (record): record is DeliveryRecord =>
      !(record instanceof UnreadableItem) && isUndelivered(record) && isKept(record, settings, clock.now()),
  );
  const replays = await history.records(candidates.flatMap(({ replays: ids = [] }) => ids.map(keyOf)));
  const wanted: DeliveryMessage[] = [];
  let before = 0;
  for (const record of candidates) {
    const message = replayMessage(record, job.id, job.createdAt, random);
    if (replays.has(message.deliveryId))
      before += 1; // its record says that its message was sent
    else if ((record.replays ?? []).every((id) => isUndelivered(replays.get(id)))) wanted.push(message);
  }
  return { wanted, before };
}

/** False for what is delivered, or on its way; and for a record that nobody can read, as it may be either. */
function isUndelivered(record: DeliveryRecord | UnreadableItem | undefined): boolean {
  return (
    record === undefined ||
    (!(record instanceof UnreadableItem) && (record.status === 'failed' || record.status === 'cancelled'))
  );
}

/** Whether its event's payload is: it is stored at the event's arrival, which is the time in the id. */
function isKept({ deliveryId: id }: DeliveryRecord, { eventTtlSeconds }: RecoverySettings, now: number): boolean {
  return timeOf(id) + eventTtlSeconds * 1000 > now;
}

/**
 * What was done is on record before the next page is asked for. Who loses the race for it gives its message back: the
 * winner may hold the same message, by a duplicate of SQS, and may never learn that it won; then the message, come
 * back, asks for the next page.
 */
async function checkpoint(
  job: RecoveryJob,
  changes: Partial<RecoveryJob>,
  done: PageReport,
  ports: RecoveryPorts,
): Promise<PageReport> {
  const to: RecoveryJob = { ...job, ...changes, page: job.page + 1, updatedAt: ports.clock.now() };
  if (!(await ports.jobs.advance(job, to, Buffer.from(ports.random.bytes(9)).toString('base64url'))))
    throw new RaceLost('another worker was first with this page');
  if (to.status !== 'running') return { ...done, end: to.status };
  await sendNext(to, ports);
  return done;
}

async function sendNext(job: RecoveryJob, ports: RecoveryPorts): Promise<PageReport> {
  if ((await sendStep(job, PAGE_INTERVAL_SECONDS, ports)) !== 'sent') throw notTaken();
  return NOTHING;
}

/** Why the job cannot go on, if it cannot. */
function obstacle(
  subscription: Subscription | undefined,
  plan: string | undefined,
  { plans }: RecoverySettings,
): Reason | undefined {
  if (subscription === undefined) return reason('webhook-deleted');
  if (!subscription.enabled) return reason('recovery-webhook-disabled');
  if (plan === undefined || plans?.includes(plan) !== false) return undefined;
  return reason('plan-without-webhooks', { plan });
}

async function readSubscription(
  key: SubscriptionKey,
  subscriptions: SubscriptionReader,
): Promise<{ subscription: Subscription | undefined; plan: string | undefined }> {
  const { tenantId, subscriptionId } = key;
  const { subscriptions: found, accounts } = await subscriptions.read([{ tenantId, subscriptionId }], [tenantId]);
  return { subscription: subscriptionAmong(found), plan: accounts.get(tenantId)?.plan };
}
