/** The operations on figures: what came of deliveries by the hour, and the origins that events named themselves. */
import type { ApiContext } from '../context';
import type { Operation } from '../http/operation';
import { getStatistics } from './get-statistics';
import { listOrigins } from './list-origins';

export function statisticsOperations(context: ApiContext): Operation[] {
  return [getStatistics(context), listOrigins(context)];
}
