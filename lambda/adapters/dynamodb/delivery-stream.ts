/** The deliveries table's stream: what a change of the log was, as far as figures go. */
import type { DynamoDBRecord } from 'aws-lambda';
import { deliveryRecordFields } from '../../core/delivery/delivery-record';
import type { LogChange } from '../../core/history/figures';
import { UnreadableItem } from '../../core/shared/errors';
import { readItem, text } from './attributes';
import { type Item, parseLogPartition } from './keys';

const stateFields = { status: deliveryRecordFields.status, settledAt: deliveryRecordFields.settledAt };
const changeFields = { ...stateFields, url: deliveryRecordFields.url, history: deliveryRecordFields.history };

/** @returns undefined for a deletion, and for a record of a later format */
export function logChangeOf({ dynamodb }: DynamoDBRecord): LogChange | undefined {
  const [before, after] = [dynamodb?.OldImage, dynamodb?.NewImage] as (Item | undefined)[];
  if (after === undefined) return undefined;
  try {
    const { tenantId, subscriptionId: target } = parseLogPartition(text(after, 'pk'));
    const { history, ...state } = readItem(after, changeFields);
    const lastAttemptAt = history.length === 0 ? undefined : Math.max(...history.map(({ at }) => at));
    return {
      tenantId,
      target,
      before: before && readItem(before, stateFields),
      after: { ...state, lastAttemptAt },
    };
  } catch (error) {
    if (error instanceof UnreadableItem) return undefined;
    throw error;
  }
}
