/**
 * Which events a receiver has taken: one item an event. While it is leased it names its owner (`ow`), once received it
 * does not. `un` is the time, epoch milliseconds, until which either counts; the table's TTL (`ex`, seconds) removes it
 * some time after.
 */
import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { awsCall } from '../aws-errors';
import { ITEM_VERSION, receptionItemKey } from './keys';
import type { Lease, ReceptionKey, Receptions } from '../../core/receiving/receptions';

const PORT = 'receptions table';

export class DynamoReceptions implements Receptions {
  constructor(
    private readonly client: DynamoDBClient,
    private readonly table: string,
  ) {}

  async lease(key: ReceptionKey, owner: string, now: number, until: number): Promise<Lease> {
    return awsCall(PORT, async () => {
      try {
        await this.client.send(
          new PutItemCommand({
            TableName: this.table,
            Item: { ...receptionItemKey(key), v: ITEM_VERSION, ow: { S: owner }, ...kept(until) },
            // One's own: the answer to the first try of this very write was lost.
            ConditionExpression: 'attribute_not_exists(pk) OR un <= :now OR ow = :owner',
            ExpressionAttributeValues: { ':now': { N: String(now) }, ':owner': { S: owner } },
            ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
          }),
        );
        return { state: 'leased' };
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
        if (error.Item === undefined) throw error; // never taken for received: that would lose the event
        const { ow: holder, un: stands } = error.Item;
        return holder === undefined ? { state: 'received' } : { state: 'taken', until: Number(stands?.N) };
      }
    });
  }

  async mark(key: ReceptionKey, owner: string, until: number): Promise<void> {
    await this.ifOwn(
      new PutItemCommand({
        TableName: this.table,
        Item: { ...receptionItemKey(key), v: ITEM_VERSION, ...kept(until) },
        ConditionExpression: 'ow = :owner',
        ExpressionAttributeValues: { ':owner': { S: owner } },
      }),
    );
  }

  async free(key: ReceptionKey, owner: string): Promise<void> {
    await this.ifOwn(
      new DeleteItemCommand({
        TableName: this.table,
        Key: receptionItemKey(key),
        ConditionExpression: 'ow = :owner',
        ExpressionAttributeValues: { ':owner': { S: owner } },
      }),
    );
  }

  private async ifOwn(command: PutItemCommand | DeleteItemCommand): Promise<void> {
    await awsCall(PORT, async () => {
      try {
        await this.client.send(command as PutItemCommand);
      } catch (error) {
        if (!(error instanceof ConditionalCheckFailedException)) throw error;
      }
    });
  }
}

function kept(until: number) {
  return { un: { N: String(until) }, ex: { N: String(Math.ceil(until / 1000)) } };
}
