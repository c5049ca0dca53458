import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type Platform, PROFILES } from '../bin/profiles';
import { DynamoSubscriptionStore } from '../lambda/adapters/dynamodb/subscription-store';
import { systemRandom, systemClock } from '../lambda/adapters/node/system';
import { RootKeyRing } from '../lambda/adapters/secrets-manager/root-key-ring';
import { InvalidInput } from '../lambda/core/shared/errors';
import { createSubscription } from '../lambda/core/subscriptions/manage-subscriptions';
import { clientConfig } from './aws-client';
import { deployedProfile } from './deployed-profile';
import type { DeployedStack, LocalStack } from './stack-file';
import { UserError } from './user-error';
import { virtualNow } from './virtual-clock';
import type { Clock } from '../lambda/core/shared/clock';

export interface SubscribeRequest {
  readonly local: Pick<LocalStack, 'awsEndpointUrl' | 'region' | 'clockFile'>;
  readonly stack: DeployedStack;
  readonly tenant: string;
  readonly url: string;
  readonly events: readonly string[];
}

export interface Subscribed {
  readonly id: string;
  readonly secret: string;
}

/**
 * Creates a subscription as the management API will: by the core, through the DynamoDB and Secrets Manager adapters, by
 * the rules of the deployed profile.
 * @throws {UserError} when the core refuses the request, with its reason
 */
export async function subscribe({ local, stack, tenant, url, events }: SubscribeRequest): Promise<Subscribed> {
  const aws = clientConfig(local);
  const clock: Clock = { ...systemClock, now: () => Math.floor(virtualNow(local.clockFile) * 1000) };
  const profile = await deployedProfile(aws, stack);
  const rules = {
    ...profile,
    eventTypes: new Set(PROFILES[profile.name as Platform]({}).eventTypes.map(({ name }) => name)),
  };
  const keyRing = await new RootKeyRing(new SecretsManagerClient(aws), stack.rootKeySecret, clock).ring();
  const subscriptions = new DynamoSubscriptionStore(new DynamoDBClient(aws), stack.subscriptionsTable, clock);
  try {
    const { subscription, secret } = await createSubscription({ tenantId: tenant, url, eventTypes: events }, rules, {
      clock,
      random: systemRandom,
      keyRing,
      subscriptions,
    });
    return { id: subscription.id, secret };
  } catch (error) {
    throw error instanceof InvalidInput ? new UserError(`The subscription was refused: ${error.message}`) : error;
  }
}
