/** One run of a function: every call that it makes of a port takes time, and may be refused, or be its last. */
import { PortUnavailable } from '../../lambda/core/shared/errors';
import type { DeliveryId } from '../../lambda/core/shared/identifiers';
import type { Context } from './context';
import type { QueuedMessage } from './queues';

export type FunctionName = 'dispatch' | 'deliver' | 'wait' | 'recover' | 'api';

const CRASHES = {
  dispatch: 'crash-dispatch',
  recover: 'crash-dispatch',
  api: 'crash-dispatch',
  deliver: 'crash-deliver',
  wait: 'crash-wait',
} as const;

/**
 * `read`, `state`: of the tables; `state` changes what is no delivery's record. `record`: writes the record of the
 * deliveries named. `send`, `emit`: to queues and bus; what is refused of a send is its port's own affair. `quiet`:
 * nothing strikes it but a stall or a crash.
 */
export type CallKind = 'read' | 'state' | 'record' | 'emit' | 'quiet';

/** What is wrong with the tables for a while. */
export interface Outage {
  readonly until: number;
  readonly reads: boolean;
  readonly writes: boolean;
}

/** What is wrong with the services at the moment. */
export interface Weather {
  outage: Outage | undefined;
  /** Until then the queues refuse nearly every send. */
  sendsRefusedUntil: number;
}

const LONGEST_STALL_MS = 25_000;
const USUAL_LATENCY_MS = 30;

export class Invocation {
  readonly startedAt: number;
  /** Epochs of the subscriptions, as its first read saw them. */
  epochs: ReadonlyMap<string, number> | undefined;
  over = false;
  private stalled = false;
  private refused = false;
  /** Deliveries whose record a table refused to write, once at least. */
  readonly unwritten = new Set<DeliveryId>();

  constructor(
    private readonly context: Context,
    private readonly weather: Weather,
    readonly kind: FunctionName,
    readonly name: string,
    readonly batch: readonly QueuedMessage[],
    /** Called when it died. */
    private readonly onDeath: () => void,
  ) {
    this.startedAt = context.timeline.now;
    context.timeline.after(context.settings.timeoutMs, () => {
      if (this.over) return;
      if (!this.stalled)
        context.ledger.violate('timeout', this.name, 'the invocation ran out of time though nothing stalled');
      this.die('ran out of time');
    });
  }

  readonly remainingMs = (): number => this.startedAt + this.context.settings.timeoutMs - this.context.timeline.now;

  /**
   * @param effect what the call does, at once and whole
   * @param deliveries whose records it writes
   * @throws PortUnavailable
   */
  call<T>(
    kind: CallKind,
    what: string,
    effect: () => T | Promise<T>,
    deliveries: readonly DeliveryId[] = [],
  ): Promise<T> {
    const { timeline, faults } = this.context;
    return new Promise<T>((resolve, reject) => {
      const answer = (settle: () => void): void => timeline.after(this.latency(), () => !this.over && settle());
      timeline.after(this.latency(), () => {
        if (this.over || this.mayDie(what)) return;
        if (this.isRefused(kind)) {
          this.refused = true;
          deliveries.forEach((id) => this.unwritten.add(id));
          this.context.trace.say(this.name, () => `${what} is refused`);
          return answer(() => reject(new PortUnavailable(what, new Error('refused'))));
        }
        Promise.resolve(effect()).then((result) => {
          if (this.mayDie(what)) return;
          if (kind === 'record' && faults.strikes('answer-lost', 0.05)) {
            this.refused = true;
            deliveries.forEach((id) => this.unwritten.add(id));
            this.context.trace.say(this.name, () => `the answer to ${what} is lost`);
            return answer(() => reject(new PortUnavailable(what, new Error('no answer'))));
          }
          answer(() => resolve(result));
        }, reject);
      });
    });
  }

  /** Whether a queue refuses a message now. */
  isSendRefused(): boolean {
    const { faults, timeline } = this.context;
    const refused = faults.strikes('send-refused', timeline.now < this.weather.sendsRefusedUntil ? 0.9 : 0.03);
    this.refused ||= refused;
    return refused;
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((done) => this.context.timeline.after(milliseconds, () => !this.over && done()));
  }

  /** Nothing made it slower than it is by itself. */
  get undisturbed(): boolean {
    return !this.stalled && !this.refused;
  }

  /** Its last words came. */
  end(): void {
    this.over = true;
  }

  /** @returns true when it is dead now */
  mayDie(where: string): boolean {
    if (this.over) return true;
    if (!this.context.faults.crashes(CRASHES[this.kind])) return false;
    this.die(`crashed at ${where}`);
    return true;
  }

  private die(why: string): void {
    this.over = true;
    this.context.trace.say(this.name, () => why.toUpperCase());
    const ids = new Set(this.batch.flatMap(({ delivery }) => (delivery === undefined ? [] : [delivery.deliveryId])));
    for (const id of ids) this.context.ledger.excuse(id, `${this.name} ${why}`);
    this.onDeath();
  }

  latency(): number {
    const { faults, random } = this.context;
    if (!faults.strikes('slow', 0.04)) return random.below(USUAL_LATENCY_MS);
    this.stalled = true;
    return random.below(random.chance(0.5) ? LONGEST_STALL_MS : 3_000);
  }

  private isRefused(kind: CallKind): boolean {
    const { faults, timeline } = this.context;
    const outage =
      faults.on && this.weather.outage !== undefined && timeline.now < this.weather.outage.until
        ? this.weather.outage
        : undefined;
    if (kind === 'emit') return faults.strikes('send-refused', 0.04);
    if (kind === 'quiet') return false;
    if (kind === 'record')
      return faults.strikes('write-refused', 0.03) || (outage?.writes === true && faults.strikes('outage', 0.95));
    return (
      faults.strikes('read-refused', 0.03) ||
      ((kind === 'read' ? outage?.reads : outage?.writes) === true && faults.strikes('outage', 0.95))
    );
  }
}
