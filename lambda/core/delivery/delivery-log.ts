import type { DeliveryId, SubscriptionId, TenantId } from '../shared/identifiers';
import type { DeliveryRecord } from './delivery-record';

export interface DeliveryKey {
  readonly tenantId: TenantId;
  readonly subscriptionId: SubscriptionId;
  readonly deliveryId: DeliveryId;
}

/** What became of a conditional write: refused, it tells what stands there instead. */
export type Written = { readonly written: true } | { readonly written: false; readonly stored: DeliveryRecord };

export interface DeliveryLog {
  /**
   * Read strongly.
   *
   * @throws PortUnavailable
   */
  read(key: DeliveryKey): Promise<DeliveryRecord | undefined>;
  /**
   * Puts a pending record if there is none at all; false when there is one (rule 3).
   *
   * @throws PortUnavailable
   */
  claim(record: DeliveryRecord): Promise<boolean>;
  /**
   * Successes of first attempts, written over whatever is there. Returns those that were not taken, for the caller to
   * try again (rule 5). At most {@link PUT_GROUP} records.
   *
   * @throws PortUnavailable when none was taken
   */
  putDelivered(records: readonly DeliveryRecord[]): Promise<readonly DeliveryRecord[]>;
  /**
   * Writes what an attempt came to (rule 5): over an absent record, or over a pending one that has fewer attempts than
   * `attempt`; a delivered one over any pending one; never over a terminal one. Its history is added to what is there.
   * Written also when this very record is there already, from a try whose answer was lost.
   *
   * @param attempt the number that the message asked for
   * @throws PortUnavailable
   */
  settle(record: DeliveryRecord, attempt: number): Promise<Written>;
  /**
   * The re-enqueue that a record owed is sent: clears `owed`, if the record is still that one.
   *
   * @throws PortUnavailable
   */
  clearUnsent(record: DeliveryRecord): Promise<void>;
  /**
   * What follows from a failure is done.
   *
   * @throws PortUnavailable
   */
  markPublished(key: DeliveryKey): Promise<void>;
}

/** BatchWriteItem takes 25 put requests (AWS, "BatchWriteItem"). */
export const PUT_GROUP = 25;
