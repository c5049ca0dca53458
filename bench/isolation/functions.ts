/** The real core on the simulated services: what the functions' handlers wire in AWS, wired here. */
import { deliver, type DeliverPorts, type DeliverReport } from '../../lambda/core/delivery/deliver';
import { dispatch } from '../../lambda/core/events/dispatch';
import type { Endpoint } from '../../lambda/core/endpoint/endpoint';
import { OwnFaultDetector } from '../../lambda/core/endpoint/own-fault';
import type { Profile } from '../../lambda/core/shared/profile';
import { SigningSecrets } from '../../lambda/core/signing/signing-secrets';
import { forwardDelayed } from '../../lambda/core/delivery/long-delay';
import { CALL_MS, CPU_MS_A_MESSAGE } from './assumptions';
import type { EnvironmentCircuits } from './circuit-variants';
import { Environments } from './environments';
import type { Message, Queue } from './queue';
import type { Tables } from './tables';
import type { Timeline } from './timeline';
import type { RandomSource } from '../../lambda/core/shared/random';
import type { Clock } from '../../lambda/core/shared/clock';
import type { DeliveryQueues, OutgoingDelivery, SendResult } from '../../lambda/core/delivery/delivery-queues';
import type { KeyRings } from '../../lambda/core/signing/key-ring';
import type { Log } from '../../lambda/core/shared/log';
import { formatDeliveryMessage } from '../../lambda/core/delivery/delivery-message';

/** AWS, "SendMessageBatch". */
const ENTRIES_OF_A_SEND = 10;
export const EVENT_TYPE = 'job.completed';

/** Nothing is refused here: what the core warns of is a fault of the simulation. */
const log: Log = {
  warn: (message, fields) => {
    throw new Error(`${message}: ${JSON.stringify(fields)}`);
  },
  error: (message, fields) => {
    throw new Error(`${message}: ${JSON.stringify(fields)}`);
  },
};

export interface FunctionParts {
  readonly timeline: Timeline;
  readonly profile: Profile;
  readonly tables: Tables;
  readonly endpoint: Endpoint;
  readonly random: RandomSource;
  readonly keyRings: KeyRings;
  readonly queueOf: (name: OutgoingDelivery['queue']) => Queue;
  /** Of a new execution environment. */
  readonly circuits: () => EnvironmentCircuits;
  readonly onReport: (report: DeliverReport) => void;
  /** Environments of each function that are warm when the run begins. */
  readonly warm: { readonly dispatch: number; readonly deliver: number };
}

/** What one environment of the deliver function has. */
interface DeliverEnvironment {
  readonly memory: Parameters<typeof deliver>[3];
  readonly ports: DeliverPorts;
}

export class Functions {
  readonly dispatching: Environments<undefined>;
  readonly delivering: Environments<DeliverEnvironment>;
  readonly waiting: Environments<undefined>;
  private readonly clock: Clock;
  private readonly secrets: SigningSecrets;
  private readonly queues: DeliveryQueues;

  constructor(private readonly parts: FunctionParts) {
    const { timeline, warm } = parts;
    this.clock = { now: () => timeline.now, sleep: (milliseconds) => timeline.sleep(milliseconds) };
    // Shared by all environments: what is opened once is the same everywhere, and opening it is not what is simulated.
    this.secrets = new SigningSecrets(parts.keyRings);
    this.queues = { send: (deliveries) => this.send(deliveries) };
    this.dispatching = new Environments(() => undefined, warm.dispatch);
    this.delivering = new Environments(() => this.deliverEnvironment(), warm.deliver);
    this.waiting = new Environments(() => undefined, 1);
  }

  readonly dispatch = (
    batch: readonly Message[],
    timeoutMs: number,
    deliverTimeoutMs: number,
  ): Promise<readonly string[]> => {
    const { profile, tables, random } = this.parts;
    const settings = {
      tenantParts: profile.tenantParts,
      eventTypes: EVENT_TYPES,
      deliverTimeoutMs,
      eventTtlSeconds: profile.eventTtlSeconds,
    };
    const ports = {
      clock: this.clock,
      random,
      events: tables.events,
      routes: tables,
      deliveries: this.queues,
      rejected: { deadLetter: () => Promise.reject(new Error('every event here fits the contract')) },
      log,
    };
    return this.run(
      this.dispatching,
      batch,
      timeoutMs,
      async () => (await dispatch(queued(batch), settings, ports)).returned,
    );
  };

  readonly deliver = (batch: readonly Message[], timeoutMs: number): Promise<readonly string[]> =>
    this.run(this.delivering, batch, timeoutMs, async ({ memory, ports }, remainingMs) => {
      const report = await deliver(queued(batch), remainingMs, this.parts.profile, memory, ports);
      this.parts.onReport(report);
      return report.returned;
    });

  readonly wait = (batch: readonly Message[], timeoutMs: number): Promise<readonly string[]> =>
    this.run(this.waiting, batch, timeoutMs, () =>
      forwardDelayed(queued(batch), this.parts.profile.retry.delays.length, {
        clock: this.clock,
        queues: this.queues,
        log,
      }),
    );

  /** The only place where the deliver function's ports are made. */
  private deliverEnvironment(): DeliverEnvironment {
    const { tables, random, keyRings, endpoint } = this.parts;
    const { answers, circuits } = this.parts.circuits();
    const memory = { answers, ownFaults: new OwnFaultDetector(this.clock) };
    const ports: DeliverPorts = {
      clock: this.clock,
      random,
      subscriptions: tables,
      failures: tables.failures,
      circuits,
      rates: tables,
      accounts: tables.accounts,
      events: tables.events,
      deliveries: tables.log,
      queues: this.queues,
      operationalEvents: { emit: () => this.parts.timeline.sleep(CALL_MS.eventBridge) },
      endpoint,
      secrets: this.secrets,
      keyRings,
      log,
    };
    return { memory, ports };
  }

  private async run<Memory>(
    environments: Environments<Memory>,
    batch: readonly Message[],
    timeoutMs: number,
    work: (memory: Memory, remainingMs: () => number) => Promise<readonly string[]>,
  ): Promise<readonly string[]> {
    const { timeline } = this.parts;
    const { memory, startsInMs } = environments.take();
    await timeline.sleep(startsInMs + CPU_MS_A_MESSAGE * batch.length);
    const end = timeline.now + timeoutMs;
    const returned = await work(memory, () => end - timeline.now);
    if (timeline.now > end) throw new Error(`an invocation took longer than its ${timeoutMs} ms`);
    environments.free(memory);
    return returned;
  }

  private async send(deliveries: readonly OutgoingDelivery[]): Promise<readonly SendResult[]> {
    const byQueue = Map.groupBy(deliveries, ({ queue }) => this.parts.queueOf(queue));
    const sends: Promise<void>[] = [];
    for (const [queue, all] of byQueue) {
      for (let first = 0; first < all.length; first += ENTRIES_OF_A_SEND) {
        const entries = all.slice(first, first + ENTRIES_OF_A_SEND).map(({ message, delaySeconds }) => ({
          body: formatDeliveryMessage(message),
          group: message.subscriptionId,
          delaySeconds,
        }));
        sends.push(
          this.parts.timeline.call(CALL_MS.sqsSend, () =>
            entries.forEach(({ body, group, delaySeconds }) => queue.send(body, group, delaySeconds)),
          ),
        );
      }
    }
    await Promise.all(sends);
    return deliveries.map(() => 'sent');
  }
}

const EVENT_TYPES: ReadonlySet<string> = new Set([EVENT_TYPE]);

function queued(batch: readonly Message[]): readonly { readonly messageId: string; readonly body: string }[] {
  return batch.map(({ id, body }) => ({ messageId: id, body }));
}
