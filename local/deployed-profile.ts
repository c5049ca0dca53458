import { GetFunctionConfigurationCommand, LambdaClient, type LambdaClientConfig } from '@aws-sdk/client-lambda';
import { parseProfile, type Profile } from '../lambda/core/shared/profile';
import type { DeployedStack } from './stack-file';

/**
 * The profile's settings as the deployed functions have them.
 *
 * @param config of the SDK's client
 */
export async function deployedProfile(
  config: LambdaClientConfig,
  { deliverFunction }: Pick<DeployedStack, 'deliverFunction'>,
): Promise<Profile> {
  const { Environment: environment } = await new LambdaClient(config).send(
    new GetFunctionConfigurationCommand({ FunctionName: deliverFunction }),
  );
  return parseProfile(environment?.Variables?.WEBHOOK_PROFILE);
}
