import type { RetrySettings } from '../../lambda/core/shared/profile';
import type { Faults } from './faults';
import type { Ledger } from './ledger';
import type { Random } from './random';
import type { Timeline } from './timeline';
import type { Trace } from './trace';

/** What all parts of a run share. */
export interface Context {
  readonly timeline: Timeline;
  readonly random: Random;
  readonly trace: Trace;
  readonly faults: Faults;
  readonly ledger: Ledger;
  readonly settings: RunSettings;
}

/** What a run's platform looks like. */
export interface RunSettings {
  readonly profile: string;
  readonly retry: RetrySettings;
  readonly disableAfter: number;
  readonly deadlineMs: number;
  /** T of the protocol: how long an invocation may take. */
  readonly timeoutMs: number;
  readonly eventTtlSeconds: number;
  readonly deliveryTtlSeconds: number;
}
