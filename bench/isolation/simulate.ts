/** One run, from a seed: producers, queues, functions and endpoints in virtual time. */
import { OPENING_FAILURES, PROBE_INTERVAL_MS } from '../../lambda/core/endpoint/circuit';
import type { SubscriptionId, TenantId } from '../../lambda/core/shared/identifiers';
import { parseProfile } from '../../lambda/core/shared/profile';
import { keyRings, subscription } from '../../test/builders/subscription';
import { Random } from '../../test/simulation/random';
import { ANSWER_MS, CALL_MS, LAMBDA_SCALING, ONSET_MS, settledConcurrency } from './assumptions';
import { circuitsOf, silenceOf } from './circuit-variants';
import type { DeployedQueue, DeployedSender } from './deployed-queues';
import { simulatedEndpoint, urlOf } from './endpoints';
import { EventSource } from './event-source';
import { EVENT_TYPE, Functions } from './functions';
import { Arrivals, type PlayedRun, type RunResult, together } from './measurements';
import { Queue } from './queue';
import type { Scenario } from './scenario';
import { Tables } from './tables';
import { Timeline } from './timeline';
import type { OutgoingDelivery } from '../../lambda/core/delivery/delivery-queues';

const START = Date.parse('2026-03-19T10:00:00Z');
/** The core's own chance is apart from the world's. */
const CORE_STREAM = 1;
const PAYLOAD = { file_name: 'invoice.pdf', total_pages: 3 };
/** After the last event, a run goes on until all healthy deliveries are answered, or so long. */
const LONGEST_TAIL_MS = 600_000;
/** And after a return until all that waited is delivered: the longest deferral, and as long again. */
const LONGEST_RECOVERY_MS = 3 * 3_600_000;

/** Plays the scenario as often as it asks for, each time from another seed, and takes all runs together. */
export async function simulate(scenario: Scenario, deployed: DeployedSender): Promise<RunResult> {
  const played: PlayedRun[] = [];
  for (let repeat = 0; repeat < scenario.repeats; repeat += 1)
    played.push(await new Run({ ...scenario, seed: scenario.seed + repeat }, deployed).play());
  return together(played);
}

class Run {
  private readonly timeline = new Timeline(START);
  private readonly random: Random;
  private readonly tables: Tables;
  private readonly queues = new Map<string, Queue>();
  private readonly sources = new Map<string, EventSource>();
  private readonly functions: Functions;
  private readonly indexOf: ReadonlyMap<SubscriptionId, number>;
  private readonly opened: (number | null)[];
  private readonly latencies = {
    before: [] as number[],
    onset: [] as number[],
    steady: [] as number[],
    back: [] as number[],
  };
  private readonly arrivals = new Arrivals(START);
  private attemptsOnHanging = 0;
  private deferrals = 0;
  private sent = 0;
  private deliveries = 0;
  private unfinished = 0;
  private scaledAtOnset = 0;
  /** Of the first endpoint: not delivered yet, of events sent before the return. */
  private waiting = 0;
  private waitedAtReturn: number | undefined;
  private readonly recovered: {
    half: number | null;
    nearlyAll: number | null;
    all: number | null;
    closed: number | null;
  } = { half: null, nearlyAll: null, all: null, closed: null };

  constructor(
    private readonly scenario: Scenario,
    deployed: DeployedSender,
  ) {
    const { timeline } = this;
    const profile = parseProfile(deployed.profile);
    this.random = new Random(scenario.seed);
    const clock = { now: () => timeline.now, sleep: (milliseconds: number) => timeline.sleep(milliseconds) };
    this.opened = Array.from({ length: scenario.hanging }, () => null);
    const subscriptions = Array.from({ length: scenario.endpoints }, (_unused, index) =>
      subscription({
        tenantId: tenantOf(index),
        url: urlOf(index),
        createdAt: START - 86_400_000,
        ...(index === 0 && scenario.rateLimit !== undefined && { rateLimit: { perSecond: scenario.rateLimit } }),
      }),
    );
    this.indexOf = new Map(subscriptions.map(({ id }, index) => [id, index]));
    const byUrl = new Map(subscriptions.map(({ destination: { url } }, index) => [url, index]));
    this.tables = new Tables(timeline, subscriptions, JSON.stringify(PAYLOAD), scenario.circuit !== 'off', (id, open) =>
      this.noteCircuit(id, open),
    );
    const begins = {
      dispatch: settledConcurrency(scenario.eventsPerSecond, 10, 0.06),
      deliver: settledConcurrency(scenario.eventsPerSecond, 10, (2 * ANSWER_MS.median) / 1000),
    };
    this.functions = new Functions({
      timeline,
      profile,
      tables: this.tables,
      endpoint: this.endpointsBy(byUrl),
      random: new Random(scenario.seed, CORE_STREAM),
      keyRings,
      queueOf: (name) => this.queueOf(name),
      circuits: () => circuitsOf(scenario.circuit, this.tables, clock),
      onReport: ({ outcomes: ends }) => {
        this.deferrals += ends.deferred;
        this.deliveries += ends.delivered;
      },
      warm: begins,
    });
    const deliverTimeoutMs =
      1000 * deployed.queues.find(({ name }) => name === 'DeliveryQueue')!.functionTimeoutSeconds;
    for (const queue of deployed.queues) this.addQueue(queue, begins, deliverTimeoutMs);
  }

  async play(): Promise<PlayedRun> {
    const { timeline, scenario } = this;
    const began = process.cpuUsage();
    this.produce();
    timeline.after(scenario.onsetMs, () => (this.scaledAtOnset = this.sources.get('DeliveryQueue')!.limit));
    if (scenario.returnMs !== undefined) timeline.after(scenario.returnMs, () => (this.waitedAtReturn = this.waiting));
    await timeline.runUntil(START + scenario.endMs);
    const scaledAtEnd = this.sources.get('DeliveryQueue')!.limit;
    await timeline.runUntil(START + scenario.endMs + LONGEST_TAIL_MS, () => this.unfinished === 0);
    if (scenario.returnMs !== undefined)
      await timeline.runUntil(START + scenario.endMs + LONGEST_RECOVERY_MS, () => this.waiting === 0);
    const { delivering, dispatching } = this.functions;
    const delivery = this.sources.get('DeliveryQueue')!;
    return {
      latencies: this.latencies,
      unfinished: this.unfinished,
      peakConcurrency: delivering.peak,
      scaled: { atOnset: this.scaledAtOnset, atEnd: scaledAtEnd },
      batches: delivery.batches,
      messages: delivery.messages,
      coldStarts: delivering.coldStarts + dispatching.coldStarts,
      circuitsOpened: this.opened,
      attemptsOnHanging: this.attemptsOnHanging,
      deferrals: this.deferrals,
      ...(scenario.returnMs !== undefined && {
        recovery: {
          peakArrivals: this.arrivals.peak(10, scenario.returnMs, timeline.now - START),
          usual: scenario.eventsPerSecond * this.shareOf(0),
          waiting: this.waitedAtReturn!,
          ...this.recovered,
        },
      }),
      deliveries: this.deliveries,
      virtualSeconds: Math.round((timeline.now - START) / 1000),
      cpuSeconds: cpuSecondsSince(began),
    };
  }

  private addQueue(
    deployed: DeployedQueue,
    begins: { readonly dispatch: number; readonly deliver: number },
    deliverTimeoutMs: number,
  ): void {
    const { scenario, timeline } = this;
    const { name } = deployed;
    const queue = new Queue(timeline, scenario.fairQueues);
    this.queues.set(name, queue);
    const timeoutMs = deployed.functionTimeoutSeconds * 1000;
    const isTier = name.startsWith('RetryTier');
    const { maximumConcurrency, ...unbounded } = deployed;
    const settings = {
      ...unbounded,
      ...(maximumConcurrency !== undefined && !(isTier && !scenario.tierConcurrency) && { maximumConcurrency }),
      ...(name === 'DeliveryQueue' && scenario.deliveryBatch !== undefined && { batchSize: scenario.deliveryBatch }),
    };
    const { dispatch, wait, deliver } = this.functions;
    type Invoke = ConstructorParameters<typeof EventSource>[4];
    const ofQueue: Readonly<Record<string, readonly [invoke: Invoke, begin: number]>> = {
      EventQueue: [(batch) => dispatch(batch, timeoutMs, deliverTimeoutMs), begins.dispatch],
      WaitQueue: [(batch) => wait(batch, timeoutMs), 0],
    };
    const [invoke, begin] = ofQueue[name] ?? [(batch) => deliver(batch, timeoutMs), isTier ? 0 : begins.deliver];
    this.sources.set(
      name,
      new EventSource(timeline, queue, settings, { ...LAMBDA_SCALING, ...scenario.scaling }, invoke, begin),
    );
  }

  private queueOf(name: OutgoingDelivery['queue']): Queue {
    if (name.kind === 'tier') return this.queues.get(`RetryTier${name.tier + 1}`)!;
    return this.queues.get(name.kind === 'wait' ? 'WaitQueue' : 'DeliveryQueue')!;
  }

  /** The next event, again and again, until the end. */
  private produce(): void {
    const { scenario, random, timeline } = this;
    let at = 0;
    const next = (): void => {
      for (;;) {
        at += (-Math.log(1 - random.fraction()) * 1000) / scenario.eventsPerSecond;
        if (at >= scenario.endMs) return;
        const gap = Math.round(START + at - timeline.now);
        if (gap > 0) return timeline.after(gap, sendAndGoOn);
        this.sendOne();
      }
    };
    const sendAndGoOn = (): void => {
      this.sendOne();
      next();
    };
    next();
  }

  private sendOne(): void {
    const { timeline, scenario } = this;
    const endpoint = this.drawEndpoint();
    const sentAt = timeline.now;
    const body = JSON.stringify({
      event_id: `e${(this.sent += 1)}_${sentAt - START}`,
      event_type: EVENT_TYPE,
      tenant_id: tenantOf(endpoint),
      payload: PAYLOAD,
    });
    if (endpoint >= scenario.hanging) this.unfinished += 1;
    else if (endpoint === 0 && scenario.returnMs !== undefined && sentAt - START < scenario.returnMs) this.waiting += 1;
    timeline.after(CALL_MS.sqsSend, () => this.queues.get('EventQueue')!.send(body, tenantOf(endpoint)));
  }

  private drawEndpoint(): number {
    const { endpoints, firstShare } = this.scenario;
    if (firstShare === undefined) return this.random.below(endpoints);
    return this.random.chance(firstShare) ? 0 : 1 + this.random.below(endpoints - 1);
  }

  private shareOf(endpoint: number): number {
    const { endpoints, firstShare } = this.scenario;
    if (firstShare === undefined) return 1 / endpoints;
    return endpoint === 0 ? firstShare : (1 - firstShare) / (endpoints - 1);
  }

  private endpointsBy(byUrl: ReadonlyMap<string, number>) {
    const { timeline, random } = this;
    return simulatedEndpoint(
      timeline,
      random,
      byUrl,
      (endpoint) => this.hangs(endpoint),
      {
        began: (endpoint) => {
          if (endpoint === 0) this.arrivals.note(timeline.now);
          if (this.hangs(endpoint) !== false) this.attemptsOnHanging += 1;
        },
        answered: (endpoint, eventId) => this.answered(endpoint, Number(eventId.slice(eventId.indexOf('_') + 1))),
        silent: (endpoint) => {
          const { id } = this.tables.subscriptions[endpoint]!;
          if (this.tables.suspectNow(id, 1, timeline.now) < OPENING_FAILURES) return;
          this.tables.openNow(id, { openedAt: timeline.now, probeAt: timeline.now + PROBE_INTERVAL_MS });
        },
      },
      silenceOf(this.scenario.circuit),
    );
  }

  private hangs(endpoint: number): number | false {
    const { hanging, onsetMs, returnMs = Infinity, hangingMs = Infinity } = this.scenario;
    const at = this.timeline.now - START;
    return endpoint < hanging && at >= onsetMs && at < returnMs && hangingMs;
  }

  /** @param sentAt milliseconds from the start of the run */
  private answered(endpoint: number, sentAt: number): void {
    const { hanging, onsetMs, endMs, returnMs = Infinity } = this.scenario;
    if (endpoint === 0 && hanging > 0 && sentAt < returnMs) this.noteRecovered();
    if (endpoint < hanging) return;
    this.unfinished -= 1;
    if (sentAt >= endMs) return; // an arrival of the last moment
    const latency = this.timeline.now - START - sentAt;
    if (sentAt >= returnMs) this.latencies.back.push(latency);
    else if (sentAt >= onsetMs + ONSET_MS) this.latencies.steady.push(latency);
    else if (sentAt >= onsetMs) this.latencies.onset.push(latency);
    else if (sentAt >= onsetMs / 2) this.latencies.before.push(latency);
  }

  private noteRecovered(): void {
    this.waiting -= 1;
    const waited = this.waitedAtReturn;
    if (waited === undefined) return;
    const since = this.timeline.now - START - this.scenario.returnMs!;
    if (this.waiting <= waited / 2) this.recovered.half ??= since;
    if (this.waiting <= waited / 100) this.recovered.nearlyAll ??= since;
    if (this.waiting === 0) this.recovered.all ??= since;
  }

  private noteCircuit(id: SubscriptionId, open: boolean): void {
    const endpoint = this.indexOf.get(id)!;
    const at = this.timeline.now - START;
    if (open && endpoint < this.scenario.hanging) this.opened[endpoint] ??= at - this.scenario.onsetMs;
    if (!open && endpoint === 0 && at >= (this.scenario.returnMs ?? Infinity))
      this.recovered.closed ??= at - this.scenario.returnMs!;
  }
}

function cpuSecondsSince(began: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(began);
  return (user + system) / 1_000_000;
}

function tenantOf(endpoint: number): TenantId {
  return `org_${endpoint}/team_1` as TenantId;
}
