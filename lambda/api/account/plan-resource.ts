/** A tenant's plan as the API shows it. */
import { z } from '@hono/zod-openapi';
import type { EventCatalog } from '../../core/shared/profile';
import type { TenantId } from '../../core/shared/identifiers';
import { planStatus } from '../../core/subscriptions/plans';
import type { ApiContext } from '../context';

export const planSchema = z
  .object({
    plan: z.string().optional().openapi({ description: 'Absent: none on record, and then everything is allowed.' }),
    webhooks: z
      .boolean()
      .openapi({ description: 'Whether it has webhooks. A tenant whose plan has none gets no deliveries.' }),
    max_webhooks: z.int().optional(),
  })
  .openapi('Plan');

/** The plan in the documentation: the first of the profile. */
export function planExample({ plans = [] }: EventCatalog) {
  const [plan] = plans;
  return { plan: plan?.id ?? 'growth', webhooks: true, max_webhooks: plan?.maxSubscriptions };
}

export async function planResource(
  tenantId: TenantId,
  { settings, ports }: ApiContext,
): Promise<z.infer<typeof planSchema>> {
  const { plan, webhooks, maxSubscriptions } = planStatus(
    await ports.accounts.account(tenantId),
    settings.catalog.plans,
  );
  return { plan, webhooks, max_webhooks: maxSubscriptions };
}
