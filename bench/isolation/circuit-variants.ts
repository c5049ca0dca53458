/** What opens a circuit: as the core has it, or as it might have it. Tried in the simulation only. */
import { EndpointHealth } from '../../lambda/core/circuit';
import type { Clock } from '../../lambda/core/ports';

export const CIRCUIT_VARIANTS = ['as-it-is', 'off', 'two-failures', 'shared-5', 'shared-2', 'silent-3s-shared-5', 'silent-1s-shared-5'] as const;
export type CircuitVariant = (typeof CIRCUIT_VARIANTS)[number];

const WINDOW_MS = 60_000;

/** Opens after so many failures within a minute with no answer among them, wherever this memory is shared. */
class CountedHealth extends EndpointHealth {
  private readonly seen = new Map<string, number[]>();

  constructor(
    private readonly now: Clock,
    private readonly opening: number,
  ) {
    super(now);
  }

  override failed(endpoint: string): boolean {
    const now = this.now.now();
    const recent = (this.seen.get(endpoint) ?? []).filter((time) => now - time < WINDOW_MS);
    recent.push(now);
    this.seen.set(endpoint, recent);
    if (recent.length < this.opening) return false;
    this.seen.delete(endpoint);
    return true;
  }

  override answered(endpoint: string): void {
    this.seen.delete(endpoint);
  }
}

export interface Circuits {
  /** Of a new execution environment. */
  readonly health: () => EndpointHealth;
  /** After how many milliseconds an attempt without an answer counts as a failure already; absent: only at its end. */
  readonly silentMs?: number;
  /** Whether anything opens a circuit. */
  readonly open: boolean;
}

export function circuitsOf(variant: CircuitVariant, clock: Clock): Circuits {
  const shared = (opening: number): (() => EndpointHealth) => {
    const health = new CountedHealth(clock, opening);
    return () => health;
  };
  switch (variant) {
    case 'as-it-is':
      return { health: () => new EndpointHealth(clock), open: true };
    case 'off':
      return { health: () => new EndpointHealth(clock), open: false };
    case 'two-failures':
      return { health: () => new CountedHealth(clock, 2), open: true };
    case 'shared-5':
      return { health: shared(5), open: true };
    case 'shared-2':
      return { health: shared(2), open: true };
    case 'silent-3s-shared-5':
      return { health: shared(5), silentMs: 3_000, open: true };
    case 'silent-1s-shared-5':
      return { health: shared(5), silentMs: 1_000, open: true };
  }
}
