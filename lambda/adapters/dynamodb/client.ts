import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { AWS_TIMEOUTS } from '../aws-timeouts';

/** SDK retries stay on: what a call wrote twice, its condition or its key makes one. */
export function dynamoDbClient(): DynamoDBClient {
  return new DynamoDBClient({ requestHandler: AWS_TIMEOUTS });
}
