/** What one run of the simulation is: the load, what hangs and when, and what is switched on. */
import { AFTER_OUTAGE_MS, ENDPOINTS, ONSET_MS, OUTAGE_MS, STEADY_MS, WARM_UP_MS } from './assumptions';
import type { CircuitVariant } from './circuit-variants';

export interface Scenario {
  readonly seed: number;
  /**
   * Runs, each from a seed of its own, taken together: at few events a second one alone says little of the slowest in a
   * hundred.
   */
  readonly repeats: number;
  /** Events a second in all, by chance (Poisson); each goes to one endpoint, its tenant's only subscription. */
  readonly eventsPerSecond: number;
  readonly endpoints: number;
  /** The first so many endpoints never answer, from the onset on. */
  readonly hanging: number;
  /** They answer after so many milliseconds; absent: never. */
  readonly hangingMs?: number;
  /**
   * The share of the traffic that the first endpoint gets; the others get the rest in equal parts. Absent: all get the
   * same.
   */
  readonly firstShare?: number;
  /** Milliseconds from the start of the run. */
  readonly onsetMs: number;
  /** When they answer again; absent: not within the run. */
  readonly returnMs?: number;
  /** When the last event is sent. */
  readonly endMs: number;
  readonly fairQueues: boolean;
  /** The template's bounds of the retry tiers. Off: they scale as the delivery queue does. */
  readonly tierConcurrency: boolean;
  readonly circuit: CircuitVariant;
  /** Deliveries a second, of the first endpoint's subscription. */
  readonly rateLimit?: number;
  /** How pollers scale, where it is not as Lambda's do. */
  readonly scaling?: { readonly atRest?: number; readonly upASecond?: number; readonly most?: number };
  /** Messages of a batch of the delivery queue, where it is not the template's. */
  readonly deliveryBatch?: number;
}

export const HEALTHY: Scenario = {
  seed: 1,
  repeats: 1,
  eventsPerSecond: 50,
  endpoints: ENDPOINTS,
  hanging: 0,
  onsetMs: WARM_UP_MS,
  endMs: WARM_UP_MS + ONSET_MS,
  fairQueues: true,
  tierConcurrency: true,
  circuit: 'as-it-is',
};

/** Five of a hundred hang. */
export const FIVE_HANG: Scenario = { ...HEALTHY, hanging: 5, endMs: WARM_UP_MS + ONSET_MS + STEADY_MS };
/** One gets 60 % of the traffic, and hangs. */
export const NOISY_HANGS: Scenario = { ...FIVE_HANG, hanging: 1, firstShare: 0.6 };
/** One gets 10 % of the traffic, is out for two hours, and comes back. */
export const OUTAGE: Scenario = {
  ...HEALTHY,
  hanging: 1,
  firstShare: 0.1,
  returnMs: WARM_UP_MS + OUTAGE_MS,
  endMs: WARM_UP_MS + OUTAGE_MS + AFTER_OUTAGE_MS,
};

/** At a rate: at fifty a second as often as makes the slowest in a hundred mean something. */
export function at(eventsPerSecond: number, scenario: Scenario): Scenario {
  return { ...scenario, eventsPerSecond, repeats: eventsPerSecond < 100 ? 8 : 1 };
}
