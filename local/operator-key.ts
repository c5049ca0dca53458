import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { parseNamedKeys } from '../lambda/core/shared/credentials';
import { clientConfig } from './aws-client';
import type { LocalStack } from './stack-file';

/** The key with which an operator calls the management API: the current one of its ring. */
export async function operatorApiKey(
  local: Pick<LocalStack, 'awsEndpointUrl' | 'region'>,
  operatorKeySecret: string,
): Promise<string> {
  const { SecretString: ring = '' } = await new SecretsManagerClient(clientConfig(local)).send(
    new GetSecretValueCommand({ SecretId: operatorKeySecret }),
  );
  return parseNamedKeys(ring).current.value;
}
