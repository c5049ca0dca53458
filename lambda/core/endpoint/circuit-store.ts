import type { SubscriptionKey } from '../shared/identifiers';
import type { Circuit, Suspicion } from './circuit';

/**
 * The circuit's state, on the subscription's item or on the row of a URL's origin. Each change is conditional, and lost
 * when another came first.
 */
export interface CircuitStore {
  /**
   * Counts transport failures of an endpoint whose circuit is closed, from the first on for OPENING_WINDOW_MS of
   * circuit.ts, then anew.
   *
   * @param seen as it was last read: a hint
   * @param now epoch milliseconds
   * @returns how many they are now; 0 where the circuit is open, or its subscription gone
   * @throws PortUnavailable
   */
  suspect(key: SubscriptionKey, seen: Suspicion | undefined, failures: number, now: number): Promise<number>;
  /**
   * @returns false when it was open already, or its subscription is gone
   * @throws PortUnavailable
   */
  open(key: SubscriptionKey, circuit: Circuit): Promise<boolean>;
  /**
   * Makes the next probe this caller's alone; false when another has it.
   *
   * @throws PortUnavailable
   */
  claimProbe(key: SubscriptionKey, seen: Circuit, nextProbeAt: number): Promise<boolean>;
  /**
   * And forgets suspicions.
   *
   * @throws PortUnavailable
   */
  close(key: SubscriptionKey): Promise<void>;
}
