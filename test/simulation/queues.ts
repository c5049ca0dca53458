import type { Context } from './context';
import { type DeliveryMessage, formatDeliveryMessage } from '../../lambda/core/delivery/delivery-message';

/** Above 60 s, as the protocol asks of every queue; six times the functions' timeout, as AWS recommends for Lambda. */
export const VISIBILITY_MS = 180_000;
const MOST_RECEIVES = 5;
/** How long a message may lie before its consumer looks, at rest. */
const POLL_MS = 40;

export interface QueuedMessage {
  readonly id: string;
  readonly body: string;
  /** What the body says, of a delivery's message. */
  readonly delivery: DeliveryMessage | undefined;
  visibleAt: number;
  receives: number;
  /** SQS delivers it twice. */
  twice: boolean;
}

export interface QueueSettings {
  readonly name: string;
  /** At most this many messages a batch. */
  readonly batch: number;
  /** At most this many batches at a time. */
  readonly concurrency: number;
}

/** Takes a batch, and says when it is through: with the ids of those that go back; or never, when it died. */
export type Consumer = (queue: SimulatedQueue, batch: readonly QueuedMessage[]) => void;

export class SimulatedQueue {
  readonly messages = new Map<string, QueuedMessage>();
  readonly dead = new Map<string, QueuedMessage>();
  /** Until then its consumer stands still. */
  pausedUntil = 0;
  private running = 0;
  private looksAgain = false;

  constructor(
    private readonly context: Context,
    readonly settings: QueueSettings,
    private readonly consume: Consumer,
    private readonly nextId: () => string,
  ) {}

  get name(): string {
    return this.settings.name;
  }

  push(body: string, delaySeconds: number, delivery?: DeliveryMessage): void {
    if (delaySeconds < 0 || delaySeconds > 900 || !Number.isInteger(delaySeconds))
      this.context.ledger.violate('SQS', this.name, `DelaySeconds of ${delaySeconds}`);
    const message: QueuedMessage = {
      id: this.nextId(),
      body,
      delivery,
      visibleAt: this.context.timeline.now + delaySeconds * 1000,
      receives: 0,
      twice: false,
    };
    if (delivery !== undefined) this.context.ledger.delivery(delivery).queued = true;
    this.messages.set(message.id, message);
    this.context.trace.say(
      this.name,
      () => `takes ${this.label(message)}${delaySeconds > 0 ? ` for ${delaySeconds} s` : ''}`,
    );
    this.lookAt(message.visibleAt);
  }

  pushDelivery(delivery: DeliveryMessage, delaySeconds: number): void {
    this.push(formatDeliveryMessage(delivery), delaySeconds, delivery);
  }

  /** A batch is through. */
  finished(batch: readonly QueuedMessage[], returned: ReadonlySet<string>): void {
    this.running -= 1;
    for (const message of batch) {
      if (returned.has(message.id)) this.context.trace.say(this.name, () => `is given back ${this.label(message)}`);
      else if (this.duplicates(message, 0.01, 'its deletion was lost')) continue;
      else this.messages.delete(message.id);
    }
    this.lookAt(this.context.timeline.now);
  }

  /** A batch's function died: its messages come back when their visibility timeout ends. */
  abandoned(): void {
    this.running -= 1;
    this.lookAt(this.context.timeline.now);
  }

  /** @returns how many messages went back from the dead-letter queue */
  redriveTo(queue: SimulatedQueue): number {
    const dead = [...this.dead.values()];
    this.dead.clear();
    for (const { body, delivery } of dead) queue.push(body, 0, delivery);
    return dead.length;
  }

  /** How a message is named in the trace. */
  label({ id, delivery, body }: QueuedMessage): string {
    if (delivery === undefined) return `${id} ${body.slice(0, 100)}`;
    const { name } = this.context.ledger.delivery(delivery);
    return `${id} ${name} k${delivery.attempt} chain ${delivery.chain}`;
  }

  private lookAt(time: number): void {
    this.context.timeline.at(time + this.context.random.below(POLL_MS), () => this.look());
  }

  private look(): void {
    const { timeline, random } = this.context;
    if (this.pausedUntil > timeline.now) return this.lookOnceAt(this.pausedUntil);
    if (this.running >= this.settings.concurrency) return this.lookOnceAt(timeline.now + 200);
    const visible = [...this.messages.values()].filter(({ visibleAt }) => visibleAt <= timeline.now);
    if (visible.length === 0) return;
    const most = random.chance(0.4) ? 1 + random.below(2) : 1 + random.below(this.settings.batch);
    const batch: QueuedMessage[] = [];
    for (const message of random.shuffle(visible)) {
      if (batch.length >= most) break;
      if (message.receives >= MOST_RECEIVES) this.bury(message);
      else if (!batch.some((other) => isReplayOfSame(other, message))) batch.push(...this.receive(message));
    }
    if (visible.length > batch.length) this.lookAt(timeline.now);
    if (batch.length === 0) return;
    this.running += 1;
    this.consume(this, batch);
  }

  private lookOnceAt(time: number): void {
    if (this.looksAgain) return;
    this.looksAgain = true;
    this.context.timeline.at(time, () => {
      this.looksAgain = false;
      this.look();
    });
  }

  /** @returns the message as it is received: twice in a batch, when SQS sends it twice */
  private receive(message: QueuedMessage): QueuedMessage[] {
    const { timeline, random } = this.context;
    message.receives += 1;
    message.visibleAt = timeline.now + VISIBILITY_MS;
    const twice = this.duplicates(message, 0.03, 'SQS delivers it twice');
    const atOnce = twice && random.chance(0.2);
    if (twice && !atOnce) message.visibleAt = timeline.now + random.below(random.chance(0.7) ? 60 : 9_000);
    this.lookAt(message.visibleAt);
    message.twice ||= twice;
    return atOnce ? [{ ...message }, { ...message }] : [{ ...message }];
  }

  private duplicates(message: QueuedMessage, probability: number, why: string): boolean {
    if (!this.context.faults.strikes('duplicate', probability)) return false;
    if (message.delivery !== undefined) this.context.ledger.excuse(message.delivery.deliveryId, why);
    else this.context.trace.say('fault', () => `${why}: ${this.label(message)}`);
    return true;
  }

  private bury(message: QueuedMessage): void {
    this.messages.delete(message.id);
    this.dead.set(message.id, message);
    this.context.trace.say(this.name, () => `DEAD LETTER ${this.label(message)}`);
  }
}

/**
 * An endpoint cannot tell a replay from its original, and so an attempt would not be known for whose it is: they come
 * in batches of their own.
 */
function isReplayOfSame({ delivery: one }: QueuedMessage, { delivery: other }: QueuedMessage): boolean {
  if (one === undefined || other === undefined) return false;
  return (
    one.deliveryId !== other.deliveryId &&
    one.tenantId === other.tenantId &&
    one.eventId === other.eventId &&
    one.subscriptionId === other.subscriptionId
  );
}
