/** The operations on recoveries: everything that failed or was canceled since a time, sent once more. */
import type { ApiContext } from '../context';
import type { Operation } from '../http/operation';
import { getRecovery } from './get-recovery';
import { startRecovery } from './start-recovery';

export function recoveryOperations(context: ApiContext): Operation[] {
  return [startRecovery(context), getRecovery(context)];
}
