/**
 * Records successes of first attempts in groups as they end (rule 5): one group is on its way at a time, and what ends meanwhile is the next one. So a crash
 * loses at most what had just ended, and a slow endpoint holds up nobody's record.
 */
import type { DeliveryRecord } from './delivery';
import { PortUnavailable } from './errors';
import { persist, type RemainingMs } from './persist';
import { type Clock, type DeliveryLog, PUT_GROUP } from './ports';

interface Waiting {
  readonly record: DeliveryRecord;
  readonly written: () => void;
  readonly failed: (error: unknown) => void;
}

export class SuccessWriter {
  private waiting: Waiting[] = [];
  private writing = false;

  constructor(
    private readonly log: Pick<DeliveryLog, 'putDelivered'>,
    private readonly clock: Clock,
    private readonly remainingMs: RemainingMs,
  ) {}

  /** Resolves once the record is written. @throws PortUnavailable when it could not be in the time that remains */
  write(record: DeliveryRecord): Promise<void> {
    return new Promise((written, failed) => {
      this.waiting.push({ record, written, failed });
      if (!this.writing) void this.writeGroups();
    });
  }

  private async writeGroups(): Promise<void> {
    this.writing = true;
    while (this.waiting.length > 0) {
      const group = this.waiting.splice(0, PUT_GROUP);
      await this.writeGroup(group);
    }
    this.writing = false;
  }

  private async writeGroup(group: readonly Waiting[]): Promise<void> {
    let left = group;
    try {
      await persist(
        async () => {
          const untaken = new Set(await this.log.putDelivered(left.map(({ record }) => record)));
          left.filter(({ record }) => !untaken.has(record)).forEach(({ written }) => written());
          left = left.filter(({ record }) => untaken.has(record));
          if (left.length > 0) throw new PortUnavailable('delivery log', new Error(`${left.length} records were not taken`));
        },
        this.clock,
        this.remainingMs,
      );
    } catch (error) {
      left.forEach(({ failed }) => failed(error));
    }
  }
}
