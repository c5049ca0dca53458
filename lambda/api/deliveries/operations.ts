/** The operations on the delivery log: what went where, how each attempt ended, the payload, and one more try. */
import type { ApiContext } from '../context';
import type { Operation } from '../http/operation';
import { getDelivery } from './get-delivery';
import { getPayload } from './get-payload';
import { listDeliveries } from './list-deliveries';
import { listEventDeliveries } from './list-event-deliveries';
import { retryDelivery } from './retry-delivery';

export function deliveryOperations(context: ApiContext): Operation[] {
  return [
    listDeliveries(context),
    listEventDeliveries(context),
    getDelivery(context),
    getPayload(context),
    retryDelivery(context),
  ];
}
