import type { RecoveryJob } from '../../lambda/core/replay/recovery-job';
import { Faults } from './faults';
import type { RecoveryJobs } from '../../lambda/core/replay/recovery-jobs';
import type { SubscriptionKey } from '../../lambda/core/shared/identifiers';

export class InMemoryRecoveryJobs implements RecoveryJobs {
  readonly faults = new Faults();
  private readonly jobs = new Map<string, { readonly job: RecoveryJob; readonly by?: string }>();

  stored(key: SubscriptionKey): RecoveryJob | undefined {
    return this.jobs.get(nameOf(key))?.job;
  }

  /** The subscription goes, and its job with it. */
  delete(key: SubscriptionKey): void {
    this.jobs.delete(nameOf(key));
  }

  read(key: SubscriptionKey): Promise<RecoveryJob | undefined> {
    return this.call(() => this.stored(key));
  }

  start(job: RecoveryJob, seen: RecoveryJob | undefined): Promise<boolean> {
    return this.call(() => {
      const stands = this.stored(job);
      if (stands?.id === job.id) return true;
      if (stands?.id !== seen?.id || stands?.page !== seen?.page) return false;
      this.jobs.set(nameOf(job), { job });
      return true;
    });
  }

  advance(seen: RecoveryJob, to: RecoveryJob, by: string): Promise<boolean> {
    return this.call(() => {
      const stands = this.jobs.get(nameOf(seen));
      if (stands?.job.id !== seen.id || stands.job.page !== seen.page || stands.job.status !== 'running')
        return stands?.by === by;
      this.jobs.set(nameOf(seen), { job: to, by });
      return true;
    });
  }

  remove(job: RecoveryJob): Promise<boolean> {
    return this.call(() => {
      const stands = this.stored(job);
      if (stands?.id !== job.id) return true;
      if (stands.page > 0) return false;
      this.delete(job);
      return true;
    });
  }

  private call<T>(work: () => T): Promise<T> {
    return Promise.resolve().then(() => {
      this.faults.check();
      return work();
    });
  }
}

function nameOf({ tenantId, subscriptionId }: SubscriptionKey): string {
  return `${tenantId}#${subscriptionId}`;
}
