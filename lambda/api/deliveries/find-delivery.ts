import type { DeliveryRecord } from '../../core/delivery/delivery-record';
import { UnreadableItem } from '../../core/shared/errors';
import { parsePublicDeliveryId, type TenantId } from '../../core/shared/identifiers';
import type { ApiContext } from '../context';

/** @returns nothing for a delivery that does not exist, has expired, or belongs to another tenant */
export async function findDelivery(
  tenantId: TenantId,
  id: string,
  { ports }: ApiContext,
): Promise<DeliveryRecord | undefined> {
  const key = parsePublicDeliveryId(id);
  if (key === undefined) return undefined;
  const record = (await ports.history.records([{ tenantId, ...key }])).get(key.deliveryId);
  if (record instanceof UnreadableItem) throw record;
  return record;
}
