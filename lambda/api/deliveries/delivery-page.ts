/** Pages of deliveries, and the place where a page begins. */
import type { DeliveryRecord } from '../../core/delivery/delivery-record';
import type { DeliveryId } from '../../core/shared/identifiers';
import { asUuid, formatCursor, readCursor } from '../http/cursor';
import { type Page, page, pageOf } from '../http/pages';
import { type Delivery, deliveryResource, deliverySchema } from './delivery-resource';

export const deliveryListSchema = pageOf(deliverySchema, 'DeliveryList');

/** What identifies a list: the operation, the tenant and the filters. */
type ListName = readonly (string | undefined)[];

/** @returns the delivery before which the page begins */
export function readDeliveryCursor(cursor: string | undefined, list: ListName): DeliveryId | undefined {
  return cursor === undefined ? undefined : (asUuid(readCursor(cursor, list)) as DeliveryId);
}

export interface FoundDeliveries {
  readonly records: readonly DeliveryRecord[];
  /** Where the next page begins, if there is one. */
  readonly before?: DeliveryId;
}

export function deliveryPage({ records, before }: FoundDeliveries, list: ListName): Page<Delivery> {
  return page(records.map(deliveryResource), before === undefined ? undefined : formatCursor(before, list));
}
