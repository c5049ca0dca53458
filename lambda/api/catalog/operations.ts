/** The operations on what there is to know before a webhook is made: event types, and how deliveries are signed. */
import type { ApiContext } from '../context';
import type { Operation } from '../http/operation';
import { getEventCatalog } from './get-event-catalog';
import { getSignatureSchemes } from './get-signature-schemes';
import { listEventTypes } from './list-event-types';

export function catalogOperations(context: ApiContext): Operation[] {
  return [listEventTypes(context), getEventCatalog(context), getSignatureSchemes(context)];
}
