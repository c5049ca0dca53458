/**
 * Limits by fixed windows of time, in the counters table: one write for each try, and an item that expires by itself.
 */
import { ConditionalCheckFailedException, type DynamoDBClient, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { awsCall } from '../aws-errors';
import { limitItemKey } from './keys';
import type { Clock } from '../../core/shared/clock';
import type { RateLimits } from '../../core/shared/rate-limits';

export class DynamoRateLimits implements RateLimits {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
    private readonly clock: Clock,
  ) {}

  async take(name: string, limit: number, windowSeconds: number): Promise<boolean> {
    const start = Math.floor(this.clock.now() / 1000 / windowSeconds) * windowSeconds;
    return awsCall('counters table', async () => {
      try {
        await this.client.send(
          new UpdateItemCommand({
            TableName: this.table,
            Key: limitItemKey(name, windowSeconds, start),
            UpdateExpression: 'SET ex = :expiry ADD n :one',
            ConditionExpression: 'attribute_not_exists(n) OR n < :limit',
            ExpressionAttributeValues: {
              ':expiry': { N: String(start + 2 * windowSeconds) },
              ':one': { N: '1' },
              ':limit': { N: String(limit) },
            },
          }),
        );
        return true;
      } catch (error) {
        if (error instanceof ConditionalCheckFailedException) return false;
        throw error;
      }
    });
  }
}
