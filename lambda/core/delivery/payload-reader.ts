import type { EventId, TenantId } from '../shared/identifiers';

/** Payloads of stored events. */
export interface PayloadReader {
  /**
   * The stored payload, read strongly. Undefined once it has expired.
   *
   * @throws PortUnavailable
   */
  payload(tenantId: TenantId, eventId: EventId): Promise<string | undefined>;
}
