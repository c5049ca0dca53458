/**
 * The ports on DynamoDB, in memory and with its latency. Only what is pending is kept: nothing here is sent twice, so a
 * delivery that has come to its end is not asked for again.
 */
import { type Circuit, OPENING_WINDOW_MS, type Suspicion } from '../../lambda/core/endpoint/circuit';
import type { DeliveryId, SubscriptionId, SubscriptionKey, TenantId } from '../../lambda/core/shared/identifiers';
import { CALL_MS } from './assumptions';
import type { Timeline } from './timeline';
import type { AccountSecrets } from '../../lambda/core/subscriptions/account-store';
import type { CircuitStore } from '../../lambda/core/endpoint/circuit-store';
import type { DeliveryLog } from '../../lambda/core/delivery/delivery-log';
import type { DeliveryRates, RateAdvance, RateAdvanced } from '../../lambda/core/endpoint/delivery-rates';
import type { EventStore } from '../../lambda/core/events/event-store';
import type { FailureCounter } from '../../lambda/core/delivery/failure-counter';
import type { RouteReader } from '../../lambda/core/events/route-reader';
import type { SubscriptionReader } from '../../lambda/core/subscriptions/subscription-reader';
import type { Account, SubscriptionRoute, Subscription } from '../../lambda/core/subscriptions/subscription';
import type { DeliveryRecord } from '../../lambda/core/delivery/delivery-record';

const NO_ACCOUNTS: ReadonlyMap<TenantId, Account> = new Map();

export class Tables implements SubscriptionReader, RouteReader, CircuitStore, DeliveryRates {
  readonly subscriptions: Subscription[];
  private readonly byId: Map<SubscriptionId, Subscription>;
  private readonly routes: Map<TenantId, readonly SubscriptionRoute[]>;
  private readonly pending = new Map<DeliveryId, DeliveryRecord>();

  constructor(
    private readonly timeline: Timeline,
    subscriptions: readonly Subscription[],
    private readonly payloadText: string,
    /** Whether a circuit is ever opened. */
    private readonly circuits: boolean,
    private readonly onCircuit: (id: SubscriptionId, open: boolean) => void,
  ) {
    this.subscriptions = [...subscriptions];
    this.byId = new Map(subscriptions.map((each) => [each.id, each]));
    this.routes = new Map(
      subscriptions.map(({ tenantId, id, createdAt }) => [tenantId, [{ subscriptionId: id, createdAt }]]),
    );
  }

  read(keys: readonly SubscriptionKey[]): ReturnType<SubscriptionReader['read']> {
    return this.call(() => ({
      subscriptions: keys.map(({ subscriptionId }) => this.byId.get(subscriptionId)),
      accounts: NO_ACCOUNTS,
    }));
  }

  matching(tenantId: TenantId): Promise<readonly SubscriptionRoute[]> {
    return this.call(() => this.routes.get(tenantId)!);
  }

  suspect(
    { subscriptionId }: SubscriptionKey,
    _seen: Suspicion | undefined,
    failures: number,
    now: number,
  ): Promise<number> {
    return this.call(() => this.suspectNow(subscriptionId, failures, now));
  }

  /** Without the time of a call. */
  suspectNow(id: SubscriptionId, failures: number, now: number): number {
    const subscription = this.byId.get(id)!;
    const { circuit, suspicion } = subscription;
    if (!this.circuits || circuit !== undefined) return 0;
    const next =
      suspicion !== undefined && suspicion.since > now - OPENING_WINDOW_MS
        ? { ...suspicion, failures: suspicion.failures + failures }
        : { failures, since: now };
    this.byId.set(id, { ...subscription, suspicion: next });
    return next.failures;
  }

  open({ subscriptionId }: SubscriptionKey, circuit: Circuit): Promise<boolean> {
    return this.call(() => this.openNow(subscriptionId, circuit));
  }

  /** Without the time of a call. */
  openNow(id: SubscriptionId, circuit: Circuit): boolean {
    const { suspicion: _sure, ...subscription } = this.byId.get(id)!;
    if (!this.circuits || subscription.circuit !== undefined) return false;
    this.byId.set(id, { ...subscription, circuit });
    this.onCircuit(id, true);
    return true;
  }

  claimProbe({ subscriptionId }: SubscriptionKey, seen: Circuit, nextProbeAt: number): Promise<boolean> {
    return this.call(() => {
      const subscription = this.byId.get(subscriptionId)!;
      if (subscription.circuit?.probeAt !== seen.probeAt) return false;
      this.byId.set(subscriptionId, { ...subscription, circuit: { ...subscription.circuit, probeAt: nextProbeAt } });
      return true;
    });
  }

  close({ subscriptionId }: SubscriptionKey): Promise<void> {
    return this.call(() => {
      const { circuit, suspicion: _forgotten, ...subscription } = this.byId.get(subscriptionId)!;
      this.byId.set(subscriptionId, subscription);
      if (circuit !== undefined) this.onCircuit(subscriptionId, false);
    });
  }

  /** As the item's condition has it: of the two writes that there are, one is tried. */
  advance(
    { subscriptionId }: SubscriptionKey,
    { mark, seen, notBefore, by, notAfter }: RateAdvance,
  ): Promise<RateAdvanced> {
    return this.call(() => {
      const subscription = this.byId.get(subscriptionId)!;
      const stored = subscription.rateLimit;
      if (stored === undefined) return { advanced: false };
      const from = Math.max(stored[mark] ?? 0, notBefore);
      const ahead = (stored[mark] ?? 0) > notBefore;
      if (from + by > notAfter || ahead !== (seen[mark] ?? 0) > notBefore) return { advanced: false, stored };
      this.byId.set(subscriptionId, { ...subscription, rateLimit: { ...stored, [mark]: from + by } });
      return { advanced: true, from };
    });
  }

  readonly events: EventStore = {
    claim: () => this.call(() => ({ fresh: true }) as const),
    payload: () => this.call(() => this.payloadText),
  };

  readonly log: DeliveryLog = {
    read: ({ deliveryId }) => this.call(() => this.pending.get(deliveryId)),
    claim: (record) =>
      this.call(() => {
        if (this.pending.has(record.deliveryId)) return false;
        this.pending.set(record.deliveryId, record);
        return true;
      }),
    putDelivered: (records) =>
      this.call(() => {
        for (const { deliveryId } of records) this.pending.delete(deliveryId);
        return [];
      }),
    settle: (record) =>
      this.call(() => {
        if (record.status === 'pending') this.pending.set(record.deliveryId, record);
        else this.pending.delete(record.deliveryId);
        return { written: true } as const;
      }),
    clearUnsent: () => Promise.reject(new Error('no send is refused here')),
    markPublished: () => this.call(() => undefined),
  };

  /** A delivery fails after its last attempt, which no run is long enough for. */
  readonly failures: FailureCounter = {
    count: () => Promise.reject(new Error('no delivery comes to its last attempt here')),
    resetStreak: () => this.call(() => undefined),
    disable: () => Promise.reject(new Error('no delivery comes to its last attempt here')),
    markDisablingPublished: () => Promise.reject(new Error('no delivery comes to its last attempt here')),
  };

  readonly accounts: AccountSecrets = {
    createSecretIfAbsent: () => Promise.reject(new Error('no event names its own URL here')),
  };

  private call<T>(effect: () => T): Promise<T> {
    return this.timeline.call(CALL_MS.dynamoDb, effect);
  }
}
