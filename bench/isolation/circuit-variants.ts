/** What opens a circuit: as the core has it, or as it might have it. Tried in the simulation only. */
import { EndpointAnswers, OPENING_FAILURES, OPENING_WINDOW_MS } from '../../lambda/core/endpoint/circuit';
import type { CircuitStore } from '../../lambda/core/endpoint/circuit-store';
import type { Clock } from '../../lambda/core/shared/clock';
import type { SubscriptionKey } from '../../lambda/core/shared/identifiers';

export const CIRCUIT_VARIANTS = ['as-it-is', 'off', 'per-environment', 'silent-3s', 'silent-1s'] as const;
export type CircuitVariant = (typeof CIRCUIT_VARIANTS)[number];

const SILENCES: Readonly<Partial<Record<CircuitVariant, number>>> = { 'silent-3s': 3_000, 'silent-1s': 1_000 };

/** After how many milliseconds an attempt without an answer is a failure already; undefined: only at its end. */
export function silenceOf(variant: CircuitVariant): number | undefined {
  return SILENCES[variant];
}

/** What one execution environment knows of circuits. */
export interface EnvironmentCircuits {
  readonly answers: EndpointAnswers;
  readonly circuits: CircuitStore;
}

export function circuitsOf(variant: CircuitVariant, shared: CircuitStore, clock: Clock): EnvironmentCircuits {
  if (variant !== 'per-environment') return { answers: new EndpointAnswers(clock), circuits: shared };
  const own = new OwnSuspicions(clock);
  return {
    answers: own,
    circuits: {
      suspect: (key, _seen, failures) => Promise.resolve(own.count(key, failures)),
      open: (key, circuit) => shared.open(key, circuit),
      claimProbe: (key, seen, next) => shared.claimProbe(key, seen, next),
      close: (key) => shared.close(key),
    },
  };
}

/** Each environment counts for itself, from its last answer on. */
class OwnSuspicions extends EndpointAnswers {
  private readonly failures = new Map<string, number[]>();

  constructor(private readonly now: Clock) {
    super(now);
  }

  override note(endpoint: string): void {
    super.note(endpoint);
    this.failures.delete(endpoint);
  }

  count({ tenantId, subscriptionId }: SubscriptionKey, more: number): number {
    const endpoint = `${tenantId}#${subscriptionId}`;
    const now = this.now.now();
    const recent = [
      ...(this.failures.get(endpoint) ?? []).filter((time) => now - time < OPENING_WINDOW_MS),
      ...Array<number>(more).fill(now),
    ];
    if (recent.length < OPENING_FAILURES) this.failures.set(endpoint, recent);
    else this.failures.delete(endpoint);
    return recent.length;
  }
}
