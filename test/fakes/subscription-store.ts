import type { Circuit } from '../../lambda/core/circuit';
import type { DeliveryRecord } from '../../lambda/core/delivery';
import { isUrlTarget, type TenantId } from '../../lambda/core/identifiers';
import type { AccountSecrets, CircuitStore, Counted, FailureCounter, RouteReader, SubscriptionKey, SubscriptionReader, SubscriptionWriter, Targets } from '../../lambda/core/ports';
import type { Route, Subscription, UrlTarget } from '../../lambda/core/subscription';
import { InMemoryDeliveryLog } from './delivery-log';
import { Faults } from './faults';

/** The subscriptions table: what reads and what changes it. */
export class InMemorySubscriptionStore implements SubscriptionReader, RouteReader, SubscriptionWriter, AccountSecrets, FailureCounter, CircuitStore {
  readonly faults = new Faults();
  /** Reads of routes and of subscriptions so far. */
  readonly calls = { matching: 0, read: 0 };
  private readonly targets = new Map<string, Subscription | UrlTarget>();
  private readonly accounts = new Map<TenantId, string>();

  /** @param log in which the records of counted failures are written, in the same transaction */
  constructor(private readonly log = new InMemoryDeliveryLog()) {}

  get subscriptions(): readonly Subscription[] {
    return [...this.targets.values()].filter((target) => 'epoch' in target);
  }

  create(subscription: Subscription): Promise<void> {
    return this.call(() => {
      if (this.targets.has(nameOf(subscription))) throw new Error('there is such a subscription');
      this.targets.set(nameOf(subscription), subscription);
    });
  }

  /** An owner's change. */
  change(key: Pick<Subscription, 'tenantId' | 'id'>, changes: Partial<Subscription>): void {
    this.targets.set(nameOf(key), { ...(this.targets.get(nameOf(key)) as Subscription), ...changes });
  }

  delete(key: Pick<Subscription, 'tenantId' | 'id'>): void {
    this.targets.delete(nameOf(key));
  }

  read(keys: readonly SubscriptionKey[], accounts: readonly TenantId[] = []): Promise<Targets> {
    this.calls.read += 1;
    return this.call(() => ({
      subscriptions: keys.map((key) => this.at(key)),
      accounts: new Map(accounts.flatMap((tenantId) => (this.accounts.has(tenantId) ? [[tenantId, this.accounts.get(tenantId)!]] : []))),
    }));
  }

  matching(tenantId: TenantId, eventType: string): Promise<readonly Route[]> {
    this.calls.matching += 1;
    return this.call(() =>
      this.subscriptions
        .filter((subscription) => subscription.tenantId === tenantId && subscription.eventTypes.includes(eventType))
        .map(({ id, createdAt }) => ({ subscriptionId: id, createdAt }))
        .sort((a, b) => (a.subscriptionId < b.subscriptionId ? -1 : 1)),
    );
  }

  ensure(tenantId: TenantId, sealed: string): Promise<string> {
    return this.call(() => {
      const kept = this.accounts.get(tenantId) ?? sealed;
      this.accounts.set(tenantId, kept);
      return kept;
    });
  }

  count(key: SubscriptionKey, epoch: number, failures: readonly { readonly record: DeliveryRecord; readonly attempt: number }[]): Promise<Counted> {
    return this.call(() => {
      const subscription = this.subscriptionAt(key);
      const outdated = subscription?.epoch !== epoch || !subscription.enabled;
      const refused = new Map<number, DeliveryRecord>();
      failures.forEach(({ record, attempt }, index) => {
        if (!this.log.takes(record, attempt)) refused.set(index, this.log.stored(record)!);
      });
      if (outdated || refused.size > 0) return { counted: false, refused, outdated };
      for (const { record } of failures) this.log.put(record);
      this.targets.set(nameOf(subscription), { ...subscription, count: subscription.count + failures.length });
      return { counted: true };
    });
  }

  forgive(key: SubscriptionKey, epoch: number): Promise<void> {
    return this.call(() => {
      const subscription = this.subscriptionAt(key);
      if (subscription?.epoch === epoch) this.targets.set(nameOf(subscription), { ...subscription, forgiven: subscription.count });
    });
  }

  disable(seen: Subscription, reason: string, at: number, whatever: boolean): Promise<boolean> {
    return this.call(() => {
      const subscription = this.subscriptionAt({ tenantId: seen.tenantId, subscriptionId: seen.id });
      if (subscription?.epoch !== seen.epoch || !subscription.enabled) return false;
      if (!whatever && (subscription.count !== seen.count || subscription.forgiven !== seen.forgiven)) return false;
      const { announced: _said, ...rest } = subscription;
      this.targets.set(nameOf(subscription), { ...rest, enabled: false, disabledReason: reason, disabledAt: at, updatedAt: at });
      return true;
    });
  }

  markAnnounced(seen: Subscription): Promise<void> {
    return this.call(() => {
      const subscription = this.subscriptionAt({ tenantId: seen.tenantId, subscriptionId: seen.id });
      if (subscription?.epoch === seen.epoch && !subscription.enabled) this.targets.set(nameOf(subscription), { ...subscription, announced: true });
    });
  }

  open(key: SubscriptionKey, circuit: Circuit): Promise<void> {
    return this.call(() => {
      const target = this.at(key) ?? (isUrlTarget(key.subscriptionId) ? { tenantId: key.tenantId, id: key.subscriptionId } : undefined);
      if (target !== undefined && target.circuit === undefined) this.targets.set(nameOf(target), { ...target, circuit });
    });
  }

  claimProbe(key: SubscriptionKey, seen: Circuit, nextProbeAt: number): Promise<boolean> {
    return this.call(() => {
      const target = this.at(key);
      if (target?.circuit?.probeAt !== seen.probeAt) return false;
      this.targets.set(nameOf(target), { ...target, circuit: { ...target.circuit, probeAt: nextProbeAt } });
      return true;
    });
  }

  close(key: SubscriptionKey): Promise<void> {
    return this.call(() => {
      const { circuit: _closed, ...target } = this.at(key) ?? {};
      if ('id' in target) this.targets.set(nameOf(target), target);
    });
  }

  private at({ tenantId, subscriptionId }: SubscriptionKey): Subscription | UrlTarget | undefined {
    return this.targets.get(nameOf({ tenantId, id: subscriptionId }));
  }

  private subscriptionAt(key: SubscriptionKey): Subscription | undefined {
    const target = this.at(key);
    return target !== undefined && 'epoch' in target ? target : undefined;
  }

  private call<T>(work: () => T): Promise<T> {
    return Promise.resolve().then(() => {
      this.faults.check();
      return work();
    });
  }
}

function nameOf({ tenantId, id }: Pick<Subscription, 'tenantId' | 'id'>): string {
  return `${tenantId}#${id}`;
}
