import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { AWS_TIMEOUTS } from '../aws-timeouts';

/**
 * One retry by the SDK: what a call wrote twice, its condition or its key makes one. Two tries stay within the 5 s that deliver keeps free for recording; more tries are
 * the core's own affair, which knows how much time is left.
 */
export function dynamoDbClient(): DynamoDBClient {
  return new DynamoDBClient({ maxAttempts: 2, requestHandler: { ...AWS_TIMEOUTS, requestTimeout: 2_000 } });
}
