/** A measured scenario of a hundred deliveries that asked nothing of AWS, but for what is given. */
import type { ScenarioBill } from '../../bench/load-metered';
import { nothing } from '../../bench/metering-proxy';

const idle = () => ({ ...nothing(), invocations: 0, milliseconds: 0, logBytes: 0 });

/** @param changes `invocations` are of deliver */
export function metered({
  invocations = 0,
  ...changes
}: Partial<ScenarioBill> & { readonly invocations?: number }): ScenarioBill {
  return {
    ...{ deliveries: 100, attempts: 100, failures: 0, statisticsRecords: 1_000, sentBytes: 140_000 },
    storedBytes: { event: 700, delivery: 250, failure: 0 },
    bills: { producer: idle(), dispatch: idle(), deliver: { ...idle(), invocations }, statistics: idle() },
    ...changes,
  };
}
