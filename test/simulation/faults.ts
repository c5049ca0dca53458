import type { Random } from './random';

/**
 * Faults that excuse nothing in invariants 2, 3 and 5: under them every delivery is made exactly once, on its schedule.
 */
export const FREE_FAULTS = [
  'slow', // a call takes up to 25 s
  'skew', // the functions' clocks differ, by up to 4 s
  'backlog', // a queue's consumers stand still for minutes
  'copies', // producers send an event again, with other bytes, at any time
  'owners', // subscriptions are disabled, enabled, deleted, created; URLs and secrets change
  'replays', // manual retries and recoveries
  'redrive', // dead-letter queues are redriven while traffic flows
  'circuits', // circuits open for no reason
  'crash-dispatch', // dispatch, or a recovery, dies at a call
  'send-refused', // a queue or the event bus refuses a message
  'read-refused', // a table refuses a read, a claim or a change of a subscription
  'outage', // the tables refuse everything for up to 25 minutes, more than five visibility timeouts
  'flap', // endpoints change their behavior
  'rate-limits', // subscriptions have rate limits, which their owners change
] as const;

/** Faults that excuse the deliveries that they strike: those are then made at least once. */
export const EXCUSING_FAULTS = [
  'crash-deliver', // deliver dies at a call
  'crash-wait', // the wait function dies at a call
  'duplicate', // SQS delivers a message twice, or loses a deletion
  'ambiguous', // the endpoint took the event, its answer came too late
  'write-refused', // a table refuses the write of a delivery's record
  'answer-lost', // a table writes, and its answer is lost
  'send-unanswered', // a queue takes a message, and its answer is lost
] as const;

export type FaultName = (typeof FREE_FAULTS)[number] | (typeof EXCUSING_FAULTS)[number];

export const ALL_FAULTS: readonly FaultName[] = [...FREE_FAULTS, ...EXCUSING_FAULTS];

/** In a mix, a run has each fault by this chance: runs with few faults find what many hide. */
const SHARE_OF_A_MIX = 0.6;

export type FaultMix = readonly FaultName[] | 'none' | 'free' | 'all';

/**
 * @param text `none`, `free`, `all`, or names joined by commas
 * @throws RangeError for a name that is none
 */
export function parseFaultMix(text: string): FaultMix {
  if (text === 'none' || text === 'free' || text === 'all') return text;
  return text.split(',').map((name) => {
    const fault = ALL_FAULTS.find((known) => known === name);
    if (fault === undefined)
      throw new RangeError(`there is no fault "${name}"; there are none, free, all, and ${ALL_FAULTS.join(', ')}`);
    return fault;
  });
}

const CRASH_AT_A_CALL = 0.008;
/**
 * How much more often than usual a fault strikes in a run. Runs differ: what is rare by itself meets more often what it
 * needs.
 */
const INTENSITIES = [1, 1, 1, 3, 8];
const YOUNGER: ReadonlySet<FaultName> = new Set(['rate-limits']);
/** However intense. */
const MOST_OFTEN = 0.5;

/** Which faults a run has, and when they strike. */
export class Faults {
  /** False once a run comes to its end: then everything is drained in peace. */
  on = true;
  readonly active: ReadonlySet<FaultName>;
  readonly struck = new Map<FaultName, number>();
  private readonly intensities: ReadonlyMap<FaultName, number>;

  constructor(
    mix: FaultMix,
    private readonly random: Random,
    /** Draws what older seeds did not have, so that the others of their faults stay as they were. */
    younger: Random,
  ) {
    const mixed = (names: readonly FaultName[]) =>
      names.filter((name) => (YOUNGER.has(name) ? younger : random).chance(SHARE_OF_A_MIX));
    const drawn = (): readonly FaultName[] => {
      if (mix === 'none') return [];
      if (mix === 'free') return mixed(FREE_FAULTS);
      if (mix === 'all') return mixed(ALL_FAULTS);
      return mix;
    };
    this.active = new Set(drawn());
    this.intensities = new Map(
      ALL_FAULTS.map((name) => [name, (YOUNGER.has(name) ? younger : random).pick(INTENSITIES)]),
    );
  }

  /**
   * Whether that fault strikes now.
   *
   * @param probability where it is of the usual intensity
   */
  strikes(name: FaultName, probability: number): boolean {
    if (!this.on || !this.active.has(name)) return false;
    const intense =
      probability >= MOST_OFTEN ? probability : Math.min(probability * this.intensities.get(name)!, MOST_OFTEN);
    if (!this.random.chance(intense)) return false;
    this.struck.set(name, (this.struck.get(name) ?? 0) + 1);
    return true;
  }

  crashes(name: 'crash-dispatch' | 'crash-deliver' | 'crash-wait'): boolean {
    return this.strikes(name, CRASH_AT_A_CALL);
  }
}
