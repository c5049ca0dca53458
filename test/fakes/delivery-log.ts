import { type DeliveryRecord, isTerminal } from '../../lambda/core/delivery';
import type { DeliveryKey, DeliveryLog } from '../../lambda/core/ports';
import { Faults } from './faults';

export class InMemoryDeliveryLog implements DeliveryLog {
  readonly faults = new Faults();
  /** Sizes of the groups of successes so far. */
  readonly groups: number[] = [];
  /** How many of the next group's records are left unprocessed. */
  leaveUntaken = 0;
  private readonly stored = new Map<string, DeliveryRecord>();

  get records(): readonly DeliveryRecord[] {
    return [...this.stored.values()];
  }

  read(key: DeliveryKey): Promise<DeliveryRecord | undefined> {
    return Promise.resolve().then(() => {
      this.faults.check();
      return this.stored.get(nameOf(key));
    });
  }

  take(record: DeliveryRecord): Promise<boolean> {
    return Promise.resolve().then(() => {
      this.faults.check();
      const old = this.stored.get(nameOf(record));
      if (old !== undefined) return old.status === 'pending' && old.chain === record.chain;
      this.stored.set(nameOf(record), record);
      return true;
    });
  }

  putDelivered(records: readonly DeliveryRecord[]): Promise<readonly DeliveryRecord[]> {
    return Promise.resolve().then(() => {
      this.faults.check();
      this.groups.push(records.length);
      const untaken = records.slice(0, this.leaveUntaken);
      this.leaveUntaken = 0;
      for (const record of records.slice(untaken.length)) this.stored.set(nameOf(record), record);
      return untaken;
    });
  }

  settle(record: DeliveryRecord, attempt: number): Promise<boolean> {
    return Promise.resolve().then(() => {
      this.faults.check();
      const old = this.stored.get(nameOf(record));
      if (old !== undefined && isTerminal(old.status)) return old.status === record.status && old.attempts === record.attempts && old.settledAt === record.settledAt;
      if (old !== undefined && record.status !== 'delivered' && old.attempts >= attempt) return false;
      const { chain: _chain, ...rest } = { ...old, ...record };
      this.stored.set(nameOf(record), { ...rest, history: [...(old?.history ?? []), ...record.history] });
      return true;
    });
  }
}

function nameOf({ tenantId, subscriptionId, deliveryId }: DeliveryKey): string {
  return `${tenantId}#${subscriptionId}#${deliveryId}`;
}
