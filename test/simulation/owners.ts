/** Subscriptions' owners: what they create, change, disable, enable and delete while traffic flows. */
import { createSubscription } from '../../lambda/core/subscriptions/manage-subscriptions';
import type { TenantId } from '../../lambda/core/shared/identifiers';
import { formatSecret, SECRET_BYTES } from '../../lambda/core/signing/secret';
import { RING } from './endpoint-keys';
import { EVENT_TYPES } from './functions';
import type { SubscriptionStory } from './ledger';
import type { Recoveries } from './recovery';
import type { World } from './world';
import { secretOwner, type Subscription } from '../../lambda/core/subscriptions/subscription';

/** Deliveries a second: few, as the events of a run are. */
const LIMITS = [1, 1, 2, 5] as const;

export class Owners {
  constructor(
    private readonly world: World,
    private readonly recoveries: Recoveries,
    private readonly skewMs: number,
  ) {}

  /** The API's own code makes it, by a clock of its own. */
  create(tenantId: TenantId): void {
    const { context, tables, random: source } = this.world;
    const { ledger, random, timeline, trace, faults } = context;
    const name = `s${ledger.subscriptions.size + 1}`;
    const eventTypes = random.chance(0.7) ? [...EVENT_TYPES] : [random.pick(EVENT_TYPES)];
    const now = timeline.now + (this.skewMs === 0 ? 0 : random.below(this.skewMs) - Math.floor(this.skewMs / 2));
    const rateLimit = faults.strikes('rate-limits', 0.5) ? random.pick(LIMITS) : undefined;
    const rules = {
      tenantParts: 1,
      eventTypes: new Set(EVENT_TYPES),
      endpoints: { kind: 'production', ports: [443] },
      headers: {},
      signatures: [],
    } as const;
    const subscriptions = {
      create: (subscription: Subscription) => {
        const story: SubscriptionStory = {
          name,
          tenantId,
          id: subscription.id,
          eventTypes,
          createdAt: timeline.now,
          states: [],
          failures: [],
          successes: [],
          goneAt: [],
          disabled: [],
          limits: [{ from: timeline.now, perSecond: rateLimit }],
          announced: 0,
        };
        ledger.subscriptions.set(subscription.id, story);
        this.world.tables.keys.noteState(story, subscription);
        trace.say(
          'owner',
          () =>
            `OWNER ${name} created for ${ledger.tenantName(tenantId)}: ` +
            `${eventTypes.join(', ')}${rateLimit === undefined ? '' : `, ${rateLimit} a second`}`,
        );
        return tables.store.create(subscription);
      },
    };
    void createSubscription(
      { tenantId, url: urlOf(name, 1), eventTypes, ...(rateLimit !== undefined && { rateLimit }) },
      rules,
      { clock: { now: () => now, sleep: () => Promise.resolve() }, random: source, keyRing: RING, subscriptions },
    );
  }

  /** Any owner does anything. */
  act(tenants: readonly TenantId[]): void {
    const { context, tables } = this.world;
    const { random } = context;
    const all = tables.store.subscriptions;
    const one = all.length === 0 ? undefined : random.pick(all);
    const dice = random.fraction();
    if (one === undefined || dice < 0.1) return this.create(random.pick(tenants));
    if (dice < 0.25) return this.change(one, { enabled: false }, 'disables');
    if (dice < 0.4) return this.disableForAMoment(one);
    if (dice < 0.7)
      return this.enable(
        random.pick(all.some(({ enabled }) => !enabled) ? all.filter(({ enabled }) => !enabled) : all),
      );
    if (dice < 0.77) return this.delete(one);
    if (dice < 0.88) return this.regenerate(one);
    const url = urlOf(this.storyOf(one).name, this.storyOf(one).states.length + 1);
    this.change(one, { destination: { kind: 'https', url } }, 'changes the URL');
  }

  /** One sets a limit, changes it, or takes it away. */
  limit(): void {
    const { tables, context } = this.world;
    const { random, timeline, trace } = context;
    if (tables.store.subscriptions.length === 0) return;
    const one = random.pick(tables.store.subscriptions);
    const perSecond = random.pick([undefined, ...LIMITS]);
    this.storyOf(one).limits.push({ from: timeline.now, perSecond });
    trace.say(
      'owner',
      () =>
        `OWNER ${this.storyOf(one).name} wants ${perSecond === undefined ? 'all at once' : `${perSecond} a second`}`,
    );
    tables.store.change(one, { rateLimit: perSecond === undefined ? undefined : { perSecond } });
  }

  /** Enabling is a new epoch. */
  private enable(subscription: Subscription): void {
    if (subscription.enabled) return;
    this.change(
      subscription,
      {
        enabled: true,
        epoch: subscription.epoch + 1,
        count: 0,
        countAtLastSuccess: 0,
        disabledReason: undefined,
        disabledAt: undefined,
        disablingPublished: undefined,
      },
      'enables',
    );
  }

  private disableForAMoment(subscription: Subscription): void {
    const { random, timeline } = this.world.context;
    if (subscription.enabled) this.change(subscription, { enabled: false }, 'disables for a moment');
    timeline.after(random.below(random.pick([50, 500, 5_000])), () => {
      const now = this.world.tables.store.subscriptions.find(({ id }) => id === subscription.id);
      if (now !== undefined) this.enable(now);
    });
  }

  private regenerate(subscription: Subscription): void {
    const { random } = this.world;
    this.change(
      subscription,
      {
        sealedSecret: RING.seal(formatSecret(random.bytes(SECRET_BYTES)), secretOwner(subscription), random.bytes(12)),
      },
      'regenerates the secret',
    );
  }

  private delete(subscription: Subscription): void {
    const story = this.storyOf(subscription);
    this.world.context.trace.say('owner', () => `OWNER ${story.name} deletes`);
    story.deletedAt = this.world.context.timeline.now;
    this.world.tables.store.delete(subscription);
    this.recoveries.jobs.delete({ tenantId: subscription.tenantId, subscriptionId: subscription.id });
  }

  private change(subscription: Subscription, changes: Partial<Subscription>, what: string): void {
    const { tables, context } = this.world;
    const story = this.storyOf(subscription);
    context.trace.say('owner', () => `OWNER ${story.name} ${what}`);
    tables.store.change(subscription, changes);
    tables.keys.noteState(story, { ...subscription, ...changes });
  }

  private storyOf({ id }: Subscription): SubscriptionStory {
    return this.world.context.ledger.subscriptions.get(id)!;
  }
}

/** Each version of a subscription's URL is another, and says whose it is. */
function urlOf(name: string, version: number): string {
  return `https://${name}.receivers.example.com/v${version}`;
}
