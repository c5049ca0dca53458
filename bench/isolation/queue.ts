/** A standard queue of SQS: delays, messages in flight, and fair queues, by the rules of assumptions.ts. */
import { FAIR_QUEUES } from './assumptions';
import type { Timeline } from './timeline';

export interface Message {
  readonly id: string;
  readonly body: string;
  readonly group: string;
  /** Which of two comes first. */
  order: number;
  receivedAt: number;
}

/** A first-in-first-out list that is cheap at both ends. */
class Waiting {
  private items: Message[] = [];
  private first = 0;

  get length(): number {
    return this.items.length - this.first;
  }

  get head(): Message | undefined {
    return this.items[this.first];
  }

  push(message: Message): void {
    this.items.push(message);
  }

  shift(): Message {
    const message = this.items[this.first]!;
    this.first += 1;
    if (this.first > 1024 && this.first * 2 > this.items.length) {
      this.items = this.items.slice(this.first);
      this.first = 0;
    }
    return message;
  }
}

/** What the queue knows of one message group. */
class Group {
  readonly waiting = new Waiting();
  inFlight = 0;
  noisy = false;
  private work = 0;
  private workAt = 0;

  /** Processing time, less the older it is. */
  recentWork(now: number): number {
    return this.work * 2 ** ((this.workAt - now) / FAIR_QUEUES.recentHalfLifeMs);
  }

  addWork(milliseconds: number, now: number): void {
    this.work = this.recentWork(now) + milliseconds;
    this.workAt = now;
  }
}

export class Queue {
  /** Visible messages. */
  visible = 0;
  inFlight = 0;
  /** Called when a message becomes visible. */
  onVisible: () => void = () => undefined;
  private readonly groups = new Map<string, Group>();
  /** Groups with visible messages. */
  private readonly waiting = new Set<Group>();
  private readonly all = new Group();
  private orders = 0;
  private ids = 0;

  constructor(
    private readonly timeline: Timeline,
    private readonly fair: boolean,
  ) {}

  /** @param delaySeconds 0 to 900 */
  send(body: string, group: string, delaySeconds = 0): void {
    if (!(Number.isInteger(delaySeconds) && delaySeconds >= 0 && delaySeconds <= 900))
      throw new RangeError(`DelaySeconds of ${delaySeconds}`);
    const message: Message = { id: String((this.ids += 1)), body, group, order: 0, receivedAt: 0 };
    if (delaySeconds === 0) this.show(message);
    else this.timeline.after(delaySeconds * 1000, () => this.show(message));
  }

  /** At most so many messages; they are in flight until they are deleted or given back. */
  receive(most: number): Message[] {
    const batch: Message[] = [];
    while (batch.length < most && this.visible > 0) {
      const group = this.next();
      const message = group.waiting.shift();
      message.receivedAt = this.timeline.now;
      group.inFlight += 1;
      this.inFlight += 1;
      this.visible -= 1;
      if (group.waiting.length === 0) {
        this.waiting.delete(group);
        group.noisy = false; // its backlog is used up
      } else this.detect(group);
      batch.push(message);
    }
    return batch;
  }

  delete(message: Message): void {
    this.end(message);
  }

  /** What was not done comes back when its visibility timeout ends. */
  returnToQueue(message: Message, visibilityMs: number): void {
    this.end(message);
    this.timeline.after(message.receivedAt + visibilityMs - this.timeline.now, () => this.show(message));
  }

  private show(message: Message): void {
    message.order = this.orders += 1;
    const group = this.groupOf(message.group);
    group.waiting.push(message);
    this.waiting.add(group);
    this.visible += 1;
    this.detect(group);
    this.onVisible();
  }

  private end(message: Message): void {
    const group = this.groupOf(message.group);
    const { now } = this.timeline;
    group.inFlight -= 1;
    this.inFlight -= 1;
    group.addWork(now - message.receivedAt, now);
    this.all.addWork(now - message.receivedAt, now);
    this.detect(group);
  }

  private detect(group: Group): void {
    if (!this.fair || group.noisy || group.waiting.length === 0) return;
    const { now } = this.timeline;
    const concurrent = group.inFlight >= FAIR_QUEUES.inFlight && group.inFlight > FAIR_QUEUES.share * this.inFlight;
    group.noisy = concurrent || group.recentWork(now) > FAIR_QUEUES.share * this.all.recentWork(now);
  }

  /**
   * The group whose message is received next: of the quiet ones the one whose message came first, else the noisy one
   * with the fewest in flight.
   */
  private next(): Group {
    let quiet: Group | undefined;
    let noisy: Group | undefined;
    for (const group of this.waiting) {
      if (group.noisy) {
        if (noisy === undefined || group.inFlight < noisy.inFlight) noisy = group;
      } else if (quiet === undefined || group.waiting.head!.order < quiet.waiting.head!.order) quiet = group;
    }
    return (quiet ?? noisy)!;
  }

  private groupOf(name: string): Group {
    const known = this.groups.get(name);
    if (known !== undefined) return known;
    const group = new Group();
    this.groups.set(name, group);
    return group;
  }
}
