/** The operations on events: the same contract by HTTP as on the event queue and the bus. */
import type { ApiContext } from '../context';
import type { Operation } from '../http/operation';
import { publishEvents } from './publish-events';

export function eventOperations(context: ApiContext): Operation[] {
  return [publishEvents(context)];
}
