import { Faults } from './faults';
import type { Lease, ReceptionKey, Receptions } from '../../lambda/core/receiving/receptions';

/** Leases and marks, as the table keeps them. */
export class InMemoryReceptions implements Receptions {
  readonly leaseFaults = new Faults();
  readonly markFaults = new Faults();
  readonly freeFaults = new Faults();
  private readonly items = new Map<string, { readonly owner?: string; readonly until: number }>();

  lease({ source, identity }: ReceptionKey, owner: string, now: number, until: number): Promise<Lease> {
    return attempted(() => {
      this.leaseFaults.check();
      const stored = this.items.get(`${source}#${identity}`);
      if (stored !== undefined && stored.until > now && stored.owner !== owner)
        return stored.owner === undefined ? { state: 'received' } : { state: 'taken', until: stored.until };
      this.items.set(`${source}#${identity}`, { owner, until });
      return { state: 'leased' };
    });
  }

  mark({ source, identity }: ReceptionKey, owner: string, until: number): Promise<void> {
    return attempted(() => {
      this.markFaults.check();
      if (this.items.get(`${source}#${identity}`)?.owner === owner) this.items.set(`${source}#${identity}`, { until });
    });
  }

  free({ source, identity }: ReceptionKey, owner: string): Promise<void> {
    return attempted(() => {
      this.freeFaults.check();
      if (this.items.get(`${source}#${identity}`)?.owner === owner) this.items.delete(`${source}#${identity}`);
    });
  }

  isReceived({ source, identity }: ReceptionKey): boolean {
    const stored = this.items.get(`${source}#${identity}`);
    return stored !== undefined && stored.owner === undefined;
  }
}

/** What is thrown is a rejection, as of a call to a service. */
function attempted<T>(work: () => T): Promise<T> {
  return new Promise((resolve) => {
    resolve(work());
  });
}
