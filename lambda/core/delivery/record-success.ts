/**
 * Recording successes (rules 5 and 6): a success is forgiveness before it is a record, for whoever counts the next
 * failure must already see it.
 */
import type { CircuitBreaker, CircuitView } from '../endpoint/circuit-breaker';
import { PortUnavailable } from '../shared/errors';
import { streakOf } from '../subscriptions/subscription';
import { BATCHING_WINDOW_MS, GroupedWriter, type GroupResult } from '../shared/grouped-writer';
import { isUrlTarget, targetName } from '../shared/identifiers';
import { retryWrite, type RemainingMs } from '../shared/retry-write';
import type { Clock } from '../shared/clock';
import { type DeliveryLog, PUT_GROUP } from './delivery-log';
import type { FailureCounter } from './failure-counter';
import { isSubscription, type SubscriptionReader } from '../subscriptions/subscription-reader';
import type { DeliveryRecord } from './delivery-record';

/** Successes whose subscriptions are read again at once: BatchGetItem takes 100 keys (AWS, "BatchGetItem"). */
const READ_GROUP = 100;

export interface Success {
  readonly record: DeliveryRecord;
  /** Of the subscription, as it was seen at the attempt. */
  readonly epoch: number;
  /** The attempt's number. */
  readonly attempt: number;
}

interface SuccessPorts {
  readonly clock: Clock;
  readonly subscriptions: SubscriptionReader;
  readonly failures: Pick<FailureCounter, 'resetStreak'>;
  readonly deliveries: Pick<DeliveryLog, 'putDelivered' | 'settle'>;
}

export class SuccessRecorder {
  private readonly writer: GroupedWriter<Success, DeliveryRecord | undefined>;

  /**
   * @param circuits are told of each endpoint that answered, as it was read again
   * @param attemptsUnderWay whether others of the batch may soon be successes, too
   */
  constructor(
    private readonly ports: SuccessPorts,
    private readonly circuits: Pick<CircuitBreaker, 'recordAnswer'>,
    private readonly remainingMs: RemainingMs,
    attemptsUnderWay: () => boolean,
  ) {
    this.writer = new GroupedWriter(READ_GROUP, (group) => this.writeGroup(group), {
      expectsMore: attemptsUnderWay,
      wait: () => ports.clock.sleep(BATCHING_WINDOW_MS),
    });
  }

  /**
   * @returns the record that stands instead, when it is terminal already
   * @throws PortUnavailable when it could not be written in the time that remains
   */
  record(success: Success): Promise<DeliveryRecord | undefined> {
    return this.writer.write(success);
  }

  private async writeGroup(group: readonly Success[]): Promise<readonly GroupResult<DeliveryRecord | undefined>[]> {
    const failed = await this.resetStreaks(group);
    const write = group.filter((success) => !failed.has(success));
    const [firsts, later] = [write.filter(({ attempt }) => attempt === 1), write.filter(({ attempt }) => attempt > 1)];
    const unwritten = await this.putFirsts(firsts);
    const settled = new Map<Success, GroupResult<DeliveryRecord | undefined>>();
    await Promise.all(later.map(async (success) => settled.set(success, await this.settle(success))));
    return group.map((success) => {
      const error = failed.get(success) ?? unwritten.get(success);
      return error === undefined ? (settled.get(success) ?? { ok: true, result: undefined }) : { ok: false, error };
    });
  }

  /**
   * Reads the group's subscriptions again, once. Resets each streak, and all of them if the read failed.
   *
   * @returns successes whose streak could not be reset, with the error
   */
  private async resetStreaks(group: readonly Success[]): Promise<ReadonlyMap<Success, unknown>> {
    const counted = new Map<string, Success[]>();
    for (const success of group) {
      if (isUrlTarget(success.record.subscriptionId)) continue;
      const name = targetName(success.record);
      counted.set(name, [...(counted.get(name) ?? []), success]);
    }
    const targets = [...counted.values()];
    if (targets.length === 0) return new Map();
    const streaks = await this.readStreaks(targets.map(([first]) => first!.record));
    const failed = new Map<Success, unknown>();
    await Promise.all(
      targets.map(async (successes, index) => {
        const { record, epoch } = successes[0]!;
        const streak = streaks?.[index];
        const answerRecorded = this.circuits.recordAnswer(record, streak?.circuits ?? {});
        const reset =
          streaks !== undefined && (streak?.epoch !== epoch || streak.length === 0)
            ? undefined
            : retryWrite(() => this.ports.failures.resetStreak(record, epoch), this.ports.clock, this.remainingMs);
        try {
          await reset;
        } catch (error) {
          successes.forEach((success) => failed.set(success, error));
        }
        await answerRecorded;
      }),
    );
    return failed;
  }

  /**
   * Of each subscription the epoch, how many failures stand, and its circuit; undefined when the read was refused, and
   * nothing is known.
   */
  private async readStreaks(
    keys: readonly DeliveryRecord[],
  ): Promise<readonly ({ epoch: number; length: number; circuits: CircuitView } | undefined)[] | undefined> {
    try {
      const { subscriptions } = await this.ports.subscriptions.read(keys);
      return subscriptions.map((each) =>
        isSubscription(each) ? { epoch: each.epoch, length: streakOf(each), circuits: each } : undefined,
      );
    } catch (error) {
      if (error instanceof PortUnavailable) return undefined;
      throw error;
    }
  }

  private async putFirsts(firsts: readonly Success[]): Promise<ReadonlyMap<Success, unknown>> {
    const groups = Array.from({ length: Math.ceil(firsts.length / PUT_GROUP) }, (_unused, index) =>
      firsts.slice(index * PUT_GROUP, (index + 1) * PUT_GROUP),
    );
    const unwritten = await Promise.all(groups.map((group) => this.putGroup(group)));
    return new Map(unwritten.flatMap((each) => [...each]));
  }

  private async putGroup(group: readonly Success[]): Promise<ReadonlyMap<Success, unknown>> {
    let left = group;
    try {
      await retryWrite(
        async () => {
          const untaken = new Set(await this.ports.deliveries.putDelivered(left.map(({ record }) => record)));
          left = left.filter(({ record }) => untaken.has(record));
          if (left.length > 0)
            throw new PortUnavailable('deliveries table', new Error(`${left.length} records were left unprocessed`));
        },
        this.ports.clock,
        this.remainingMs,
      );
      return new Map();
    } catch (error) {
      return new Map(left.map((success) => [success, error]));
    }
  }

  private async settle({ record, attempt }: Success): Promise<GroupResult<DeliveryRecord | undefined>> {
    try {
      const written = await retryWrite(
        () => this.ports.deliveries.settle(record, attempt),
        this.ports.clock,
        this.remainingMs,
      );
      return { ok: true, result: written.written ? undefined : written.stored };
    } catch (error) {
      return { ok: false, error };
    }
  }
}
