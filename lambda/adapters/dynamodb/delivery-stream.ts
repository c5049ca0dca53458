/** The deliveries table's stream: what a change of the log was, as far as figures go. */
import type { DynamoDBRecord } from 'aws-lambda';
import { UnreadableItem } from '../../core/shared/errors';
import type { LogChange } from '../../core/history/figures';
import { integer, optionalInteger, optionalText, reading, text } from './attributes';
import { type Item, parseLogPartition } from './keys';
import type { DeliveryStatus } from '../../core/delivery/delivery';

/** @returns nothing for a deletion, and for a record of a format to come */
export function logChangeOf({ dynamodb }: DynamoDBRecord): LogChange | undefined {
  const [before, after] = [dynamodb?.OldImage, dynamodb?.NewImage] as (Item | undefined)[];
  if (after === undefined) return undefined;
  try {
    const { tenantId, subscriptionId: target } = parseLogPartition(text(after, 'pk'));
    const attempts = (after.log?.L ?? []).map((entry) => integer(entry.M ?? {}, 'a'));
    const url = optionalText(after, 'url');
    return {
      ...{ tenantId, target },
      ...(before !== undefined && { before: stateOf(before) }),
      after: {
        ...stateOf(after),
        ...(attempts.length > 0 && { lastAttemptAt: Math.max(...attempts) }),
        ...(url !== undefined && { url }),
      },
    };
  } catch (error) {
    if (error instanceof UnreadableItem) return undefined;
    throw error;
  }
}

function stateOf(image: Item): LogChange['before'] & object {
  return reading(image, () => {
    const settledAt = optionalInteger(image, 'end');
    return { status: text(image, 'st') as DeliveryStatus, ...(settledAt !== undefined && { settledAt }) };
  });
}
