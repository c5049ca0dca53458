import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { AWS_TIMEOUTS } from '../aws-timeouts';

export function secretsManagerClient(): SecretsManagerClient {
  return new SecretsManagerClient({ requestHandler: AWS_TIMEOUTS });
}
