/** What a run came to. */

export interface Latencies {
  readonly count: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly most: number;
}

export function latenciesOf(values: readonly number[]): Latencies {
  if (values.length === 0) return { count: 0, p50: 0, p99: 0, most: 0 };
  const sorted = Float64Array.from(values).sort();
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]!;
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), most: sorted.at(-1)! };
}

/** Something that happens at times: how often in a window. */
export class Arrivals {
  private readonly perSecond = new Map<number, number>();

  constructor(private readonly start: number) {}

  note(now: number): void {
    const second = Math.floor((now - this.start) / 1000);
    this.perSecond.set(second, (this.perSecond.get(second) ?? 0) + 1);
  }

  /**
   * A second, on average, in the window of so many seconds that has the most.
   *
   * @param from milliseconds from the start of the run
   */
  peak(windowSeconds: number, from: number, to: number): number {
    let most = 0;
    for (let second = Math.floor(from / 1000); second < to / 1000; second += 1) {
      let sum = 0;
      for (let each = second; each < second + windowSeconds; each += 1) sum += this.perSecond.get(each) ?? 0;
      most = Math.max(most, sum);
    }
    return most / windowSeconds;
  }
}

/**
 * Of healthy endpoints' deliveries, by when their events were sent: in the second half of the warm-up, in the first
 * minute after the onset, from then on, and after the return.
 */
export type Period = 'before' | 'onset' | 'steady' | 'back';

interface Counts {
  /** Healthy deliveries that had not come to their end when the run was given up. */
  readonly unfinished: number;
  /** Invocations of the deliver function at a time. */
  readonly peakConcurrency: number;
  /** Invocations at a time that the delivery queue had scaled to at the onset, and at the end. */
  readonly scaled: { readonly atOnset: number; readonly atEnd: number };
  readonly coldStarts: number;
  /** Milliseconds after the onset at which the circuit of each hanging endpoint first opened; null: it did not. */
  readonly circuitsOpened: readonly (number | null)[];
  readonly attemptsOnHanging: number;
  readonly deferrals: number;
  readonly recovery?: Recovery;
  readonly deliveries: number;
  readonly virtualSeconds: number;
  /** What the simulation itself took. */
  readonly cpuSeconds: number;
}

/** What came after the return, of the first endpoint. */
export interface Recovery {
  /** Attempts a second at it, over the ten seconds that had the most. */
  readonly peakArrivals: number;
  /** Its share of the events, a second. */
  readonly usual: number;
  /** Deliveries that waited when it came back. */
  readonly waiting: number;
  /** Milliseconds until half of them, all but one in a hundred, and all were delivered; null: not within the run. */
  readonly half: number | null;
  readonly nearlyAll: number | null;
  readonly all: number | null;
  /** Milliseconds until the circuit closed. */
  readonly closed: number | null;
}

/** One run as it was played. */
export interface PlayedRun extends Counts {
  /** Milliseconds from SendMessage to the answer of the first successful attempt. */
  readonly latencies: Readonly<Record<Period, readonly number[]>>;
  /** Of the delivery queue. */
  readonly batches: number;
  readonly messages: number;
}

export interface RunResult extends Counts {
  readonly healthy: Readonly<Record<Period, Latencies>>;
  /** In the first minute, of each run alone. */
  readonly onsetP99s: readonly number[];
  readonly messagesABatch: number;
}

/** Several runs of one scenario as one: sums, but of peaks the greatest, and of what is scaled the last. */
export function together(runs: readonly PlayedRun[]): RunResult {
  const sum = (amount: (run: PlayedRun) => number): number => runs.reduce((total, run) => total + amount(run), 0);
  const period = (name: Period): Latencies => latenciesOf(runs.flatMap(({ latencies }) => latencies[name]));
  const last = runs.at(-1)!;
  return {
    healthy: { before: period('before'), onset: period('onset'), steady: period('steady'), back: period('back') },
    onsetP99s: runs.map(({ latencies }) => latenciesOf(latencies.onset).p99),
    unfinished: sum(({ unfinished }) => unfinished),
    peakConcurrency: Math.max(...runs.map(({ peakConcurrency }) => peakConcurrency)),
    scaled: last.scaled,
    messagesABatch: sum(({ messages }) => messages) / sum(({ batches }) => batches),
    coldStarts: sum(({ coldStarts }) => coldStarts),
    circuitsOpened: runs.flatMap(({ circuitsOpened }) => circuitsOpened),
    attemptsOnHanging: sum(({ attemptsOnHanging }) => attemptsOnHanging),
    deferrals: sum(({ deferrals }) => deferrals),
    ...(last.recovery !== undefined && { recovery: last.recovery }),
    deliveries: sum(({ deliveries }) => deliveries),
    virtualSeconds: sum(({ virtualSeconds }) => virtualSeconds),
    cpuSeconds: sum(({ cpuSeconds }) => cpuSeconds),
  };
}
