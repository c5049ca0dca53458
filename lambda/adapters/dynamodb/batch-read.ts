/**
 * Items by their keys, strongly; what BatchGetItem leaves unprocessed, for throttling or for more than 16 MB, is asked
 * for again.
 */
import { BatchGetItemCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { PortUnavailable } from '../../core/shared/errors';
import { awsCall } from '../aws-errors';
import type { Item } from './keys';
import type { Clock } from '../../core/shared/clock';

/** BatchGetItem reads 100 items a call (AWS, "BatchGetItem"). */
export const BATCH_GET = 100;
const READ_TRIES = 4;
const READ_PAUSE_MS = 50;

/**
 * @param port as errors name it
 * @param keys at most {@link BATCH_GET}, none twice
 * @throws PortUnavailable
 */
export async function readBatch(
  port: string,
  table: string,
  keys: readonly Item[],
  { client, clock }: { readonly client: DynamoDBClient; readonly clock: Clock },
): Promise<Item[]> {
  const items: Item[] = [];
  let left: Item[] = [...keys];
  for (let attempt = 1; left.length > 0; attempt += 1) {
    if (attempt > READ_TRIES) throw new PortUnavailable(port, new Error(`${left.length} keys were left unprocessed`));
    if (attempt > 1) await clock.sleep(READ_PAUSE_MS * attempt);
    const answer = await awsCall(port, () =>
      client.send(new BatchGetItemCommand({ RequestItems: { [table]: { Keys: left, ConsistentRead: true } } })),
    );
    items.push(...(answer.Responses?.[table] ?? []));
    left = answer.UnprocessedKeys?.[table]?.Keys ?? [];
  }
  return items;
}
