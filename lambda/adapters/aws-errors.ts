/** Tells a call that AWS did not take, and that can be made again, from one that is wrong. */
import { PortUnavailable, UnreadableItem } from '../core/shared/errors';

/** Client faults that are nobody's mistake: throttling, and two transactions that met. */
const WORTH_ANOTHER_TRY = new RegExp(
  [
    'Throttl|ProvisionedThroughputExceeded|RequestLimitExceeded|TransactionConflict|TransactionInProgress',
    'SlowDown|TooManyRequests|OverLimit|RequestTimeout',
  ].join('|'),
);

/**
 * @throws PortUnavailable for what was refused for lack of capacity, failed at AWS, or was never answered
 * @throws the SDK's own error for a call that is wrong as it stands: a missing permission, a table that is not there
 */
export async function awsCall<T>(port: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw isWrongAsItStands(error) ? error : new PortUnavailable(port, error);
  }
}

function isWrongAsItStands(error: unknown): boolean {
  if (error instanceof PortUnavailable || error instanceof UnreadableItem) return true;
  if (!(error instanceof Error)) return false;
  if (error instanceof TypeError || error instanceof RangeError) return true;
  return (error as { $fault?: string }).$fault === 'client' && !WORTH_ANOTHER_TRY.test(error.name);
}
