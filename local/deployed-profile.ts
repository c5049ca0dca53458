import { GetFunctionConfigurationCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { parseProfile, type Profile } from '../lambda/core/profile';
import { clientConfig } from './aws-client';
import type { DeployedStack, LocalStack } from './stack-file';

/** The profile's settings as the deployed functions have them. */
export async function deployedProfile(local: Pick<LocalStack, 'awsEndpointUrl' | 'region'>, { deliverFunction }: DeployedStack): Promise<Profile> {
  const { Environment: environment } = await new LambdaClient(clientConfig(local)).send(new GetFunctionConfigurationCommand({ FunctionName: deliverFunction }));
  return parseProfile(environment?.Variables?.WEBHOOK_PROFILE);
}
