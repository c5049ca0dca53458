/** One run, from a seed: the real core on a simulated world, drained at its end, and judged. */
import type { EventId } from '../../lambda/core/shared/identifiers';
import type { Context } from './context';
import { EndpointKeys } from './endpoint-keys';
import { Endpoints } from './endpoints';
import { type FaultMix, type FaultName, Faults } from './faults';
import { Functions } from './functions';
import { checkInvariants } from './invariants';
import type { Weather } from './invocation';
import { Ledger, type Violation } from './ledger';
import { Owners } from './owners';
import { Producers } from './producers';
import { SimulatedQueue } from './queues';
import { Random } from './random';
import { Recoveries } from './recovery';
import { drawPlan, drawSettings, type Plan } from './scenario';
import { Sends } from './sends';
import { Tables } from './tables';
import { Timeline } from './timeline';
import { Trace } from './trace';
import { logIn, type World } from './world';
import type { OutgoingDelivery } from '../../lambda/core/delivery/delivery-queues';

export interface RunResult {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly steps: number;
  readonly attempts: number;
  readonly faults: ReadonlySet<FaultName>;
  readonly struck: ReadonlyMap<FaultName, number>;
  readonly profile: string;
  readonly trace: Trace;
}

const START = Date.parse('2026-03-19T10:00:00Z');
/** The greatest difference of two functions' clocks, under `skew`; within the slack that rule 1 gives. */
const SKEW_MS = 4_000;
const MOST_REDRIVES = 20;
const DAY_SECONDS = 86_400;

/** @param tracing keep the trace: slower */
export async function simulate(seed: number, mix: FaultMix, tracing = false): Promise<RunResult> {
  return new Run(seed, mix, tracing).play(seed);
}

class Run {
  private readonly context: Context;
  private readonly world: World;
  private readonly plan: Plan;
  private readonly queues = new Map<string, SimulatedQueue>();
  private readonly owners: Owners;
  private readonly producers: Producers;
  private readonly functions: Functions;
  private readonly recoveries: Recoveries;
  private ids = 0;

  constructor(seed: number, mix: FaultMix, tracing: boolean) {
    const random = new Random(seed);
    const timeline = new Timeline(START, new Random(seed, 1));
    const settings = drawSettings(random);
    const trace = new Trace(timeline, tracing);
    const faults = new Faults(mix, random, new Random(seed, 3));
    const ledger = new Ledger(timeline, trace, settings.retry.delays.length + 1);
    this.context = { timeline, random, trace, faults, ledger, settings };
    const skewMs = faults.active.has('skew') ? SKEW_MS : 0;
    const keys = new EndpointKeys(timeline);
    this.world = {
      context: this.context,
      tables: new Tables(this.context, keys),
      endpoints: new Endpoints(this.context, keys),
      sends: new Sends(this.context, this.queueOf, skewMs),
      random: new Random(seed, 2),
      weather: { outage: undefined, sendsRefusedUntil: 0 } satisfies Weather,
      nextId: (prefix) => `${prefix}${(this.ids += 1)}`,
      logOf: logIn(this.context),
    };
    this.recoveries = new Recoveries(this.world, () => this.queues.get('recoveries')!);
    this.functions = new Functions(this.world, this.recoveries, skewMs);
    this.owners = new Owners(this.world, this.recoveries, skewMs);
    this.plan = drawPlan(random);
    this.addQueues();
    this.producers = new Producers(this.context, this.queues.get('events')!);
    trace.say(
      'world',
      () =>
        `WORLD seed ${seed}, profile ${settings.profile} ${JSON.stringify(settings.retry)}, disabled after ` +
        `${settings.disableAfter}, faults ${[...faults.active].join(', ') || 'none'}`,
    );
  }

  async play(seed: number): Promise<RunResult> {
    const { timeline, faults, ledger, settings, trace } = this.context;
    this.schedule();
    let problem: string | undefined;
    try {
      await timeline.runUntil(START + this.plan.endMs);
      trace.say('world', () => 'WORLD faults end');
      this.calm();
      await this.drain();
      if (faults.active.has('replays') && this.context.random.chance(0.1)) await this.replayLate();
    } catch (error) {
      problem = String(error);
    }
    if (problem === undefined) checkInvariants(this.world, [...this.queues.values()], this.recoveries.jobs);
    else ledger.violate('1', 'world', problem);
    const attempts = [...ledger.deliveries.values()].reduce((sum, story) => sum + story.attempts.length, 0);
    return {
      seed,
      violations: ledger.violations,
      steps: timeline.steps,
      attempts,
      faults: faults.active,
      struck: faults.struck,
      profile: settings.profile,
      trace,
    };
  }

  private addQueues(): void {
    const add = (name: string, batch: number, concurrency: number): void => {
      this.queues.set(
        name,
        new SimulatedQueue(
          this.context,
          { name, batch, concurrency },
          (queue, messages) => this.functions.consume(queue, messages),
          () => this.world.nextId('m'),
        ),
      );
    };
    add('events', 10, 4);
    add('delivery', 10, 4);
    this.context.settings.retry.delays.forEach((_delay, tier) => add(`tier${tier}`, 10, 2));
    add('wait', 50, 2);
    add('recoveries', 1, 2);
  }

  private readonly queueOf = (name: OutgoingDelivery['queue']): SimulatedQueue => {
    return this.queues.get(name.kind === 'tier' ? `tier${name.tier}` : name.kind)!;
  };

  private schedule(): void {
    const { timeline, random, faults } = this.context;
    const { events, subscriptions, tenants, spanMs } = this.plan;
    for (const tenantId of subscriptions) this.owners.create(tenantId);
    this.world.endpoints.unreachable = this.plan.unreachable;
    for (const { tenantId, eventId, at } of events) {
      timeline.after(at, () => this.producers.send(tenantId, eventId));
      if (!faults.strikes('copies', 0.4)) continue;
      for (let copies = 1 + random.below(2); copies > 0; copies -= 1) this.copyLater(tenantId, eventId, at);
    }
    this.often('owners', 6, () => this.owners.act(tenants));
    this.often('backlog', 3, () => this.pauseOne());
    this.often('redrive', 3, () => void this.redrive(random.chance(0.3)));
    this.often('flap', 3, () => this.world.endpoints.flap());
    this.often('circuits', 3, () => this.openCircuits());
    this.often('replays', 5, () => this.replay());
    this.often('rate-limits', 4, () => this.owners.limit());
    this.often('send-refused', 2, () => this.breakQueues());
    if (faults.active.has('outage')) timeline.after(random.below(spanMs + 30_000), () => this.breakTables());
  }

  private copyLater(tenantId: EventPlanTenant, eventId: EventId, at: number): void {
    const { random, timeline } = this.context;
    const later = random.chance(0.6) ? random.below(200) : random.below(random.chance(0.5) ? 100_000 : 3 * 3_600_000);
    timeline.after(at + later, () => this.producers.send(tenantId, eventId));
  }

  /** A fault of the world's, up to so many times, while it lasts. */
  private often(fault: FaultName, most: number, strike: () => void): void {
    const { timeline, random, faults } = this.context;
    if (!faults.active.has(fault)) return;
    for (let times = 1 + random.below(most); times > 0; times -= 1) {
      timeline.after(
        random.below(random.chance(0.5) ? this.plan.spanMs + 30_000 : this.plan.endMs),
        () => faults.strikes(fault, 1) && strike(),
      );
    }
  }

  private pauseOne(): void {
    const { random, timeline, trace } = this.context;
    const queue = random.chance(0.5) ? this.queues.get('delivery')! : random.pick([...this.queues.values()]);
    queue.pausedUntil = timeline.now + random.below(300_000);
    trace.say('world', () => `WORLD ${queue.name} stands still until ${(queue.pausedUntil - START) / 1000}`);
  }

  private breakTables(): void {
    const { random, timeline, trace } = this.context;
    const outage = { until: timeline.now + random.below(1_500_000), reads: true, writes: random.chance(0.5) };
    this.world.weather.outage = outage;
    trace.say(
      'world',
      () => `WORLD the tables refuse reads${outage.writes ? ' and writes' : ''} until ${(outage.until - START) / 1000}`,
    );
  }

  private breakQueues(): void {
    const { random, timeline, trace } = this.context;
    this.world.weather.sendsRefusedUntil = timeline.now + random.below(random.chance(0.8) ? 60_000 : 1_500_000);
    trace.say(
      'world',
      () => `WORLD the queues refuse sends until ${(this.world.weather.sendsRefusedUntil - START) / 1000}`,
    );
  }

  /** @param astray whether the operator may take one of the deliveries' queues for another */
  private redrive(astray = false): number {
    const { random } = this.context;
    const deliveries = [...this.queues.values()].filter(({ name }) => name !== 'events' && name !== 'recoveries');
    let redriven = 0;
    for (const queue of this.queues.values())
      redriven += queue.redriveTo(astray && deliveries.includes(queue) ? random.pick(deliveries) : queue);
    this.context.trace.say('world', () => `WORLD redrives ${redriven}`);
    return redriven;
  }

  private openCircuits(): void {
    const { random, timeline } = this.context;
    for (const { tenantId, id } of this.world.tables.store.subscriptions) {
      if (random.chance(0.5))
        void this.world.tables.store.open(
          { tenantId, subscriptionId: id },
          { openedAt: timeline.now, probeAt: timeline.now + random.below(60_000) },
        );
    }
  }

  /** An owner retries a delivery, or recovers what failed: twice in a row, at times, or while deliveries fail. */
  private replay(): void {
    const { random, ledger, timeline } = this.context;
    const { records } = this.world.tables.log;
    if (records.length === 0) return;
    const { tenantId, subscriptionId, deliveryId } = random.pick(records);
    const recovers = random.chance(0.6) && ledger.subscriptions.has(subscriptionId);
    const since = random.chance(0.7) ? START - SKEW_MS : timeline.now - random.below(timeline.now - START);
    const earliest = timeline.now - this.context.settings.eventTtlSeconds * 1000 + SKEW_MS;
    for (let times = random.chance(0.2) ? 2 : 1; times > 0; times -= 1) {
      this.functions.callApi((invocation, clock) =>
        recovers
          ? this.recoveries.start(
              { tenantId, subscriptionId },
              Math.max(Math.min(since, clock.now()), earliest),
              invocation,
              clock,
            )
          : this.recoveries.retry({ tenantId, subscriptionId, deliveryId }, invocation, clock),
      );
    }
  }

  /** From here on nothing strikes, so that what was accepted must come to its end. */
  private calm(): void {
    const { faults, random, timeline } = this.context;
    faults.on = false;
    this.world.endpoints.healed = random.chance(0.8);
    this.world.endpoints.unreachable = false;
    for (const queue of this.queues.values()) queue.pausedUntil = Math.min(queue.pausedUntil, timeline.now);
  }

  /** When the payload is kept no longer: nothing may come of it. */
  private async replayLate(): Promise<void> {
    const { timeline, settings } = this.context;
    await timeline.runUntil(timeline.now + (settings.eventTtlSeconds + DAY_SECONDS) * 1000);
    this.replay();
    await this.drain();
  }

  private async drain(): Promise<void> {
    for (let rounds = 0; rounds < MOST_REDRIVES; rounds += 1) {
      await this.context.timeline.runUntil(Infinity);
      if (this.redrive() === 0) return;
    }
  }
}

type EventPlanTenant = Plan['tenants'][number];
