/**
 * A circuit per endpoint: when it does not answer at all, deliveries are deferred instead of attempted, but for a probe
 * now and then, so that one hanging endpoint does not hold the functions that others wait for. Any answer, whatever its
 * status, closes it.
 *
 * Its state stands with the subscription, which is read anyway: so all execution environments, of which each may see
 * one endpoint seldom, count together.
 */
import { type RandomSource, randomFraction } from '../shared/random';
import { integer, type Model, number } from '../shared/format';
import type { Clock } from '../shared/clock';

/** How a circuit is stored. */
export const circuitFields = {
  circuit: {
    /** Epoch milliseconds. */
    openedAt: number('circuit_opened'),
    /** From then on one delivery may go as a probe. Epoch milliseconds. */
    probeAt: number('circuit_probe'),
  },
  /** Of a circuit that is still closed: transport failures with no answer among them. */
  suspicion: {
    /** Of the first failure. Epoch milliseconds. */
    since: number('circuit_suspected'),
    failures: integer('circuit_failures'),
  },
};

export type Circuit = Model<typeof circuitFields.circuit>;
export type Suspicion = Model<typeof circuitFields.suspicion>;

/**
 * This many transport failures within the window, and no answer among them, open a circuit. Fewer than a batch; more
 * than one delivery's own retries.
 */
export const OPENING_FAILURES = 5;
export const OPENING_WINDOW_MS = 60_000;
export const PROBE_INTERVAL_MS = 30_000;

/** A delivery is deferred at most this long in all; then it is attempted whatever the circuit says. */
export const DEFERRAL_MAX_MS = 24 * 3600 * 1000;
const DEFERRAL_FIRST_MS = 30_000;
const DEFERRAL_LONGEST_MS = 900_000;

export type CircuitState = 'closed' | 'open' | 'probe';

export function circuitState(circuit: Circuit | undefined, now: number): CircuitState {
  if (circuit === undefined) return 'closed';
  return now < circuit.probeAt ? 'open' : 'probe';
}

/**
 * How long to defer a delivery that has been deferred so long already: half of that, within bounds, and up to a fifth
 * more, so that not all come back at once.
 */
export function deferralMs(deferredMs: number, random: RandomSource): number {
  const base = Math.min(Math.max(deferredMs / 2, DEFERRAL_FIRST_MS), DEFERRAL_LONGEST_MS);
  return Math.ceil(Math.min(base * (1 + 0.2 * randomFraction(random)), DEFERRAL_MAX_MS - deferredMs));
}

/**
 * A failure is ignored if the same environment had an answer from the endpoint this recently. Equal to the usual
 * attempt deadline, so that the first failures of a hanging endpoint do count.
 */
export const ANSWERED_LATELY_MS = 10_000;

/**
 * When one execution environment last had an answer of each endpoint, as far back as matters: an endpoint that answers
 * others meanwhile is slow or busy, and does not hang.
 */
export class EndpointAnswers {
  private readonly last = new Map<string, number>();

  constructor(private readonly clock: Clock) {}

  note(endpoint: string): void {
    const now = this.clock.now();
    this.last.delete(endpoint); // so that what is too old stands first
    this.last.set(endpoint, now);
    for (const [oldest, at] of this.last) {
      if (at >= now - OPENING_WINDOW_MS) return;
      this.last.delete(oldest);
    }
  }

  /** @param time epoch milliseconds */
  since(endpoint: string, time: number): boolean {
    return (this.last.get(endpoint) ?? -Infinity) >= time;
  }
}
