import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';

export function secretsManagerClient(): SecretsManagerClient {
  return new SecretsManagerClient({});
}
