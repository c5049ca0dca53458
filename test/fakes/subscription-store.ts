import type { TenantId } from '../../lambda/core/identifiers';
import type { RouteReader, SubscriptionKey, SubscriptionReader, SubscriptionWriter } from '../../lambda/core/ports';
import type { Route, Subscription } from '../../lambda/core/subscription';
import { Faults } from './faults';

export class InMemorySubscriptionStore implements SubscriptionReader, RouteReader, SubscriptionWriter {
  readonly faults = new Faults();
  /** Reads of routes and of subscriptions so far. */
  readonly calls = { matching: 0, read: 0 };
  private readonly subscriptions = new Map<string, Subscription>();

  create(subscription: Subscription): Promise<void> {
    return Promise.resolve().then(() => {
      this.faults.check();
      const key = `${subscription.tenantId}#${subscription.id}`;
      if (this.subscriptions.has(key)) throw new Error('there is such a subscription');
      this.subscriptions.set(key, subscription);
    });
  }

  /** An owner's change. */
  change({ tenantId, id }: Pick<Subscription, 'tenantId' | 'id'>, changes: Partial<Subscription>): void {
    const key = `${tenantId}#${id}`;
    this.subscriptions.set(key, { ...this.subscriptions.get(key)!, ...changes });
  }

  delete({ tenantId, id }: Pick<Subscription, 'tenantId' | 'id'>): void {
    this.subscriptions.delete(`${tenantId}#${id}`);
  }

  read(keys: readonly SubscriptionKey[]): Promise<readonly (Subscription | undefined)[]> {
    return Promise.resolve().then(() => {
      this.calls.read += 1;
      this.faults.check();
      return keys.map(({ tenantId, subscriptionId }) => this.subscriptions.get(`${tenantId}#${subscriptionId}`));
    });
  }

  matching(tenantId: TenantId, eventType: string): Promise<readonly Route[]> {
    return Promise.resolve().then(() => {
      this.calls.matching += 1;
      this.faults.check();
      return [...this.subscriptions.values()]
        .filter((subscription) => subscription.tenantId === tenantId && subscription.eventTypes.includes(eventType))
        .map(({ id, createdAt }) => ({ subscriptionId: id, createdAt }))
        .sort((a, b) => (a.subscriptionId < b.subscriptionId ? -1 : 1));
    });
  }
}
