/**
 * Recording failures, and what follows from them (rule 6): counting happens on the subscription's item alone, deciding
 * afterwards, and whoever meets a failed record that nobody has completed completes it.
 */
import { isIncomplete } from './check';
import { GroupedWriter, type GroupResult } from '../shared/grouped-writer';
import { isUrlTarget } from '../shared/identifiers';
import { deliveryFailed, type OperationalEvents, subscriptionDisabled, subscriptionFailing } from './operational-event';
import { retryWrite, type RemainingMs } from '../shared/retry-write';
import type { DeliveryKey, DeliveryLog } from './delivery-log';
import type { Clock } from '../shared/clock';
import { COUNT_GROUP, type Counted, type FailureCounter } from './failure-counter';
import type { SubscriptionReader } from '../subscriptions/subscription-reader';
import type { Subscription } from '../subscriptions/subscription';
import { type DeliveryRecord, isSameRecord } from './delivery';

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

const GONE = 410;

export class FailureRecorder {
  /** One a subscription and epoch: their transactions are apart. */
  private readonly writers = new Map<string, GroupedWriter<Failure, DeliveryRecord | undefined>>();
  /** One a subscription: what failed while a decision was made is decided about together, after it. */
  private readonly deciders = new Map<string, GroupedWriter<DeliveryRecord, void>>();

  constructor(
    private readonly ports: FailurePorts,
    private readonly settings: { readonly disableAfter: number; readonly goneDisables: boolean },
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

  private writerOf({
    record: { tenantId, subscriptionId },
    epoch,
  }: Failure): GroupedWriter<Failure, DeliveryRecord | undefined> {
    const name = `${tenantId}#${subscriptionId}#${epoch}`;
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

  private deciderOf({ tenantId, subscriptionId }: DeliveryRecord): GroupedWriter<DeliveryRecord, void> {
    const name = `${tenantId}#${subscriptionId}`;
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
   * Whoever finds a streak of N disables, if nothing has changed since; else looks again.
   *
   * @param records that failed, of one subscription
   */
  private async decide(records: readonly DeliveryRecord[]): Promise<void> {
    for (;;) {
      const subscription = await this.readSubscription(records[0]!);
      if (subscription === undefined) return;
      if (!subscription.enabled) return this.publishDisabling(subscription);
      const gone =
        this.settings.goneDisables &&
        records.some(({ epoch, history }) => epoch === subscription.epoch && history.at(-1)?.status === GONE);
      const streak = subscription.count - subscription.countAtLastSuccess;
      if (!gone && streak < this.settings.disableAfter) {
        if (streak === this.settings.disableAfter - 1 && streak > 0)
          await this.ports.operationalEvents.emit([subscriptionFailing(subscription, this.settings.disableAfter)]);
        return;
      }
      const reason = gone
        ? 'the endpoint answered 410 Gone'
        : `${this.settings.disableAfter} deliveries in a row failed; the last: ${records.at(-1)!.reason ?? 'unknown'}`;
      const disabled = await retryWrite(
        () => this.ports.failures.disable(subscription, reason, this.ports.clock.now(), { ignoreStreak: gone }),
        this.ports.clock,
        this.remainingMs,
      );
      if (disabled) return this.publishDisabling({ ...subscription, enabled: false, disabledReason: reason });
    }
  }

  /**
   * Says that it was disabled, unless its owner did that, or it is said already.
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
    const [found] = subscriptions;
    return found !== undefined && 'epoch' in found ? found : undefined;
  }
}
