import type { DeliveryId } from '../../lambda/core/shared/identifiers';
import { Faults } from './faults';
import type { DeliveryKey, DeliveryLog, Written } from '../../lambda/core/delivery/delivery-log';
import type { ReplayMarks } from '../../lambda/core/replay/replay';
import { type DeliveryRecord, isTerminal } from '../../lambda/core/delivery/delivery-record';

export class InMemoryDeliveryLog implements DeliveryLog, ReplayMarks {
  readonly faults = new Faults();
  /** Sizes of the groups of successes so far. */
  readonly groups: number[] = [];
  /** How many of the next group's records are left unprocessed. */
  leaveUntaken = 0;
  private readonly kept = new Map<string, DeliveryRecord>();

  get records(): readonly DeliveryRecord[] {
    return [...this.kept.values()];
  }

  stored(key: DeliveryKey): DeliveryRecord | undefined {
    return this.kept.get(nameOf(key));
  }

  /** The condition of rule 5. */
  takes(record: DeliveryRecord, attempt: number): boolean {
    const old = this.stored(record);
    if (old === undefined) return true;
    return !isTerminal(old.status) && (record.status === 'delivered' || old.attempts < attempt);
  }

  /**
   * The write of rule 5, its condition aside: history is added to, and what is known of its URL and of replays stays
   * known.
   */
  put(record: DeliveryRecord): void {
    const { url, replayId, replayOf, replays, history = [] } = this.stored(record) ?? {};
    const known = Object.fromEntries(
      Object.entries({ url, replayId, replayOf, replays }).filter(([, value]) => value !== undefined),
    );
    this.kept.set(nameOf(record), { ...known, ...record, history: [...history, ...record.history] });
  }

  read(key: DeliveryKey): Promise<DeliveryRecord | undefined> {
    return this.call(() => this.stored(key));
  }

  claim(record: DeliveryRecord): Promise<boolean> {
    return this.call(() => {
      const old = this.stored(record);
      if (old !== undefined) return old.status === 'pending' && old.chain === record.chain;
      this.kept.set(nameOf(record), record);
      return true;
    });
  }

  putDelivered(records: readonly DeliveryRecord[]): Promise<readonly DeliveryRecord[]> {
    return this.call(() => {
      this.groups.push(records.length);
      const untaken = records.slice(0, this.leaveUntaken);
      this.leaveUntaken = 0;
      for (const record of records.slice(untaken.length)) this.kept.set(nameOf(record), record);
      return untaken;
    });
  }

  settle(record: DeliveryRecord, attempt: number): Promise<Written> {
    return this.call(() => {
      if (this.takes(record, attempt)) {
        this.put(record);
        return { written: true };
      }
      const stored = this.stored(record)!;
      return isSame(stored, record) ? { written: true } : { written: false, stored };
    });
  }

  clearUnsent(record: DeliveryRecord): Promise<void> {
    return this.call(() => {
      const old = this.stored(record);
      if (old?.chain !== record.chain || old?.attempts !== record.attempts) return;
      const { unsentBy: _paid, ...rest } = old;
      this.kept.set(nameOf(record), rest);
    });
  }

  markPublished(key: DeliveryKey): Promise<void> {
    return this.call(() => {
      const old = this.stored(key);
      if (old?.status === 'failed') this.kept.set(nameOf(key), { ...old, published: true });
    });
  }

  markReplay(original: DeliveryKey, replay: DeliveryId, most: number): Promise<'marked' | 'full' | 'gone'> {
    return this.call(() => {
      const record = this.stored(original);
      if (record === undefined) return 'gone';
      const { replays = [] } = record;
      if (replays.includes(replay)) return 'marked';
      if (replays.length >= most) return 'full';
      this.kept.set(nameOf(original), { ...record, replays: [...replays, replay] });
      return 'marked';
    });
  }

  private call<T>(work: () => T): Promise<T> {
    return Promise.resolve().then(() => {
      this.faults.check();
      return work();
    });
  }
}

function isSame(stored: DeliveryRecord, record: DeliveryRecord): boolean {
  return (
    stored.status === record.status &&
    stored.attempts === record.attempts &&
    stored.settledAt === record.settledAt &&
    stored.chain === record.chain
  );
}

function nameOf({ tenantId, subscriptionId, deliveryId }: DeliveryKey): string {
  return `${tenantId}#${subscriptionId}#${deliveryId}`;
}
