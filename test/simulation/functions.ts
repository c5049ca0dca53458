/** The functions: execution environments with clocks of their own, that run the real core on the simulated world. */
import { parsePublicDeliveryId } from '../../lambda/core/shared/identifiers';
import { EndpointAnswers } from '../../lambda/core/endpoint/circuit';
import { deliver, type DeliverPorts, type EnvironmentMemory } from '../../lambda/core/delivery/deliver';
import { dispatch } from '../../lambda/core/events/dispatch';
import { OwnFaultDetector } from '../../lambda/core/endpoint/own-fault';
import { SigningSecrets } from '../../lambda/core/signing/signing-secrets';
import { forwardDelayed } from '../../lambda/core/delivery/long-delay';
import { RING } from './endpoint-keys';
import { type FunctionName, Invocation } from './invocation';
import type { QueuedMessage, SimulatedQueue } from './queues';
import type { Recoveries } from './recovery';
import type { World } from './world';
import type { Clock } from '../../lambda/core/shared/clock';
import type { KeyRings } from '../../lambda/core/signing/key-ring';

export const EVENT_TYPES = ['invoice.paid', 'invoice.void'] as const;

const SIGNATURES = [{ kind: 'standard-webhooks' }] as const;
const MOST_ENVIRONMENTS = 3;

/** What one execution environment keeps from invocation to invocation. */
interface Environment {
  readonly name: string;
  readonly skewMs: number;
  readonly memory: EnvironmentMemory;
  readonly secrets: SigningSecrets;
  busy: Invocation | undefined;
}

export class Functions {
  private environments: Environment[] = [];

  constructor(
    private readonly world: World,
    private readonly recoveries: Recoveries,
    /** The greatest difference of two clocks. */
    private readonly skewMs: number,
  ) {}

  /** A batch of a queue is given to its function. */
  readonly consume = (queue: SimulatedQueue, batch: readonly QueuedMessage[]): void => {
    const kind = functionOf(queue);
    const environment = this.environmentOf(kind);
    const invocation = this.invoke(kind, environment, batch, () => {
      queue.abandoned();
      this.environments = this.environments.filter((each) => each !== environment);
    });
    const { context } = this.world;
    context.trace.say(invocation.name, () => `is given ${batch.map((message) => queue.label(message)).join(', ')}`);
    this.handle(kind, environment, invocation, batch).then(
      (returned) => {
        if (invocation.over) return;
        invocation.end();
        environment.busy = undefined;
        this.excuseReturned(invocation, returned);
        queue.finished(batch, new Set(returned));
      },
      (error: unknown) => {
        context.ledger.violate(
          'core',
          invocation.name,
          `it threw ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        );
        invocation.end();
        queue.abandoned();
      },
    );
  };

  /** A call of the API: no queue stands behind it. */
  callApi(work: (invocation: Invocation, clock: Clock) => Promise<void>): void {
    const environment = this.environmentOf('api');
    const invocation = this.invoke('api', environment, [], () => undefined);
    work(invocation, this.clockOf(environment)).then(
      () => {
        invocation.end();
        environment.busy = undefined;
      },
      (error: unknown) => this.world.context.ledger.violate('core', invocation.name, String(error)),
    );
  }

  private invoke(
    kind: FunctionName,
    environment: Environment,
    batch: readonly QueuedMessage[],
    onDeath: () => void,
  ): Invocation {
    const { context, weather, nextId } = this.world;
    const invocation = new Invocation(context, weather, kind, nextId(kind), batch, onDeath);
    environment.busy = invocation;
    return invocation;
  }

  private handle(
    kind: FunctionName,
    environment: Environment,
    invocation: Invocation,
    batch: readonly QueuedMessage[],
  ): Promise<readonly string[]> {
    const { settings } = this.world.context;
    const queued = batch.map(({ id, body }) => ({ messageId: id, body }));
    const { tables, sends, random } = this.world;
    const clock = this.clockOf(environment);
    const queues = sends.madeBy(invocation);
    if (kind === 'recover') return this.recoveries.run(batch, invocation, clock);
    if (kind === 'wait')
      return forwardDelayed(queued, settings.retry.delays.length, { clock, queues, log: this.world.logOf(invocation) });
    if (kind === 'dispatch') {
      const ports = {
        clock,
        random,
        events: tables.eventStore(invocation),
        routes: tables.routes(invocation),
        deliveries: queues,
        rejected: { deadLetter: () => Promise.reject(new Error('every event here fits the contract')) },
        log: this.world.logOf(invocation),
      };
      return dispatch(
        queued,
        {
          tenantParts: 1,
          eventTypes: new Set(EVENT_TYPES),
          deliverTimeoutMs: settings.timeoutMs,
          eventTtlSeconds: settings.eventTtlSeconds,
        },
        ports,
      ).then(({ returned }) => returned);
    }
    const deliverSettings = {
      userAgent: 'simulation',
      headers: {},
      signatures: [...SIGNATURES],
      deadlineSeconds: settings.deadlineMs / 1000,
      deliveryTtlSeconds: settings.deliveryTtlSeconds,
      retry: settings.retry,
      disableAfter: settings.disableAfter,
    };
    return deliver(
      queued,
      invocation.remainingMs,
      deliverSettings,
      environment.memory,
      this.deliverPorts(environment, invocation, clock),
    ).then(({ returned }) => returned);
  }

  private deliverPorts(environment: Environment, invocation: Invocation, clock: Clock): DeliverPorts {
    const { context, tables, endpoints, sends, random } = this.world;
    return {
      clock,
      random,
      subscriptions: tables.subscriptions(invocation),
      failures: tables.failures(invocation),
      circuits: tables.circuits(invocation),
      rates: tables.rates(invocation),
      accounts: tables.accounts(invocation),
      events: tables.eventStore(invocation),
      deliveries: tables.deliveryLog(invocation),
      queues: sends.madeBy(invocation),
      operationalEvents: {
        emit: (events) =>
          invocation.call('emit', 'operational event', () => {
            for (const event of events) {
              const about = () =>
                'delivery_id' in event.detail
                  ? (context.ledger.deliveries.get(parsePublicDeliveryId(event.detail.delivery_id)!.deliveryId)?.name ??
                    '')
                  : context.ledger.targetName(event.detail.subscription_id as never);
              context.trace.say(invocation.name, () => `emits ${event.name} ${about()}`);
              if (event.name === 'delivery.failed')
                context.ledger.deliveries.get(parsePublicDeliveryId(event.detail.delivery_id)!.deliveryId)!.emitted +=
                  1;
              if (event.name === 'subscription.disabled')
                context.ledger.subscriptions.get(event.detail.subscription_id as never)!.announced += 1;
            }
          }),
      },
      keyRings: KEY_RINGS,
      endpoint: endpoints.reachedBy(invocation, { name: environment.name, clock }),
      secrets: environment.secrets,
      log: this.world.logOf(invocation),
    };
  }

  /**
   * What was given back after its record was refused, or after time ran out, may be attempted again; a write that was
   * taken in the end excuses nothing.
   */
  private excuseReturned(invocation: Invocation, returned: readonly string[]): void {
    if (invocation.kind !== 'deliver') return;
    for (const { id, delivery } of invocation.batch) {
      if (!returned.includes(id)) continue;
      if (invocation.unwritten.has(delivery!.deliveryId))
        this.world.context.ledger.excuse(delivery!.deliveryId, 'its record was refused');
      else if (invocation.remainingMs() < OUT_OF_TIME_MS)
        this.world.context.ledger.excuse(delivery!.deliveryId, 'time ran out');
    }
  }

  private environmentOf(kind: FunctionName): Environment {
    const { random, timeline } = this.world.context;
    const idle = this.environments.filter(({ name, busy }) => name.startsWith(kind) && busy === undefined);
    if (idle.length > 0 && (this.environments.length >= MOST_ENVIRONMENTS || random.chance(0.7)))
      return random.pick(idle);
    const skewMs = this.skewMs === 0 ? 0 : random.below(this.skewMs) - Math.floor(this.skewMs / 2);
    const clock: Clock = { now: () => timeline.now + skewMs, sleep: () => Promise.resolve() };
    const environment: Environment = {
      name: this.world.nextId(`${kind}-environment-`),
      skewMs,
      memory: { answers: new EndpointAnswers(clock), ownFaults: new OwnFaultDetector(clock) },
      secrets: new SigningSecrets(KEY_RINGS),
      busy: undefined,
    };
    this.environments.push(environment);
    return environment;
  }

  private clockOf({ skewMs, busy }: Environment): Clock {
    return { now: () => this.world.context.timeline.now + skewMs, sleep: (milliseconds) => busy!.sleep(milliseconds) };
  }
}

/** The ring is read once an environment: its latency and refusals are the subject of its own tests. */
const KEY_RINGS: KeyRings = { ring: () => Promise.resolve(RING) };

/** With this little left, an answer may have been known to nobody else. */
const OUT_OF_TIME_MS = 5_500;

function functionOf({ name }: SimulatedQueue): FunctionName {
  if (name === 'events') return 'dispatch';
  if (name === 'wait') return 'wait';
  return name === 'recoveries' ? 'recover' : 'deliver';
}
