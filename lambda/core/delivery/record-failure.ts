/**
 * Recording failures, and what follows from them (rule 6). Failures are counted on the subscription's item alone, and
 * the decision to disable comes after. Any function that finds a failed record whose follow-up is incomplete, completes
 * it.
 */
import { isIncomplete } from './check';
import { GroupedWriter, type GroupResult } from '../shared/grouped-writer';
import { isUrlTarget, targetName } from '../shared/identifiers';
import { reason, type Reason } from '../shared/reason';
import { deliveryFailed, type OperationalEvents, subscriptionDisabled, subscriptionFailing } from './operational-event';
import { retryWrite, type RemainingMs } from '../shared/retry-write';
import type { DeliveryKey, DeliveryLog } from './delivery-log';
import type { Clock } from '../shared/clock';
import { COUNT_GROUP, type Counted, type FailureCounter } from './failure-counter';
import { subscriptionAmong, type SubscriptionReader } from '../subscriptions/subscription-reader';
import { streakOf, type Subscription } from '../subscriptions/subscription';
import { type DeliveryRecord, isSameRecord } from './delivery-record';

export interface Failure {
  readonly record: DeliveryRecord;
  /** The attempt's number. */
  readonly attempt: number;
  /**
   * Of the subscription, as it was seen at the attempt; absent: not counted (a replay, a URL of an event's own, a fault
   * of ours).
   */
  readonly epoch?: number;
}

interface FailurePorts {
  readonly clock: Clock;
  readonly subscriptions: SubscriptionReader;
  readonly failures: FailureCounter;
  readonly deliveries: DeliveryLog;
  readonly operationalEvents: OperationalEvents;
}

export class FailureRecorder {
  /** One a subscription and epoch: their transactions are apart. */
  private readonly writers = new Map<string, GroupedWriter<Failure, DeliveryRecord | undefined>>();
  /** One a subscription: what failed while a decision was made is decided about together, after it. */
  private readonly deciders = new Map<string, GroupedWriter<DeliveryRecord, void>>();

  constructor(
    private readonly ports: FailurePorts,
    private readonly settings: { readonly disableAfter: number },
    private readonly remainingMs: RemainingMs,
  ) {}

  /**
   * Records a failed delivery, counts it where it counts, and completes it.
   *
   * @returns the record that stands instead, when this one was refused
   * @throws PortUnavailable
   */
  async record(failure: Failure): Promise<DeliveryRecord | undefined> {
    const refused = await (failure.epoch === undefined ? this.settle(failure) : this.writerOf(failure).write(failure));
    if (refused === undefined) await this.complete(failure.record);
    return refused;
  }

  /**
   * Decides about the subscription, tells the platform, and marks the record: until then, its message is not deleted.
   *
   * @throws PortUnavailable
   */
  async complete(record: DeliveryRecord): Promise<void> {
    if (!isIncomplete(record)) return;
    if (!isUrlTarget(record.subscriptionId)) await this.deciderOf(record).write(record);
    await this.ports.operationalEvents.emit([deliveryFailed(record)]);
    await retryWrite(() => this.ports.deliveries.markPublished(record), this.ports.clock, this.remainingMs);
  }

  private async settle({ record, attempt }: Failure): Promise<DeliveryRecord | undefined> {
    const written = await retryWrite(
      () => this.ports.deliveries.settle(record, attempt),
      this.ports.clock,
      this.remainingMs,
    );
    return written.written ? undefined : written.stored;
  }

  private writerOf({ record, epoch }: Failure): GroupedWriter<Failure, DeliveryRecord | undefined> {
    const name = `${targetName(record)}#${epoch}`;
    const known =
      this.writers.get(name) ??
      new GroupedWriter<Failure, DeliveryRecord | undefined>(COUNT_GROUP, (group) => this.countGroup(group));
    this.writers.set(name, known);
    return known;
  }

  /**
   * All of one subscription and epoch. Records that stand otherwise are taken out and the rest is tried again; an
   * outdated epoch is recorded without counting.
   */
  private async countGroup(group: readonly Failure[]): Promise<readonly GroupResult<DeliveryRecord | undefined>[]> {
    const results = new Map<Failure, GroupResult<DeliveryRecord | undefined>>();
    const { record: key, epoch } = group[0]!;
    let left = [...group];
    while (left.length > 0) {
      const counted: Counted = await retryWrite(
        () => this.ports.failures.count(key, epoch!, left),
        this.ports.clock,
        this.remainingMs,
      );
      if (counted.counted) break;
      counted.refused.forEach((stored, index) =>
        results.set(left[index]!, { ok: true, result: isSameRecord(stored, left[index]!.record) ? undefined : stored }),
      );
      left = left.filter((failure) => !results.has(failure));
      if (counted.outdated) {
        await Promise.all(left.map(async (failure) => results.set(failure, await this.settleUncounted(failure))));
        break;
      }
    }
    return group.map((failure) => results.get(failure) ?? { ok: true, result: undefined });
  }

  private async settleUncounted(failure: Failure): Promise<GroupResult<DeliveryRecord | undefined>> {
    try {
      return { ok: true, result: await this.settle(failure) };
    } catch (error) {
      return { ok: false, error };
    }
  }

  private deciderOf(record: DeliveryRecord): GroupedWriter<DeliveryRecord, void> {
    const name = targetName(record);
    const known =
      this.deciders.get(name) ??
      new GroupedWriter<DeliveryRecord, void>(COUNT_GROUP, async (records) => {
        await this.decide(records);
        return records.map(() => ({ ok: true, result: undefined }));
      });
    this.deciders.set(name, known);
    return known;
  }

  /**
   * Disables the subscription if N consecutive deliveries failed. The write is conditional on what was read, and if it
   * is refused, the subscription is read again.
   *
   * @param records that failed, of one subscription
   */
  private async decide(records: readonly DeliveryRecord[]): Promise<void> {
    for (;;) {
      const subscription = await this.readSubscription(records[0]!);
      if (subscription === undefined) return;
      if (!subscription.enabled) return this.publishDisabling(subscription);
      const why = this.whyDisable(subscription, records);
      if (why === undefined) return this.warn(subscription);
      const options = { ignoreStreak: isGone(why) };
      const disabled = await retryWrite(
        () => this.ports.failures.disable(subscription, why, this.ports.clock.now(), options),
        this.ports.clock,
        this.remainingMs,
      );
      if (disabled) return this.publishDisabling({ ...subscription, enabled: false, disabledReason: why });
    }
  }

  private whyDisable(subscription: Subscription, records: readonly DeliveryRecord[]): Reason | undefined {
    const gone = records.find((record) => record.epoch === subscription.epoch && isGone(record.reason));
    if (gone !== undefined) return gone.reason;
    const { disableAfter: count } = this.settings;
    if (streakOf(subscription) < count) return undefined;
    return reason('consecutive-failures', { count, cause: records.at(-1)!.reason ?? reason('unknown') });
  }

  /** Warns if the next failure will disable the subscription. */
  private async warn(subscription: Subscription): Promise<void> {
    const streak = streakOf(subscription);
    if (streak === 0 || streak !== this.settings.disableAfter - 1) return;
    await this.ports.operationalEvents.emit([subscriptionFailing(subscription, this.settings.disableAfter)]);
  }

  /**
   * Publishes that the subscription was disabled, unless its owner did that, or it is published already.
   *
   * @throws PortUnavailable
   */
  async publishDisabling(subscription: Subscription): Promise<void> {
    if (subscription.disabledReason === undefined || subscription.disablingPublished === true) return;
    await this.ports.operationalEvents.emit([subscriptionDisabled(subscription, subscription.disabledReason)]);
    await retryWrite(
      () => this.ports.failures.markDisablingPublished(subscription),
      this.ports.clock,
      this.remainingMs,
    );
  }

  private async readSubscription(
    key: Pick<DeliveryKey, 'tenantId' | 'subscriptionId'>,
  ): Promise<Subscription | undefined> {
    const { subscriptions } = await retryWrite(
      () => this.ports.subscriptions.read([key]),
      this.ports.clock,
      this.remainingMs,
    );
    return subscriptionAmong(subscriptions);
  }
}

/** The endpoint responded with 410 Gone, and the profile lets that disable. */
function isGone(why: Reason | undefined): boolean {
  return why?.code === 'endpoint-gone';
}
