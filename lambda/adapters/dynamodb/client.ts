import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { lean, leanSettings } from '../aws-client';
import { AWS_TIMEOUTS } from '../aws-timeouts';

/**
 * One retry by the SDK: what a call wrote twice, its condition or its key makes one. Two tries stay within the 5 s that
 * deliver keeps free for recording; more tries are the core's own affair, which knows how much time is left.
 */
export function dynamoDbClient(): DynamoDBClient {
  return lean(new DynamoDBClient({ ...leanSettings({ ...AWS_TIMEOUTS, requestTimeout: 2_000 }), maxAttempts: 2 }));
}
