/** Lambda reading a queue: batches, and how many invocations at a time (assumptions.ts). */
import { CALL_MS, type PollerScaling } from './assumptions';
import type { DeployedQueue } from './deployed-queues';
import type { Message, Queue } from './queue';
import type { Timeline } from './timeline';

const SECOND_MS = 1000;
/** Bounds come down by what was at work in this time. */
const MEMORY_SECONDS = 60;

/**
 * Runs a batch to its end.
 *
 * @returns ids of the messages that go back
 */
export type Invoke = (batch: readonly Message[]) => Promise<readonly string[]>;

export class EventSource {
  /** Invocations under way, or about to be. */
  running = 0;
  /** The most invocations at a time as Lambda has scaled by now. */
  limit: number;
  batches = 0;
  messages = 0;
  /** Each of the last seconds' most at work. */
  private readonly peaks: number[] = [];
  private peak = 0;
  private looks = false;
  private gathers = false;

  constructor(
    private readonly timeline: Timeline,
    private readonly queue: Queue,
    private readonly settings: Pick<
      DeployedQueue,
      'batchSize' | 'windowSeconds' | 'maximumConcurrency' | 'visibilitySeconds'
    >,
    private readonly scaling: PollerScaling,
    private readonly invoke: Invoke,
    /** How far it has scaled when the run begins. */
    begins: number = scaling.atRest,
  ) {
    this.limit = Math.min(Math.max(begins, scaling.atRest), this.most);
    queue.onVisible = () => this.lookSoon();
    timeline.after(SECOND_MS, this.scale);
  }

  private get most(): number {
    return Math.min(this.scaling.most, this.settings.maximumConcurrency ?? Infinity);
  }

  private lookSoon(): void {
    if (this.looks) return;
    this.looks = true;
    this.timeline.after(0, () => {
      this.looks = false;
      this.look();
    });
  }

  private look(): void {
    const { batchSize, windowSeconds } = this.settings;
    const least = windowSeconds > 0 ? batchSize : 1;
    while (this.running < this.limit && this.queue.visible >= least) this.take();
    if (windowSeconds > 0 && this.queue.visible > 0) this.gather();
  }

  /** A batch that is not full waits for its window. */
  private gather(): void {
    if (this.gathers) return;
    this.gathers = true;
    this.timeline.after(this.settings.windowSeconds * SECOND_MS, () => {
      this.gathers = false;
      if (this.running < this.limit && this.queue.visible > 0) this.take();
      this.lookSoon();
    });
  }

  private take(): void {
    const batch = this.queue.receive(this.settings.batchSize);
    this.running += 1;
    this.peak = Math.max(this.peak, this.running);
    this.batches += 1;
    this.messages += batch.length;
    this.timeline.after(CALL_MS.receiveAndInvoke, () => void this.run(batch));
  }

  private async run(batch: readonly Message[]): Promise<void> {
    const returned = new Set(await this.invoke(batch));
    for (const message of batch) {
      if (returned.has(message.id)) this.queue.returnToQueue(message, this.settings.visibilitySeconds * SECOND_MS);
      else this.queue.delete(message);
    }
    this.running -= 1;
    this.lookSoon();
  }

  private readonly scale = (): void => {
    this.peaks.push(this.peak);
    if (this.peaks.length > MEMORY_SECONDS) this.peaks.shift();
    this.peak = this.running;
    const atWork = Math.max(this.scaling.atRest, ...this.peaks);
    if (this.running >= this.limit && this.queue.visible > 0)
      this.limit = Math.min(this.limit + this.scaling.upASecond, this.most);
    else if (this.limit > atWork) this.limit = Math.max(this.limit - this.scaling.downASecond, atWork);
    this.lookSoon();
    this.timeline.after(SECOND_MS, this.scale);
  };
}
