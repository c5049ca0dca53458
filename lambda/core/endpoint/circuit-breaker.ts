/**
 * What a batch's attempts say of their endpoints' circuits. A circuit that could not be changed costs time, never a
 * delivery.
 */
import {
  ANSWERED_LATELY_MS,
  type Circuit,
  type EndpointAnswers,
  OPENING_FAILURES,
  PROBE_INTERVAL_MS,
  type Suspicion,
} from './circuit';
import { BATCHING_WINDOW_MS, GroupedWriter } from '../shared/grouped-writer';
import type { CircuitStore } from './circuit-store';
import type { Clock } from '../shared/clock';
import { errorFields, type Log } from '../shared/log';
import { type SubscriptionKey, targetName } from '../shared/identifiers';

const GROUP_MAX = 10_000;

/** The circuit of a target, as it was read. */
export interface CircuitView {
  readonly circuit?: Circuit | undefined;
  readonly suspicion?: Suspicion | undefined;
}

export class CircuitBreaker {
  /** Circuits that this batch opened. */
  opened = 0;
  private readonly counting = new Map<string, GroupedWriter<undefined, undefined>>();

  constructor(
    private readonly ports: { readonly clock: Clock; readonly circuits: CircuitStore; readonly log: Log },
    private readonly answers: EndpointAnswers,
    private readonly ownFaultSuspected: () => boolean,
  ) {}

  /** @param seen as it was read last */
  async recordAnswer(key: SubscriptionKey, seen: CircuitView): Promise<void> {
    this.answers.note(targetName(key));
    if (seen.circuit !== undefined || seen.suspicion !== undefined)
      await this.change(key, () => this.ports.circuits.close(key));
  }

  /**
   * No answer at all.
   *
   * @param begunAt when the attempt began, epoch milliseconds
   */
  async recordFailure(key: SubscriptionKey, seen: CircuitView, begunAt: number): Promise<void> {
    const name = targetName(key);
    const lately = Math.min(begunAt, this.ports.clock.now() - ANSWERED_LATELY_MS);
    if (seen.circuit !== undefined || this.answers.since(name, lately) || this.ownFaultSuspected()) return;
    let writer = this.counting.get(name);
    if (writer === undefined) {
      writer = new GroupedWriter(GROUP_MAX, (group) => this.count(key, seen, group), {
        expectsMore: () => true,
        wait: () => this.ports.clock.sleep(BATCHING_WINDOW_MS),
      });
      this.counting.set(name, writer);
    }
    await writer.write(undefined);
  }

  private async count(key: SubscriptionKey, seen: CircuitView, group: readonly unknown[]) {
    await this.change(key, async () => {
      const now = this.ports.clock.now();
      if ((await this.ports.circuits.suspect(key, seen.suspicion, group.length, now)) < OPENING_FAILURES) return;
      if (await this.ports.circuits.open(key, { openedAt: now, probeAt: now + PROBE_INTERVAL_MS })) this.opened += 1;
    });
    return group.map(() => ({ ok: true, result: undefined }) as const);
  }

  private async change({ tenantId, subscriptionId }: SubscriptionKey, change: () => Promise<void>): Promise<void> {
    try {
      await change();
    } catch (error) {
      this.ports.log.error('failed to update circuit', {
        tenant_id: tenantId,
        subscription_id: subscriptionId,
        ...errorFields(error),
      });
    }
  }
}
