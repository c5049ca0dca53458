import { regenerateAccountSecret as regenerateSecret } from '../../core/subscriptions/account-secret';
import type { ApiContext } from '../context';
import { type Operation, tenantOperation } from '../http/operation';
import { OVERLAP_BODY } from '../webhooks/secret-overlap';
import { ACCOUNT_SECRET_EXAMPLE, accountSecretResource, accountSecretSchema } from './account-secret-resource';
import { creationLimit } from './creation-limit';

export function regenerateAccountSecret(context: ApiContext): Operation {
  const { tenant, ports } = context;
  return tenantOperation(tenant, {
    id: 'regenerateAccountSecret',
    method: 'post',
    path: '/webhooks/account-secret/regenerate',
    tag: 'Account',
    summary: "Regenerate the account's secret",
    description: 'The new secret signs from the next attempt on.',
    body: OVERLAP_BODY,
    success: {
      status: 200,
      description: 'The new secret.',
      schema: accountSecretSchema,
      example: ACCOUNT_SECRET_EXAMPLE,
    },
    errors: [409],
    change: 'account-secret.regenerated',
    async run({ tenantId, body: { overlap_seconds: seconds = 0 } }) {
      await creationLimit(tenantId, context);
      const secret = await regenerateSecret(tenantId, seconds, ports);
      return { body: await accountSecretResource(tenantId, secret, context) };
    },
  });
}
