/**
 * Batches items that arrive one by one. Only one batch is in flight. Items that arrive meanwhile form the next. A batch
 * that has begun waits a moment for more, where more may come: a crash loses at most what had just arrived, and no item
 * waits for the slowest.
 */

/**
 * Attempts of a batch begin together, and those of one customer end alike: this is long for them, and short beside an
 * invocation.
 */
export const BATCHING_WINDOW_MS = 5;

interface Waiting<T, R> {
  readonly item: T;
  readonly done: (result: R) => void;
  readonly failed: (error: unknown) => void;
}

/** For one item of a group: what became of it, or why it could not be written. */
export type GroupResult<R> =
  { readonly ok: true; readonly result: R } | { readonly ok: false; readonly error: unknown };

export interface BatchingWindow {
  /** Whether it is worth waiting for more items. */
  readonly expectsMore: () => boolean;
  /** Passes while a group waits. */
  readonly wait: () => Promise<void>;
}

export class GroupedWriter<T, R> {
  private waiting: Waiting<T, R>[] = [];
  private writing = false;
  private flush: (() => void) | undefined;

  /**
   * @param largest items of a group
   * @param writeGroup one result an item, in order
   * @param window absent: nothing waits
   */
  constructor(
    private readonly largest: number,
    private readonly writeGroup: (items: readonly T[]) => Promise<readonly GroupResult<R>[]>,
    private readonly window?: BatchingWindow,
  ) {}

  /** @throws what became of this item, or of its whole group */
  write(item: T): Promise<R> {
    return new Promise((done, failed) => {
      this.waiting.push({ item, done, failed });
      if (!this.writing) void this.writeGroups();
      else if (this.isComplete()) this.flush?.();
    });
  }

  private async writeGroups(): Promise<void> {
    this.writing = true;
    while (this.waiting.length > 0) {
      if (!this.isComplete())
        await Promise.race([
          this.window!.wait(),
          new Promise<void>((resolve) => {
            this.flush = resolve;
          }),
        ]);
      await this.writeOne(this.waiting.splice(0, this.largest));
    }
    this.writing = false;
  }

  private isComplete(): boolean {
    return this.waiting.length >= this.largest || this.window?.expectsMore() !== true;
  }

  private async writeOne(group: readonly Waiting<T, R>[]): Promise<void> {
    try {
      const results = await this.writeGroup(group.map(({ item }) => item));
      group.forEach(({ done, failed }, index) => {
        const result = results[index]!;
        if (result.ok) done(result.result);
        else failed(result.error);
      });
    } catch (error) {
      group.forEach(({ failed }) => failed(error));
    }
  }
}
