/**
 * A circuit per endpoint: when it does not answer at all, deliveries are deferred instead of attempted, but for a probe now and then, so that one hanging endpoint does not hold
 * the functions that others wait for. Any answer, whatever its status, closes it.
 *
 * Its state stands with the subscription, which is read anyway. What opens it is seen by one execution environment, in memory.
 */
import { type Chance, fraction } from './chance';
import type { Clock } from './clock';

export interface Circuit {
  /** Epoch milliseconds. */
  readonly openedAt: number;
  /** From then on one delivery may go as a probe. */
  readonly probeAt: number;
}

/** This many transport failures within the window, and no answer among them, open a circuit. Fewer than a batch; more than one delivery's own retries. */
const OPENING_FAILURES = 5;
const OPENING_WINDOW_MS = 60_000;
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

/** How long to defer a delivery that has been deferred so long already: half of that, within bounds, and up to a fifth more, so that not all come back at once. */
export function deferralMs(deferredMs: number, chance: Chance): number {
  const base = Math.min(Math.max(deferredMs / 2, DEFERRAL_FIRST_MS), DEFERRAL_LONGEST_MS);
  return Math.ceil(Math.min(base * (1 + 0.2 * fraction(chance)), DEFERRAL_MAX_MS - deferredMs));
}

/** What one execution environment has seen of endpoints that do not answer. */
export class EndpointHealth {
  private readonly failures = new Map<string, number[]>();

  constructor(private readonly clock: Clock) {}

  /** @returns true when the circuit is to be opened */
  failed(endpoint: string): boolean {
    const now = this.clock.now();
    const recent = (this.failures.get(endpoint) ?? []).filter((time) => now - time < OPENING_WINDOW_MS);
    recent.push(now);
    if (recent.length < OPENING_FAILURES) {
      this.failures.set(endpoint, recent);
      return false;
    }
    this.failures.delete(endpoint);
    return true;
  }

  answered(endpoint: string): void {
    this.failures.delete(endpoint);
  }
}
