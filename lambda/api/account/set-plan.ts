import { formatReason } from '../../core/shared/reason-format';
import { reason } from '../../core/shared/reason';
import { z } from '@hono/zod-openapi';
import { PLAN_ID } from '../../core/shared/profile';
import { setPlan as storePlan } from '../../core/subscriptions/plans';
import type { ApiContext } from '../context';
import { type Operation, tenantOperation } from '../http/operation';
import { planExample, planResource, planSchema } from './plan-resource';

export function setPlan(context: ApiContext): Operation {
  const { settings, tenant, ports } = context;
  const example = planExample(settings.catalog);
  return tenantOperation(tenant, {
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
            .regex(PLAN_ID, { error: formatReason(reason('plan-invalid')) })
            .openapi({ example: example.plan }),
        })
        .openapi('SetPlan'),
      example: { plan: example.plan },
    },
    success: { status: 200, description: 'The plan as it is now.', schema: planSchema, example },
    change: 'plan.changed',
    async run({ tenantId, body: { plan } }) {
      await storePlan(tenantId, plan, ports.accounts);
      return { body: await planResource(tenantId, context), resource: plan };
    },
  });
}
