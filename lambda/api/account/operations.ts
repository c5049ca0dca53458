/** What belongs to a tenant as a whole: the secret that signs for the URLs which its events name, and its plan. */
import { z } from '@hono/zod-openapi';
import { readAccountSecret, regenerateAccountSecret } from '../../core/subscriptions/account-secret';
import type { TenantId } from '../../core/shared/identifiers';
import { planStatus, setPlan } from '../../core/subscriptions/plans';
import { PLAN_ID } from '../../core/shared/profile';
import type { ApiContext } from '../context';
import { type Operation, tenantOperation } from '../http/operation';
import { time, TIME } from '../http/time';
import { SECRET, SECRET_EXAMPLE } from '../webhooks/webhook-resource';
import { creationLimit, OVERLAP } from '../webhooks/operations';

const secretSchema = z.object({ secret: SECRET, previous_secret_expires_at: TIME.optional() }).openapi('AccountSecret');

const planSchema = z
  .object({
    plan: z.string().optional().openapi({ description: 'Absent: none on record, and then everything is allowed.' }),
    webhooks: z
      .boolean()
      .openapi({ description: 'Whether it has webhooks. A tenant whose plan has none gets no deliveries.' }),
    max_webhooks: z.int().optional(),
  })
  .openapi('Plan');

export function accountOperations(context: ApiContext): Operation[] {
  const { settings, tenant, ports } = context;
  const [plan] = settings.catalogue.plans ?? [];
  const planExample = {
    plan: plan?.id ?? 'growth',
    webhooks: true,
    ...(plan?.maxSubscriptions !== undefined && { max_webhooks: plan.maxSubscriptions }),
  };
  const withSecret = async (tenantId: TenantId, secret: string) => {
    const { previousSecret } = await ports.accounts.account(tenantId);
    return {
      secret,
      ...(previousSecret !== undefined &&
        previousSecret.until > ports.clock.now() && { previous_secret_expires_at: time(previousSecret.until) }),
    };
  };
  const planResource = async (tenantId: TenantId) => {
    const {
      plan: id,
      webhooks,
      maxSubscriptions,
    } = planStatus(await ports.accounts.account(tenantId), settings.catalogue.plans);
    return {
      ...(id !== undefined && { plan: id }),
      webhooks,
      ...(maxSubscriptions !== undefined && { max_webhooks: maxSubscriptions }),
    };
  };

  return [
    tenantOperation(tenant, {
      id: 'getAccountSecret',
      method: 'get',
      path: '/webhooks/account-secret',
      tag: 'Account',
      summary: "Read the account's secret",
      description: 'It signs what goes to the URLs that events name themselves, and is made when it is first needed.',
      success: { status: 200, description: 'The secret.', schema: secretSchema, example: { secret: SECRET_EXAMPLE } },
      change: 'account-secret.read',
      async run({ tenantId }) {
        return { body: await withSecret(tenantId, await readAccountSecret(tenantId, ports)) };
      },
    }),

    tenantOperation(tenant, {
      id: 'regenerateAccountSecret',
      method: 'post',
      path: '/webhooks/account-secret/regenerate',
      tag: 'Account',
      summary: "Regenerate the account's secret",
      description: 'The new secret signs from the next attempt on.',
      body: { kind: 'json', required: false, schema: OVERLAP, example: { overlap_seconds: 86_400 } },
      success: {
        status: 200,
        description: 'The new secret.',
        schema: secretSchema,
        example: { secret: SECRET_EXAMPLE },
      },
      errors: [409],
      change: 'account-secret.regenerated',
      async run({ tenantId, body: { overlap_seconds: seconds = 0 } }) {
        await creationLimit(tenantId, context);
        return { body: await withSecret(tenantId, await regenerateAccountSecret(tenantId, seconds, ports)) };
      },
    }),

    tenantOperation(tenant, {
      id: 'getPlan',
      method: 'get',
      path: '/plan',
      tag: 'Account',
      summary: "Read a tenant's plan",
      description: 'What the platform has set, and what it comes to.',
      success: { status: 200, description: 'The plan.', schema: planSchema, example: planExample },
      async run({ tenantId }) {
        return { body: await planResource(tenantId) };
      },
    }),

    tenantOperation(tenant, {
      id: 'setPlan',
      method: 'put',
      path: '/plan',
      tag: 'Account',
      summary: "Set a tenant's plan",
      description:
        'Counts from the next delivery on. A plan that the profile does not name has no webhooks, unless the ' +
        'profile names none at all.',
      body: {
        kind: 'json',
        required: true,
        schema: z
          .strictObject({
            plan: z
              .string()
              .regex(PLAN_ID, { error: 'must be 1 to 64 characters of a-z 0-9 _ -, such as growth' })
              .openapi({ example: planExample.plan }),
          })
          .openapi('SetPlan'),
        example: { plan: planExample.plan },
      },
      success: { status: 200, description: 'The plan as it is now.', schema: planSchema, example: planExample },
      change: 'plan.changed',
      async run({ tenantId, body: { plan: id } }) {
        await setPlan(tenantId, id, ports.accounts);
        return { body: await planResource(tenantId), resource: id };
      },
    }),
  ];
}
