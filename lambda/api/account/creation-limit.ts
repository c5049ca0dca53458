import type { TenantId } from '../../core/shared/identifiers';
import { requireWebhooks } from '../../core/subscriptions/plans';
import type { CreationLimit } from '../../core/subscriptions/subscription-directory';
import type { ApiContext } from '../context';

/**
 * Reads the tenant's plan.
 *
 * @returns what the tenant may create
 * @throws Forbidden when the tenant's plan has no webhooks
 */
export async function creationLimit(tenantId: TenantId, { settings, ports }: ApiContext): Promise<CreationLimit> {
  return requireWebhooks(await ports.accounts.account(tenantId), settings.catalog.plans);
}
