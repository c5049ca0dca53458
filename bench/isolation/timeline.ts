/** After so many the process hears what else there is, such as that its parent is gone. */
const MOMENTS_A_TURN = 10_000;

/**
 * Virtual time in whole milliseconds. What falls on the same one happens in the order in which it was asked for, and
 * between two of them every promise has done all that it can do, so that a seed is exactly one run.
 */
export class Timeline {
  private readonly moments = new Map<number, (() => void)[]>();
  /** The times that have moments, as a heap: the earliest first. */
  private readonly times: number[] = [];

  /** @param now epoch milliseconds */
  constructor(public now: number) {}

  after(milliseconds: number, run: () => void): void {
    const time = this.now + Math.max(0, Math.round(milliseconds));
    const known = this.moments.get(time);
    if (known !== undefined) known.push(run);
    else {
      this.moments.set(time, [run]);
      this.push(time);
    }
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((done) => this.after(milliseconds, done));
  }

  /**
   * What a call answers after its time.
   *
   * @param effect happens then, too
   */
  call<T>(milliseconds: number, effect: () => T): Promise<T> {
    return new Promise((done, failed) =>
      this.after(milliseconds, () => {
        try {
          done(effect());
        } catch (error) {
          failed(error instanceof Error ? error : new Error(String(error)));
        }
      }),
    );
  }

  /**
   * Lets everything happen until a time, or until nothing is left, or there is enough.
   *
   * @param enough asked before each moment
   */
  runUntil(end: number, enough: () => boolean = () => false): Promise<void> {
    return new Promise((done, failed) => {
      let moments = 0;
      const next = (): void => {
        const [time] = this.times;
        if (time === undefined || time > end || enough()) {
          if (Number.isFinite(end) && !enough()) this.now = Math.max(this.now, end);
          return done();
        }
        try {
          this.pop();
          this.now = time;
          const due = this.moments.get(time)!;
          this.moments.delete(time);
          for (const run of due) run();
        } catch (error) {
          return failed(error instanceof Error ? error : new Error(String(error)));
        }
        // A tick that a microtask asks for comes when no microtask is left.
        moments += 1;
        if (moments % MOMENTS_A_TURN === 0) setImmediate(next);
        else queueMicrotask(() => process.nextTick(next));
      };
      process.nextTick(next);
    });
  }

  private push(time: number): void {
    const { times } = this;
    let index = times.push(time) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (times[parent]! <= time) break;
      times[index] = times[parent]!;
      index = parent;
    }
    times[index] = time;
  }

  private pop(): void {
    const { times } = this;
    const last = times.pop()!;
    if (times.length === 0) return;
    let index = 0;
    for (;;) {
      let child = 2 * index + 1;
      if (child >= times.length) break;
      if (child + 1 < times.length && times[child + 1]! < times[child]!) child += 1;
      if (times[child]! >= last) break;
      times[index] = times[child]!;
      index = child;
    }
    times[index] = last;
  }
}
