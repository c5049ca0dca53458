import type { TenantId } from '../shared/identifiers';
import type { SubscriptionRoute } from '../subscriptions/subscription';

export interface RouteReader {
  /**
   * The routes of one event type, read strongly; disabled subscriptions' too (rule 2).
   *
   * @throws PortUnavailable
   */
  matching(tenantId: TenantId, eventType: string): Promise<readonly SubscriptionRoute[]>;
}
