import { deliveryId, timeOf } from '../../lambda/core/shared/identifiers';
import type { InMemoryRecoveryJobs } from '../fakes/recovery-jobs';
import type { AcceptedStory, Attempt, DeliveryStory, RecoveryStory, SubscriptionStory } from './ledger';
import type { SimulatedQueue } from './queues';
import type { World } from './world';
import { isSuccess } from '../../lambda/core/endpoint/endpoint';
import { nextStepAfter } from '../../lambda/core/delivery/retry';
import type { DeliveryRecord } from '../../lambda/core/delivery/delivery-record';

/**
 * How much younger than a stored event a subscription may be and still get it: rule 1's slack, the clocks' difference,
 * and the time of a fan-out.
 */
const YOUNGER_MS = 5_000 + 4_000 + 30_000;
/** The greatest difference of two functions' clocks. */
const SKEW_MS = 4_000;
/** Without faults, an attempt is at most this late: queues' polls, and a batch that waits for its slowest endpoint. */
const LATE_MS = 45_000;
/** With so many, all of them hanging, functions are busy. */
const MANY_SUBSCRIPTIONS = 10;
/** What a rate limit may be ahead of the clock, and from its grant to the request, when nothing stalls. */
const RATE_BURST_MS = 2_000;
const GRANTED_WITHIN_MS = 1_000;

export function checkInvariants(world: World, queues: readonly SimulatedQueue[], jobs: InMemoryRecoveryJobs): void {
  new Judge(world).judge(queues, jobs);
}

class Judge {
  private readonly records: ReadonlyMap<string, DeliveryRecord>;

  constructor(private readonly world: World) {
    this.records = new Map(world.tables.log.records.map((record) => [record.deliveryId, record]));
  }

  judge(queues: readonly SimulatedQueue[], jobs: InMemoryRecoveryJobs): void {
    const { ledger } = this.world.context;
    for (const queue of queues)
      if (queue.messages.size + queue.dead.size > 0) this.violate('1', queue.name, 'messages are left');
    for (const event of ledger.events.values()) this.nothingLost(event);
    for (const id of ledger.replays) this.manualRetry(ledger.deliveries.get(id));
    for (const story of ledger.deliveries.values()) this.delivery(story);
    for (const recovery of ledger.recoveries.values()) this.recovery(recovery, jobs);
    for (const subscription of ledger.subscriptions.values()) {
      this.subscription(subscription);
      this.rateLimits(subscription);
    }
  }

  private violate(invariant: string, about: string, what: string): void {
    this.world.context.ledger.violate(invariant, about, what);
  }

  /**
   * 1: every matching endpoint's delivery of an accepted event came to an end; and none got what it never asked for.
   */
  private nothingLost(event: AcceptedStory): void {
    const { ledger } = this.world.context;
    const { claimed } = event;
    if (claimed === undefined) return this.violate('1', event.name, 'lost: never claimed');
    const originals = [...ledger.deliveries.values()].filter(
      ({ message }) =>
        message.tenantId === event.tenantId && message.eventId === event.eventId && message.replayId === undefined,
    );
    if (claimed.webhookUrl !== undefined) {
      const [only, ...others] = originals;
      if (only === undefined) return this.violate('1', event.name, 'lost: no delivery to its URL');
      if (others.length > 0) this.violate('5', event.name, `${originals.length} deliveries of an event with one URL`);
      return this.ended(only);
    }
    for (const subscription of ledger.subscriptions.values()) {
      const story = originals.find(({ message }) => message.subscriptionId === subscription.id);
      const matches = subscription.tenantId === event.tenantId && subscription.eventTypes.includes(claimed.eventType);
      if (story?.queued !== true) {
        if (matches && subscription.createdAt < event.at && subscription.deletedAt === undefined)
          this.violate('1', `${event.name}>${subscription.name}`, 'lost: never queued');
        continue;
      }
      if (!matches || subscription.createdAt > claimed.at + YOUNGER_MS)
        this.violate('1', story.name, 'delivered to a subscription that does not match');
      this.ended(story);
    }
    for (const { message, name } of originals) {
      if (this.records.has(message.deliveryId) && !ledger.subscriptions.has(message.subscriptionId))
        this.violate('1', name, 'delivered to a URL that the event does not name');
    }
  }

  private ended(story: DeliveryStory): void {
    const record = this.records.get(story.message.deliveryId);
    if (record === undefined) this.violate('1', story.name, 'lost: no record');
    else if (record.status === 'pending')
      this.violate('1', story.name, `lost: its record is pending, n${record.attempts} chain ${record.chain}`);
    else if (record.status !== 'delivered' && record.reason === undefined)
      this.violate('1', story.name, `${record.status} without a reason`);
  }

  private delivery(story: DeliveryStory): void {
    const record = this.records.get(story.message.deliveryId);
    if (record !== undefined) this.truth(story, record);
    if (story.message.replayId !== undefined && story.queued) this.ended(story);
    this.sameBytes(story);
    this.timing(story);
    if (story.excuses.length === 0) this.exactlyOnce(story, record);
    if (record?.status !== 'failed') return;
    if (record.published !== true) this.violate('rule 6', story.name, 'a failed record that nobody completed');
    if (story.emitted === 0) this.violate('rule 6', story.name, 'delivery.failed was never emitted');
  }

  /** The record says what happened. */
  private truth(story: DeliveryStory, record: DeliveryRecord): void {
    if (record.status === 'pending') this.violate('1', story.name, 'its record is left pending');
    if (record.status === 'delivered' && !story.attempts.some(({ accepted }) => accepted))
      this.violate('1', story.name, 'recorded as delivered, never accepted by its endpoint');
    const known = story.attempts.some(({ result }) => result !== undefined && isSuccess(result));
    if (record.status !== 'delivered' && known && story.excuses.length === 0)
      this.violate('1', story.name, `accepted by its endpoint, recorded as ${record.status}`);
  }

  /** 2 and 5: once, in the schedule's number of attempts, unless a fault excuses it. */
  private exactlyOnce(story: DeliveryStory, record: DeliveryRecord | undefined): void {
    const { ledger, settings } = this.world.context;
    const { attempts } = story;
    const accepted = attempts.filter((attempt) => attempt.accepted).length;
    if (accepted > 1) this.violate('2', story.name, `accepted ${accepted} times, without an excuse`);
    if (attempts.length > ledger.attemptsMax)
      this.violate('3', story.name, `${attempts.length} attempts of ${ledger.attemptsMax}, without an excuse`);
    const numbers = attempts.filter((attempt) => attempt.numbers.length === 1).map((attempt) => attempt.numbers[0]);
    if (new Set(numbers).size < numbers.length)
      this.violate('3', story.name, `an attempt made twice, without an excuse: ${numbers.join(', ')}`);
    const last = attempts.at(-1);
    if (record?.status === 'failed' && last === undefined && !this.isForgotten(story, record))
      this.violate('3', story.name, 'failed without an attempt');
    if (record?.status !== 'failed' || last?.result === undefined) return;
    const outcome = nextStepAfter(last.result, attempts.length, settings.retry, 0, 0);
    if (outcome.kind !== 'final')
      this.violate('3', story.name, `failed after ${attempts.length} attempts of ${ledger.attemptsMax}`);
  }

  /** Its event's payload is kept no longer: only a late replay comes to that. */
  private isForgotten({ message: { tenantId, eventId } }: DeliveryStory, { settledAt = 0 }: DeliveryRecord): boolean {
    const { ledger, settings } = this.world.context;
    return (
      settledAt > ledger.events.get(`${tenantId}#${eventId}`)!.claimed!.at + settings.eventTtlSeconds * 1000 - SKEW_MS
    );
  }

  /** 2: always the same ids and bytes, those that were stored. */
  private sameBytes(story: DeliveryStory): void {
    const { ledger } = this.world.context;
    const { tenantId, eventId, subscriptionId, url, deliveryId: id, replayId } = story.message;
    const claimed = ledger.events.get(`${tenantId}#${eventId}`)?.claimed;
    if (claimed === undefined) return this.violate('2', story.name, 'a delivery of an event that was never claimed');
    if (story.attempts.some(({ body }) => body !== claimed.payload))
      this.violate('2', story.name, "an attempt with other bytes than the stored event's");
    const time = replayId === undefined ? timeOf(id) : (ledger.recoveries.get(replayId)?.job.createdAt ?? timeOf(id));
    const expected = deliveryId({
      time,
      tenantId,
      eventId,
      target: url ?? subscriptionId,
      ...(replayId !== undefined && { replayId }),
    });
    if (expected !== id) this.violate('2', story.name, 'an id of another identity');
  }

  /** 3: no attempt before its time; and late only where something held it up. */
  private timing({ name, attempts, deferred, excuses }: DeliveryStory): void {
    const { settings, faults, ledger } = this.world.context;
    const punctual = faults.active.size === 0 && !deferred && ledger.subscriptions.size < MANY_SUBSCRIPTIONS;
    for (const attempt of attempts) {
      const number = Math.max(...attempt.numbers);
      if (number === 1 || attempt.numbers.length > 1) continue;
      const before = attempts.filter(
        (other) =>
          other.numbers.includes(number - 1) && other.endedAt !== undefined && other.startedAt < attempt.startedAt,
      );
      const earliest = Math.min(...before.map(({ endedAt }) => endedAt!)) + settings.retry.delays[number - 2]! * 1000;
      if (before.length === 0 ? excuses.length === 0 : attempt.startedAt < earliest - SKEW_MS)
        this.violate('3', name, `attempt ${number} before its time`);
      if (punctual && attempt.startedAt > attempt.dueAt! + LATE_MS)
        this.violate('3', name, `attempt ${number} was ${attempt.startedAt - attempt.dueAt!} ms late`);
    }
  }

  /** Rule 8: what was answered with 202 was in its queue. */
  private manualRetry(story: DeliveryStory | undefined): void {
    if (story?.queued !== true) this.violate('rule 8', story?.name ?? 'a manual retry', 'answered, and never queued');
    else this.ended(story);
  }

  /**
   * Rule 8: a recovery comes to its end, and resends what had failed or was canceled by its start, each once, and
   * nothing else.
   */
  private recovery(recovery: RecoveryStory, jobs: InMemoryRecoveryJobs): void {
    const { ledger } = this.world.context;
    const { job, ended, answered } = recovery;
    const name = `${ledger.replayName(job.id)} of ${ledger.targetName(job.subscriptionId)}`;
    if (answered && ended === undefined && jobs.stored(job)?.id === job.id)
      this.violate('rule 8', name, 'a recovery that never ended');
    const ofTarget = [...ledger.deliveries.values()].filter(
      ({ message, queued }) => queued && message.subscriptionId === job.subscriptionId,
    );
    const replaysOf = (original: DeliveryStory) =>
      ofTarget.filter(({ message }) => message.replayOf === original.message.deliveryId);
    for (const original of ofTarget.filter(({ message }) => message.replayId === undefined)) {
      const own = replaysOf(original).filter(({ message }) => message.replayId === job.id);
      const others = replaysOf(original).filter(({ message }) => message.replayId !== job.id);
      if (own.length > 1) this.violate('rule 8', original.name, `resent ${own.length} times by one recovery`);
      if (own[0] !== undefined) this.rightlyResent(original, own[0], others, recovery);
      else if (ended?.status === 'completed') this.rightlyLeftOut(original, others, recovery);
    }
    for (const { message, name: replay } of ofTarget) {
      if (message.replayId !== undefined && ledger.deliveries.get(message.replayOf!)?.message.replayId !== undefined)
        this.violate('rule 8', replay, 'a replay of a replay');
    }
  }

  /**
   * It had failed or was canceled, was of the job's time, and by the time its page was begun neither delivered nor on
   * its way again.
   */
  private rightlyResent(
    original: DeliveryStory,
    replay: DeliveryStory,
    others: readonly DeliveryStory[],
    { job }: RecoveryStory,
  ): void {
    const { at, since: begun } = replay.sent!;
    const arrived = timeOf(original.message.deliveryId);
    if (arrived < job.since || arrived > job.createdAt)
      this.violate('rule 8', replay.name, 'resent, though its event is not of the time that was asked for');
    if (
      !['failed', 'cancelled'].some((status) =>
        original.states.some((state) => state.status === status && state.at <= at),
      )
    )
      this.violate('rule 8', replay.name, 'resent, though it had not failed');
    if (stateAt(original, begun) === 'delivered')
      this.violate('rule 8', replay.name, 'resent, though its original was delivered');
    for (const other of others) {
      if (stateAt(other, begun) === 'delivered')
        this.violate('rule 8', replay.name, `resent, though ${other.name} was delivered`);
      // It may have ended while the page was being made.
      if (stateAt(other, begun) === 'pending' && stateAt(other, at) === 'pending')
        this.violate('rule 8', replay.name, `resent, though ${other.name} was pending`);
    }
  }

  private rightlyLeftOut(
    original: DeliveryStory,
    others: readonly DeliveryStory[],
    { job, startedAt, ended }: RecoveryStory,
  ): void {
    const { settings } = this.world.context;
    const arrived = timeOf(original.message.deliveryId);
    const state = stateAt(original, startedAt);
    if (arrived < job.since || arrived > job.createdAt || (state !== 'failed' && state !== 'cancelled')) return;
    if (original.states.at(-1)!.status === 'delivered') return;
    if (arrived + settings.eventTtlSeconds * 1000 <= ended!.at + SKEW_MS) return;
    const replayed = others.some((other) =>
      other.states.some(
        ({ at, status }, index) =>
          at <= ended!.at &&
          (status === 'delivered' || (status === 'pending' && (other.states[index + 1]?.at ?? Infinity) >= startedAt)),
      ),
    );
    if (!replayed)
      this.violate('rule 8', original.name, `left out by the recovery ${this.world.context.ledger.replayName(job.id)}`);
  }

  /** 4: disabled when and only when the last N that counted failed, or the endpoint is gone; and that is said. */
  private subscription(story: SubscriptionStory): void {
    const { settings } = this.world.context;
    for (const { at, epoch } of story.disabled) this.rightlyDisabled(story, at, epoch);
    const subscription = this.world.tables.store.subscriptions.find(({ id }) => id === story.id);
    if (subscription === undefined) return;
    if (subscription.enabled) {
      const failures = story.failures.filter(({ epoch, ours }) => epoch === subscription.epoch && !ours);
      const first = failures.at(-settings.disableAfter);
      const success = story.successes.some(
        ({ recordedAt }) => first !== undefined && (recordedAt === undefined || recordedAt >= first.at),
      );
      if (first !== undefined && !success)
        this.violate('4', story.name, `still enabled after ${failures.length} failures and no success`);
      // Unless a copy's success went over its record (rule 5) before anybody decided: then the endpoint is not gone.
      const gone = story.goneAt.some(
        ({ epoch, delivery }) => epoch === subscription.epoch && this.records.get(delivery)?.status === 'failed',
      );
      if (settings.retry.goneDisables && gone) this.violate('4', story.name, 'still enabled after 410');
    } else if (subscription.disabledReason !== undefined && story.announced === 0) {
      this.violate('rule 6', story.name, 'subscription.disabled was never emitted');
    }
  }

  /** A rate limit of so many a second: in any T seconds at most so many times T + 2 attempts, copies' too. */
  private rateLimits({ name, id, limits, deletedAt = Infinity }: SubscriptionStory): void {
    const { ledger, faults } = this.world.context;
    if (faults.active.has('slow')) return; // then a request may be long after its grant
    const starts = [...ledger.deliveries.values()]
      .filter(({ message }) => message.subscriptionId === id)
      .flatMap(({ attempts }) => attempts.map(({ startedAt }) => startedAt));
    limits.forEach(({ from, perSecond }, index) => {
      if (perSecond === undefined) return;
      const until = Math.min(limits[index + 1]?.from ?? Infinity, deletedAt);
      const within = starts
        .filter((start) => start >= from + GRANTED_WITHIN_MS && start < until)
        .sort((one, other) => one - other);
      const aheadMs = RATE_BURST_MS + GRANTED_WITHIN_MS + (faults.active.has('skew') ? SKEW_MS : 0);
      within.forEach((first, begin) => {
        for (let end = begin + 1; end < within.length; end += 1) {
          const count = end - begin + 1;
          const most = Math.ceil((perSecond * (within[end]! - first + aheadMs)) / 1000);
          if (count > most)
            return this.violate(
              'rate limit',
              name,
              `${count} attempts in ${within[end]! - first} ms, at ${perSecond} a second`,
            );
        }
      });
    });
  }

  /**
   * A success that was answered after the first of the last N failures, and on record before the disabling, is among
   * the last N.
   */
  private rightlyDisabled(story: SubscriptionStory, at: number, epoch: number): void {
    const { settings } = this.world.context;
    const gone = story.goneAt.some((each) => each.epoch === epoch && each.at <= at);
    if (settings.retry.goneDisables && gone) return;
    const failures = story.failures.filter((each) => each.epoch === epoch && each.at <= at && !each.ours);
    const first = failures.at(-settings.disableAfter);
    if (first === undefined)
      return this.violate('4', story.name, `disabled after ${failures.length} failures of ${settings.disableAfter}`);
    const between = story.successes.some(
      (success: Attempt) =>
        success.epoch === epoch &&
        success.endedAt! > first.at &&
        success.recordedAt !== undefined &&
        success.recordedAt < at,
    );
    if (between)
      this.violate('4', story.name, `disabled though one of its last ${settings.disableAfter} deliveries succeeded`);
  }
}

/** What the record said at that time. */
function stateAt({ states }: DeliveryStory, time: number): DeliveryRecord['status'] | undefined {
  return states.findLast(({ at }) => at < time)?.status;
}
