import type { Random } from './random';

interface Moment {
  readonly at: number;
  /** Which of two that fall on the same millisecond comes first. */
  readonly tie: number;
  readonly run: () => void;
}

/** A run that goes on and on is a finding too. */
const MOST_STEPS = 400_000;

/** Virtual time: what happens when, one thing after the other. Nothing here knows the time of day. */
export class Timeline {
  /** Epoch milliseconds. */
  now: number;
  steps = 0;
  private readonly heap: Moment[] = [];

  constructor(
    start: number,
    private readonly random: Random,
  ) {
    this.now = start;
  }

  at(time: number, run: () => void): void {
    const { heap } = this;
    const moment = { at: Math.max(time, this.now), tie: this.random.fraction(), run };
    let index = heap.push(moment) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!isBefore(moment, heap[parent]!)) break;
      heap[index] = heap[parent]!;
      index = parent;
    }
    heap[index] = moment;
  }

  after(milliseconds: number, run: () => void): void {
    this.at(this.now + milliseconds, run);
  }

  /**
   * Lets everything happen that is due by then. Between two moments all that promises have to do is done: the next
   * moment is a tick that a microtask asks for, and Node.js runs such a tick only when no microtask is left; the core
   * waits for nothing but promises of its ports.
   */
  runUntil(time: number): Promise<void> {
    return new Promise((done, failed) => {
      const next = (): void => {
        const [first] = this.heap;
        if (first === undefined || first.at > time) {
          if (Number.isFinite(time)) this.now = Math.max(this.now, time);
          return done();
        }
        try {
          this.take(first);
        } catch (error) {
          return failed(error instanceof Error ? error : new Error(String(error)));
        }
        queueMicrotask(() => process.nextTick(next));
      };
      process.nextTick(next);
    });
  }

  private take(first: Moment): void {
    this.steps += 1;
    if (this.steps > MOST_STEPS) throw new Error(`the run does not come to rest in ${MOST_STEPS} steps`);
    this.removeFirst();
    this.now = first.at;
    first.run();
  }

  private removeFirst(): void {
    const { heap } = this;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
      if (!isBefore(heap[child]!, last)) break;
      heap[index] = heap[child]!;
      index = child;
    }
    heap[index] = last;
  }
}

function isBefore(one: Moment, other: Moment): boolean {
  return one.at < other.at || (one.at === other.at && one.tie < other.tie);
}
