import { type Circuit, OPENING_WINDOW_MS, type Suspicion } from '../../lambda/core/endpoint/circuit';
import {
  isUrlTarget,
  type SubscriptionId,
  type SubscriptionKey,
  type TenantId,
} from '../../lambda/core/shared/identifiers';
import { InMemoryDeliveryLog } from './delivery-log';
import { Faults } from './faults';
import type { AccountStore } from '../../lambda/core/subscriptions/account-store';
import type { CircuitStore } from '../../lambda/core/endpoint/circuit-store';
import type { Counted, FailureCounter } from '../../lambda/core/delivery/failure-counter';
import type {
  CreationLimit,
  RegeneratedSecret,
  SubscriptionChange,
  SubscriptionDirectory,
  SubscriptionPage,
} from '../../lambda/core/subscriptions/subscription-directory';
import type { DeliveryRates, RateAdvance, RateAdvanced } from '../../lambda/core/endpoint/delivery-rates';
import type { RouteReader } from '../../lambda/core/events/route-reader';
import type { SubscriptionReader, Targets } from '../../lambda/core/subscriptions/subscription-reader';
import type { Account, Subscription, SubscriptionRoute, Target } from '../../lambda/core/subscriptions/subscription';
import type { Reason } from '../../lambda/core/shared/reason';
import type { DeliveryRecord } from '../../lambda/core/delivery/delivery-record';

/** The subscriptions table: what reads and what changes it. */
export class InMemorySubscriptionStore
  implements
    SubscriptionReader,
    RouteReader,
    SubscriptionDirectory,
    AccountStore,
    FailureCounter,
    CircuitStore,
    DeliveryRates
{
  readonly faults = new Faults();
  /** Reads of routes and of subscriptions so far. */
  readonly calls = { matching: 0, read: 0 };
  private readonly targets = new Map<string, Target>();
  private readonly accounts = new Map<TenantId, Account>();
  /** When routes were made that are younger than their subscription. */
  private readonly routesMade = new Map<string, number>();

  /** @param log in which the records of counted failures are written, in the same transaction */
  constructor(private readonly log = new InMemoryDeliveryLog()) {}

  get subscriptions(): readonly Subscription[] {
    return [...this.targets.values()].filter((target) => target.kind === 'subscription');
  }

  create(
    subscription: Subscription,
    { plan, maxSubscriptions = Infinity }: CreationLimit = {},
  ): Promise<'created' | 'limit' | 'plan-changed'> {
    return this.call(() => {
      if (this.accounts.get(subscription.tenantId)?.plan !== plan) return 'plan-changed';
      if (this.subscriptions.filter(({ tenantId }) => tenantId === subscription.tenantId).length >= maxSubscriptions)
        return 'limit';
      if (this.targets.has(nameOf(subscription))) throw new Error('there is such a subscription');
      this.targets.set(nameOf(subscription), subscription);
      return 'created';
    });
  }

  list(tenantId: TenantId, limit: number, after?: SubscriptionId): Promise<SubscriptionPage> {
    return this.call(() => {
      const all = this.subscriptions
        .filter((each) => each.tenantId === tenantId && (after === undefined || each.id < after))
        .sort((one, other) => (one.id < other.id ? 1 : -1));
      const subscriptions = all.slice(0, limit);
      return { subscriptions, ...(all.length > limit && { after: subscriptions.at(-1)!.id }) };
    });
  }

  update(seen: Subscription, change: SubscriptionChange): Promise<boolean> {
    const { secret, enabled, updatedAt, ...settings } = change;
    return this.call(() => {
      const stored = this.unchanged(seen);
      if (stored === undefined) return false;
      const next = changed({ ...stored, updatedAt }, settings);
      for (const type of settings.eventTypes ?? [])
        if (!stored.eventTypes.includes(type)) this.routesMade.set(`${stored.id} ${type}`, updatedAt);
      if (settings.destination !== undefined || enabled === true) {
        delete next.circuit;
        delete next.suspicion;
      }
      if (secret !== undefined) {
        next.sealedSecret = secret.sealed;
        delete next.previousSecret;
        if (secret.previous !== undefined) next.previousSecret = secret.previous;
      }
      if (enabled !== undefined) next.enabled = enabled;
      if (enabled === false) next.disabledAt = updatedAt;
      if (enabled === true) {
        Object.assign(next, { epoch: stored.epoch + 1, count: 0, countAtLastSuccess: 0 });
        if (next.rateLimit !== undefined) next.rateLimit = { perSecond: next.rateLimit.perSecond };
        delete next.disabledAt;
        delete next.disabledReason;
        delete next.disablingPublished;
      }
      this.targets.set(nameOf(stored), next);
      return true;
    });
  }

  remove(seen: Subscription): Promise<boolean> {
    return this.call(() => this.unchanged(seen) !== undefined && this.targets.delete(nameOf(seen)));
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
      accounts: new Map(
        accounts.flatMap((tenantId) => (this.accounts.has(tenantId) ? [[tenantId, this.accounts.get(tenantId)!]] : [])),
      ),
    }));
  }

  matching(tenantId: TenantId, eventType: string): Promise<readonly SubscriptionRoute[]> {
    this.calls.matching += 1;
    return this.call(() =>
      this.subscriptions
        .filter((subscription) => subscription.tenantId === tenantId && subscription.eventTypes.includes(eventType))
        .map(({ id, createdAt }) => ({
          subscriptionId: id,
          createdAt: this.routesMade.get(`${id} ${eventType}`) ?? createdAt,
        }))
        .sort((a, b) => (a.subscriptionId < b.subscriptionId ? -1 : 1)),
    );
  }

  createSecretIfAbsent(tenantId: TenantId, sealed: string): Promise<string> {
    return this.call(() => {
      const kept = this.accounts.get(tenantId)?.sealedSecret ?? sealed;
      this.accounts.set(tenantId, { ...this.accounts.get(tenantId), sealedSecret: kept });
      return kept;
    });
  }

  account(tenantId: TenantId): Promise<Account> {
    return this.call(() => this.accounts.get(tenantId) ?? {});
  }

  replaceSecret(
    tenantId: TenantId,
    seen: string | undefined,
    { sealed, previous }: RegeneratedSecret,
  ): Promise<boolean> {
    return this.call(() => {
      const { previousSecret: _before, ...account } = this.accounts.get(tenantId) ?? {};
      if (account.sealedSecret === sealed) return true;
      if (account.sealedSecret !== seen) return false;
      this.accounts.set(tenantId, {
        ...account,
        sealedSecret: sealed,
        ...(previous !== undefined && { previousSecret: previous }),
      });
      return true;
    });
  }

  setPlan(tenantId: TenantId, plan: string): Promise<void> {
    return this.call(() => void this.accounts.set(tenantId, { ...this.accounts.get(tenantId), plan }));
  }

  count(
    key: SubscriptionKey,
    epoch: number,
    failures: readonly { readonly record: DeliveryRecord; readonly attempt: number }[],
  ): Promise<Counted> {
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

  resetStreak(key: SubscriptionKey, epoch: number): Promise<void> {
    return this.call(() => {
      const subscription = this.subscriptionAt(key);
      if (subscription?.epoch === epoch)
        this.targets.set(nameOf(subscription), { ...subscription, countAtLastSuccess: subscription.count });
    });
  }

  disable(
    seen: Subscription,
    reason: Reason,
    at: number,
    { ignoreStreak = false }: { readonly ignoreStreak?: boolean } = {},
  ): Promise<boolean> {
    return this.call(() => {
      const subscription = this.subscriptionAt({ tenantId: seen.tenantId, subscriptionId: seen.id });
      if (subscription?.epoch !== seen.epoch || !subscription.enabled) return false;
      if (
        !ignoreStreak &&
        (subscription.count !== seen.count || subscription.countAtLastSuccess !== seen.countAtLastSuccess)
      )
        return false;
      const { disablingPublished: _said, ...rest } = subscription;
      this.targets.set(nameOf(subscription), {
        ...rest,
        enabled: false,
        disabledReason: reason,
        disabledAt: at,
        updatedAt: at,
      });
      return true;
    });
  }

  markDisablingPublished(seen: Subscription): Promise<void> {
    return this.call(() => {
      const subscription = this.subscriptionAt({ tenantId: seen.tenantId, subscriptionId: seen.id });
      if (subscription?.epoch === seen.epoch && !subscription.enabled)
        this.targets.set(nameOf(subscription), { ...subscription, disablingPublished: true });
    });
  }

  suspect(key: SubscriptionKey, _seen: Suspicion | undefined, failures: number, now: number): Promise<number> {
    return this.call(() => {
      const target = this.atOrUrl(key);
      if (target === undefined || target.circuit !== undefined) return 0;
      const again = target.suspicion !== undefined && target.suspicion.since > now - OPENING_WINDOW_MS;
      const suspicion = again
        ? { ...target.suspicion, failures: target.suspicion.failures + failures }
        : { failures, since: now };
      this.targets.set(nameOf(target), { ...target, suspicion });
      return suspicion.failures;
    });
  }

  open(key: SubscriptionKey, circuit: Circuit): Promise<boolean> {
    return this.call(() => {
      const target = this.atOrUrl(key);
      if (target === undefined || target.circuit !== undefined) return false;
      const { suspicion: _sure, ...sure } = target;
      this.targets.set(nameOf(target), { ...sure, circuit });
      return true;
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
      const { circuit: _closed, suspicion: _forgotten, ...target } = this.at(key) ?? {};
      if ('id' in target) this.targets.set(nameOf(target), target);
    });
  }

  advance(key: SubscriptionKey, { mark, seen, notBefore, by, notAfter }: RateAdvance): Promise<RateAdvanced> {
    return this.call(() => {
      const subscription = this.subscriptionAt(key);
      const stored = subscription?.rateLimit;
      if (stored === undefined) return { advanced: false };
      const from = Math.max(stored[mark] ?? 0, notBefore);
      const ahead = (stored[mark] ?? 0) > notBefore;
      // As seen: of the two writes that there are, one is tried.
      if (stored.perSecond !== seen.perSecond || from + by > notAfter || ahead !== (seen[mark] ?? 0) > notBefore)
        return { advanced: false, stored };
      this.targets.set(nameOf(subscription!), { ...subscription!, rateLimit: { ...stored, [mark]: from + by } });
      return { advanced: true, from };
    });
  }

  private unchanged(seen: Subscription): Subscription | undefined {
    const stored = this.subscriptionAt({ tenantId: seen.tenantId, subscriptionId: seen.id });
    return stored?.updatedAt === seen.updatedAt && stored.epoch === seen.epoch ? stored : undefined;
  }

  private atOrUrl(key: SubscriptionKey): Target | undefined {
    return (
      this.at(key) ??
      (isUrlTarget(key.subscriptionId) ? { kind: 'origin', tenantId: key.tenantId, id: key.subscriptionId } : undefined)
    );
  }

  private at({ tenantId, subscriptionId }: SubscriptionKey): Target | undefined {
    return this.targets.get(nameOf({ tenantId, id: subscriptionId }));
  }

  private subscriptionAt(key: SubscriptionKey): Subscription | undefined {
    const target = this.at(key);
    return target?.kind === 'subscription' ? target : undefined;
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

type Writable<T> = { -readonly [Name in keyof T]: T[Name] };

/** With what an owner sets: null removes, undefined leaves as it is. */
function changed(stored: Subscription, settings: object): Writable<Subscription> {
  const next: Record<string, unknown> = { ...stored };
  for (const [name, value] of Object.entries(settings)) {
    if (value === null) delete next[name];
    else if (value !== undefined) next[name] = value;
  }
  return next as unknown as Writable<Subscription>;
}
