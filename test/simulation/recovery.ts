/** Manual retries and recoveries: the real core on the simulated world, and the true history of its jobs. */
import { Conflict, NotFound, PortUnavailable } from '../../lambda/core/shared/errors';
import { retryDelivery } from '../../lambda/core/replay/manual-retry';
import { recover, type RecoveryPorts, startRecovery } from '../../lambda/core/replay/recovery';
import { formatRecoveryStep, type RecoveryJob } from '../../lambda/core/replay/recovery-job';
import { InMemoryDeliveryHistory } from '../fakes/delivery-history';
import { InMemoryRecoveryJobs } from '../fakes/recovery-jobs';
import type { Invocation } from './invocation';
import type { QueuedMessage, SimulatedQueue } from './queues';
import type { World } from './world';
import type { Clock } from '../../lambda/core/shared/clock';
import type { DeliveryHistory } from '../../lambda/core/history/delivery-history';
import type { DeliveryKey } from '../../lambda/core/delivery/delivery-log';
import type { RecoveryJobs, RecoveryQueue } from '../../lambda/core/replay/recovery-jobs';
import type { SubscriptionKey } from '../../lambda/core/shared/identifiers';

/** Small, so that the few deliveries of a run are several pages. */
const PAGE = 2;
/** An answer that never came is given up after this, by the client. */
const UNANSWERED_MS = 3_000;

export class Recoveries {
  readonly jobs = new InMemoryRecoveryJobs();
  private readonly history: InMemoryDeliveryHistory;

  constructor(
    private readonly world: World,
    private readonly queue: () => SimulatedQueue,
  ) {
    const { timeline } = world.context;
    this.history = new InMemoryDeliveryHistory(world.tables.log, {
      now: () => timeline.now,
      sleep: () => Promise.resolve(),
    });
  }

  /**
   * A page each.
   *
   * @returns the ids of the messages that go back
   */
  async run(batch: readonly QueuedMessage[], invocation: Invocation, clock: Clock): Promise<readonly string[]> {
    const { eventTtlSeconds, deliveryTtlSeconds, retry } = this.world.context.settings;
    const settings = { plans: undefined, eventTtlSeconds, deliveryTtlSeconds, tiers: retry.delays.length, page: PAGE };
    const queued = batch.map(({ id, body }) => ({ messageId: id, body }));
    return (await recover(queued, settings, this.ports(invocation, clock))).returned;
  }

  /** An owner asks for a recovery. What is refused is not asked for again. */
  async start(key: SubscriptionKey, since: number, invocation: Invocation, clock: Clock): Promise<void> {
    const { ledger, settings, trace } = this.world.context;
    try {
      const { kind, job } = await startRecovery(key, since, settings, {
        ...this.ports(invocation, clock),
        figures: { hourly: () => Promise.resolve([]) },
      });
      trace.say(
        invocation.name,
        () => `RECOVERY ${ledger.replayName(job.id)} of ${ledger.targetName(key.subscriptionId)} ${kind}`,
      );
      if (kind !== 'running') ledger.recoveries.get(job.id)!.answered = true;
    } catch (error) {
      this.refusedFor(error, invocation);
    }
  }

  /** An owner retries a delivery: when it is answered, it is in the queue. */
  async retry(key: DeliveryKey, invocation: Invocation, clock: Clock): Promise<void> {
    const { ledger, settings } = this.world.context;
    const { tables } = this.world;
    try {
      const { deliveryId } = await retryDelivery(key, settings, {
        ...this.ports(invocation, clock),
        deliveries: tables.deliveryLog(invocation),
        events: tables.eventStore(invocation),
      });
      ledger.replays.add(deliveryId);
    } catch (error) {
      this.refusedFor(error, invocation);
    }
  }

  private refusedFor(error: unknown, { name }: Invocation): void {
    if (!(error instanceof Conflict || error instanceof NotFound || error instanceof PortUnavailable)) throw error;
    this.world.context.trace.say(name, () => `answers ${error.name}: ${error.message}`);
  }

  private ports(invocation: Invocation, clock: Clock): RecoveryPorts & { readonly jobs: RecoveryJobs } {
    const { tables, sends, random } = this.world;
    return {
      clock,
      random,
      subscriptions: tables.subscriptions(invocation),
      history: this.historyOf(invocation),
      deliveries: tables.deliveryLog(invocation),
      queues: sends.madeBy(invocation),
      jobs: this.jobsOf(invocation),
      recoveries: this.queueOf(invocation),
      log: this.world.logOf(invocation),
    };
  }

  private historyOf(invocation: Invocation): Pick<DeliveryHistory, 'failuresBetween' | 'records'> {
    return {
      failuresBetween: (shard, range, limit) =>
        invocation.call('read', 'failures', () => this.history.failuresBetween(shard, range, limit)),
      records: (keys) =>
        keys.length === 0
          ? this.history.records(keys)
          : invocation.call('read', 'records', () => this.history.records(keys)),
    };
  }

  private jobsOf(invocation: Invocation): RecoveryJobs {
    const { ledger, timeline } = this.world.context;
    return {
      read: (key) => invocation.call('read', 'recovery job', () => this.jobs.read(key)),
      start: (job, seen) =>
        invocation.call('record', 'recovery start', async () => {
          const started = await this.jobs.start(job, seen);
          if (started && !ledger.recoveries.has(job.id))
            ledger.recoveries.set(job.id, { job, startedAt: timeline.now, answered: false });
          return started;
        }),
      advance: (seen, to, by) =>
        invocation.call('record', 'recovery checkpoint', async () => {
          const advanced = await this.jobs.advance(seen, to, by);
          this.say(invocation, advanced ? to : undefined, seen);
          if (advanced && to.status !== 'running')
            Object.assign(ledger.recoveries.get(to.id)!, { ended: { at: timeline.now, status: to.status } });
          return advanced;
        }),
      remove: (job) => invocation.call('record', 'recovery removal', () => this.jobs.remove(job)),
    };
  }

  private say(invocation: Invocation, to: RecoveryJob | undefined, seen: RecoveryJob): void {
    const { ledger, trace } = this.world.context;
    const outcome = () => {
      if (to === undefined) return 'lost the race';
      const done = `shard ${to.shard}, resent ${to.resent}, skipped ${to.skipped}`;
      return `page ${to.page} ${to.status} ${to.reason?.code ?? ''}: ${done}`;
    };
    const name = `${ledger.targetName(seen.subscriptionId)} ${ledger.replayName(seen.id)}`;
    trace.say(invocation.name, () => `CHECKPOINT ${name} ${outcome()}`);
  }

  private queueOf(invocation: Invocation): RecoveryQueue {
    const { timeline, faults } = this.world.context;
    return {
      send: (step, delaySeconds) =>
        new Promise((resolve) => {
          timeline.after(invocation.latency(), () => {
            if (invocation.over || invocation.mayDie('recovery send')) return;
            const unanswered = faults.strikes('send-unanswered', 0.04);
            const lost = invocation.isSendRefused() || (unanswered && this.world.context.random.chance(0.3));
            if (!lost) this.queue().push(formatRecoveryStep(step), delaySeconds);
            if (invocation.mayDie('recovery send')) return;
            const sent = lost ? 'refused' : 'sent';
            timeline.after(
              unanswered ? UNANSWERED_MS : invocation.latency(),
              () => !invocation.over && resolve(unanswered ? 'unanswered' : sent),
            );
          });
        }),
    };
  }
}
