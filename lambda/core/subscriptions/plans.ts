/** Which of the platform's plans have webhooks, and what their tenants may have. */
import { Forbidden, InvalidInput } from '../shared/errors';
import { reason } from '../shared/reason';
import type { TenantId } from '../shared/identifiers';
import { type Plan, PLAN_ID } from '../shared/profile';
import type { AccountStore } from './account-store';
import type { CreationLimit } from './subscription-directory';
import type { Account } from './subscription';

export interface PlanStatus {
  /** Absent: none on record, and then everything is allowed. */
  readonly plan?: string;
  readonly webhooks: boolean;
  readonly maxSubscriptions?: number;
}

/** @param plans those that have webhooks; absent: plans do not matter on this platform */
export function planStatus({ plan }: Account, plans: readonly Plan[] | undefined): PlanStatus {
  if (plan === undefined) return { webhooks: true };
  if (plans === undefined) return { plan, webhooks: true };
  const known = plans.find(({ id }) => id === plan);
  return {
    plan,
    webhooks: known !== undefined,
    maxSubscriptions: known?.maxSubscriptions,
  };
}

/**
 * @returns the limit to create a subscription under
 * @throws Forbidden naming the plans that have webhooks
 */
export function requireWebhooks(account: Account, plans: readonly Plan[] | undefined): CreationLimit {
  const { plan, webhooks, maxSubscriptions } = planStatus(account, plans);
  if (!webhooks) {
    const names = (plans ?? []).map(({ name }) => name).join(', ');
    throw new Forbidden(reason('plan-upgrade-needed', { plan: plan!, plans: names }));
  }
  return { plan, maxSubscriptions };
}

/** @throws InvalidInput for what is no plan's id */
export async function setPlan(
  tenantId: TenantId,
  plan: string,
  accounts: Pick<AccountStore, 'setPlan'>,
): Promise<void> {
  if (!PLAN_ID.test(plan)) throw new InvalidInput('plan', reason('plan-invalid'));
  await accounts.setPlan(tenantId, plan);
}
