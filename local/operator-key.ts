import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { z } from 'zod';
import { clientConfig } from './aws-client';
import type { LocalStack } from './stack-file';

const keyRing = z.looseObject({ version: z.literal(1), current: z.string() });

/** The key with which an operator calls the management API: the current one of its ring. */
export async function operatorApiKey(local: Pick<LocalStack, 'awsEndpointUrl' | 'region'>, operatorKeySecret: string): Promise<string> {
  const { SecretString: text = '' } = await new SecretsManagerClient(clientConfig(local)).send(new GetSecretValueCommand({ SecretId: operatorKeySecret }));
  const ring = keyRing.parse(JSON.parse(text));
  return z.string().min(1).parse(ring[ring.current]);
}
