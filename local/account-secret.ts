import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DynamoSubscriptionStore } from '../lambda/adapters/dynamodb/subscription-store';
import { systemRandom, systemClock } from '../lambda/adapters/node/system';
import { RootKeyRing } from '../lambda/adapters/secrets-manager/root-key-ring';
import { readAccountSecret } from '../lambda/core/subscriptions/account-secret';
import { isTenantId } from '../lambda/core/shared/identifiers';
import { clientConfig } from './aws-client';
import { deployedProfile } from './deployed-profile';
import type { DeployedStack, LocalStack } from './stack-file';
import { UserError } from './user-error';

/**
 * A tenant's own secret, which signs what goes to the URLs that its events name; made if there is none.
 *
 * @throws {UserError} for what is no tenant
 */
export async function accountSecret(
  local: Pick<LocalStack, 'awsEndpointUrl' | 'region'>,
  stack: DeployedStack,
  tenant: string,
): Promise<string> {
  const aws = clientConfig(local);
  const { tenantParts } = await deployedProfile(aws, stack);
  if (!isTenantId(tenant, tenantParts))
    throw new UserError(
      `"${tenant}" is not a tenant of this stack: ${tenantParts} ` +
        `part${tenantParts === 1 ? '' : 's joined by "/"'}, each of A-Z a-z 0-9 _ . -`,
    );
  const keyRings = new RootKeyRing(new SecretsManagerClient(aws), stack.rootKeySecret, systemClock);
  const accounts = new DynamoSubscriptionStore(new DynamoDBClient(aws), stack.subscriptionsTable, systemClock);
  return readAccountSecret(tenant, { random: systemRandom, keyRings, accounts });
}
