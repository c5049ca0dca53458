import { readAccountSecret } from '../../core/subscriptions/account-secret';
import type { ApiContext } from '../context';
import { type Operation, tenantOperation } from '../http/operation';
import { ACCOUNT_SECRET_EXAMPLE, accountSecretResource, accountSecretSchema } from './account-secret-resource';

export function getAccountSecret(context: ApiContext): Operation {
  const { tenant, ports } = context;
  return tenantOperation(tenant, {
    id: 'getAccountSecret',
    method: 'get',
    path: '/webhooks/account-secret',
    tag: 'Account',
    summary: "Read the account's secret",
    description: 'It signs what goes to the URLs that events name themselves, and is made when it is first needed.',
    success: {
      status: 200,
      description: 'The secret.',
      schema: accountSecretSchema,
      example: ACCOUNT_SECRET_EXAMPLE,
    },
    change: 'account-secret.read',
    async run({ tenantId }) {
      return { body: await accountSecretResource(tenantId, await readAccountSecret(tenantId, ports), context) };
    },
  });
}
