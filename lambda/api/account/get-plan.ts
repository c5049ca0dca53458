import type { ApiContext } from '../context';
import { type Operation, tenantOperation } from '../http/operation';
import { planExample, planResource, planSchema } from './plan-resource';

export function getPlan(context: ApiContext): Operation {
  const { settings, tenant } = context;
  return tenantOperation(tenant, {
    id: 'getPlan',
    method: 'get',
    path: '/plan',
    tag: 'Account',
    summary: "Read a tenant's plan",
    description: 'What the platform has set, and what it comes to.',
    success: {
      status: 200,
      description: 'The plan.',
      schema: planSchema,
      example: planExample(settings.catalog),
    },
    async run({ tenantId }) {
      return { body: await planResource(tenantId, context) };
    },
  });
}
