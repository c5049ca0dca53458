import { InMemoryDeliveryLog } from '../fakes/delivery-log';
import { InMemoryEventStore } from '../fakes/event-store';
import { InMemorySubscriptionStore } from '../fakes/subscription-store';
import type { Context } from './context';
import type { Invocation } from './invocation';
import { EndpointKeys } from './endpoint-keys';
import type { AccountSecrets } from '../../lambda/core/subscriptions/account-store';
import type { CircuitStore } from '../../lambda/core/endpoint/circuit-store';
import type { DeliveryKey, DeliveryLog } from '../../lambda/core/delivery/delivery-log';
import type { DeliveryRates } from '../../lambda/core/endpoint/delivery-rates';
import type { EventStore } from '../../lambda/core/events/event-store';
import type { FailureCounter } from '../../lambda/core/delivery/failure-counter';
import type { ReplayMarks } from '../../lambda/core/replay/replay';
import type { RouteReader } from '../../lambda/core/events/route-reader';
import {
  isSubscription,
  type SubscriptionReader,
  type Targets,
} from '../../lambda/core/subscriptions/subscription-reader';
import type { DeliveryRecord } from '../../lambda/core/delivery/delivery-record';

export class Tables {
  readonly log = new InMemoryDeliveryLog();
  readonly store = new InMemorySubscriptionStore(this.log);
  readonly events: InMemoryEventStore;

  constructor(
    private readonly context: Context,
    readonly keys: EndpointKeys,
  ) {
    this.events = new InMemoryEventStore({ now: () => context.timeline.now, sleep: () => Promise.resolve() });
  }

  eventStore(invocation: Invocation): EventStore {
    const { ledger, timeline, trace } = this.context;
    return {
      claim: (event, expiresAt) =>
        invocation.call('state', 'claim', async () => {
          const claim = await this.events.claim(event, expiresAt);
          const story = ledger.events.get(`${event.tenantId}#${event.eventId}`)!;
          trace.say(invocation.name, () => `CLAIM ${story.name} ${claim.fresh ? 'fresh' : 'present'}`);
          if (claim.fresh)
            story.claimed = {
              at: timeline.now,
              eventType: event.eventType,
              payload: event.payload,
              ...(event.webhookUrl !== undefined && { webhookUrl: event.webhookUrl }),
            };
          return claim;
        }),
      payload: (tenantId, eventId) => invocation.call('read', 'payload', () => this.events.payload(tenantId, eventId)),
    };
  }

  routes(invocation: Invocation): RouteReader {
    return {
      matching: (tenantId, eventType) =>
        invocation.call('read', 'routes', () => this.store.matching(tenantId, eventType)),
    };
  }

  subscriptions(invocation: Invocation): SubscriptionReader {
    return {
      read: (keys, accounts) =>
        invocation.call('read', 'subscriptions', async () => {
          const targets = await this.store.read(keys, accounts);
          invocation.epochs ??= epochsOf(targets);
          return targets;
        }),
    };
  }

  accounts(invocation: Invocation): AccountSecrets {
    return {
      createSecretIfAbsent: (tenantId, sealed) =>
        invocation.call('state', 'account secret', async () => {
          const kept = await this.store.createSecretIfAbsent(tenantId, sealed);
          this.keys.noteAccount(tenantId, kept);
          return kept;
        }),
    };
  }

  rates(invocation: Invocation): DeliveryRates {
    return {
      advance: (key, advance) => invocation.call('state', 'rate limit', () => this.store.advance(key, advance)),
    };
  }

  circuits(invocation: Invocation): CircuitStore {
    const { ledger, trace } = this.context;
    return {
      suspect: (key, seen, failures, now) =>
        invocation.call('state', 'suspect endpoint', () => this.store.suspect(key, seen, failures, now)),
      open: (key, circuit) =>
        invocation.call('state', 'open circuit', () => {
          trace.say(invocation.name, () => `CIRCUIT ${ledger.targetName(key.subscriptionId)} opens`);
          return this.store.open(key, circuit);
        }),
      claimProbe: (key, seen, nextProbeAt) =>
        invocation.call('state', 'claim probe', () => this.store.claimProbe(key, seen, nextProbeAt)),
      close: (key) =>
        invocation.call('state', 'close circuit', () => {
          trace.say(invocation.name, () => `CIRCUIT ${ledger.targetName(key.subscriptionId)} closes`);
          return this.store.close(key);
        }),
    };
  }

  deliveryLog(invocation: Invocation): DeliveryLog & ReplayMarks {
    const { faults, random } = this.context;
    const nameOf = (key: DeliveryKey) => this.context.ledger.deliveries.get(key.deliveryId)?.name ?? key.deliveryId;
    return {
      read: (key) =>
        invocation.call('read', 'record', async () => {
          const record = await this.log.read(key);
          this.context.trace.say(invocation.name, () => `reads ${nameOf(key)}: ${describe(record)}`);
          return record;
        }),
      claim: (record) =>
        invocation.call('state', 'take', () => this.noting([record], invocation, () => this.log.claim(record))),
      putDelivered: (records) =>
        invocation.call(
          'record',
          'successes',
          () => {
            if (records.length > 1 && faults.strikes('write-refused', 0.1)) {
              this.log.leaveUntaken = 1 + random.below(records.length - 1);
              records.slice(0, this.log.leaveUntaken).forEach(({ deliveryId }) => invocation.unwritten.add(deliveryId));
            }
            return this.noting(records, invocation, () => this.log.putDelivered(records));
          },
          records.map(({ deliveryId }) => deliveryId),
        ),
      settle: (record, attempt) =>
        invocation.call(
          'record',
          'record',
          () => this.noting([record], invocation, () => this.log.settle(record, attempt)),
          [record.deliveryId],
        ),
      clearUnsent: (record) =>
        invocation.call(
          'record',
          'clear owed',
          () => this.noting([record], invocation, () => this.log.clearUnsent(record)),
          [record.deliveryId],
        ),
      markPublished: (key) => invocation.call('state', 'mark notified', () => this.log.markPublished(key)),
      markReplay: (original, replay, most) =>
        invocation.call('record', 'mark replay', async () => {
          const marked = await this.log.markReplay(original, replay, most);
          this.context.trace.say(invocation.name, () => `MARK ${nameOf(original)}: ${marked}`);
          return marked;
        }),
    };
  }

  failures(invocation: Invocation): FailureCounter {
    const { ledger, trace, timeline } = this.context;
    return {
      count: (key, epoch, failures) => {
        const records = failures.map(({ record }) => record);
        return invocation.call(
          'record',
          'count',
          () =>
            this.noting(records, invocation, async () => {
              const counted = await this.store.count(key, epoch, failures);
              trace.say(
                invocation.name,
                () =>
                  `COUNT ${ledger.targetName(key.subscriptionId)} ` +
                  `${counted.counted ? this.streakOf(key) : `refused${counted.outdated ? ', outdated' : ''}`}`,
              );
              return counted;
            }),
          records.map(({ deliveryId }) => deliveryId),
        );
      },
      resetStreak: (key, epoch) =>
        invocation.call('state', 'resetStreak', async () => {
          await this.store.resetStreak(key, epoch);
          trace.say(invocation.name, () => `FORGIVE ${ledger.targetName(key.subscriptionId)} ${this.streakOf(key)}`);
        }),
      disable: (seen, reason, at, options) =>
        invocation.call('state', 'disable', async () => {
          const disabled = await this.store.disable(seen, reason, at, options);
          if (!disabled) return false;
          const story = ledger.subscriptions.get(seen.id)!;
          trace.say(invocation.name, () => `DISABLED ${story.name}: ${reason.code}`);
          story.disabled.push({ at: timeline.now, epoch: seen.epoch });
          this.keys.noteState(
            story,
            this.store.subscriptions.find(({ id }) => id === seen.id)!,
          );
          return true;
        }),
      markDisablingPublished: (seen) =>
        invocation.call('state', 'mark announced', () => this.store.markDisablingPublished(seen)),
    };
  }

  private streakOf(key: { readonly subscriptionId: string }): string {
    const subscription = this.store.subscriptions.find(({ id }) => id === key.subscriptionId);
    return subscription === undefined
      ? 'gone'
      : `epoch ${subscription.epoch}: ${subscription.count} - ${subscription.countAtLastSuccess}`;
  }

  /** Tells the ledger what a write made of these records. */
  private async noting<T>(
    records: readonly DeliveryRecord[],
    invocation: Invocation,
    write: () => Promise<T>,
  ): Promise<T> {
    const before = records.map((record) => this.log.stored(record));
    const result = await write();
    records.forEach((record, index) => {
      const after = this.log.stored(record);
      if (after !== undefined && after !== before[index])
        this.context.ledger.recorded(before[index], after, invocation.name);
    });
    return result;
  }
}

function epochsOf({ subscriptions }: Targets): ReadonlyMap<string, number> {
  return new Map(subscriptions.flatMap((each) => (isSubscription(each) ? [[each.id as string, each.epoch]] : [])));
}

/** For the trace. */
function describe(record: DeliveryRecord | undefined): string {
  if (record === undefined) return 'no record';
  const owed = record.unsentBy === undefined ? '' : ` owed ${record.unsentBy}`;
  return `${record.status} n${record.attempts} chain ${record.chain ?? '-'}${owed}`;
}
