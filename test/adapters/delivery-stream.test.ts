import type { AttributeValue as StreamValue, DynamoDBRecord } from 'aws-lambda';
import { settleInput } from '../../lambda/adapters/dynamodb/delivery-log';
import { logChangeOf } from '../../lambda/adapters/dynamodb/delivery-stream';
import { type SubscriptionId, urlTarget } from '../../lambda/core/shared/identifiers';
import { TENANT } from '../builders/subscription';
import { AT, retrying, settled, SUBSCRIPTION, untried } from '../contracts/delivery-records';
import type { DeliveryRecord } from '../../lambda/core/delivery/delivery-record';

type Image = Record<string, StreamValue>;

/** The item that the log writes of a record where there was none. */
function imageOf(record: DeliveryRecord): Image {
  const {
    Key: key,
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
  } = settleInput('deliveries', record, 1);
  return {
    ...(key as Image),
    ...Object.fromEntries(Object.values(names).map((name) => [name, (values as Image)[`:${name}`]!])),
  };
}

const change = (after: Image | undefined, before?: Image): DynamoDBRecord => ({
  eventName: 'MODIFY',
  dynamodb: { ...(before !== undefined && { OldImage: before }), ...(after !== undefined && { NewImage: after }) },
});

test('a delivery that came to its end is read with its state before, its last attempt and its URL', () => {
  const pending = retrying(untried(), 1);
  const end = settled(pending, 'failed', {
    attempts: 2,
    history: [
      { at: AT, latencyMs: 1, status: 500 },
      { at: AT + 60_000, latencyMs: 1, status: 404 },
    ],
  });
  expect(logChangeOf(change(imageOf(end), imageOf(pending)))).toEqual({
    tenantId: TENANT,
    target: SUBSCRIPTION,
    before: { status: 'pending' },
    after: { status: 'failed', settledAt: AT + 100, lastAttemptAt: AT + 60_000, url: end.url },
  });
});

test('a record that there was none of before has no state before', () => {
  const { url: _unknown, ...end } = settled(untried(), 'cancelled', { history: [] });
  expect(logChangeOf(change(imageOf(end)))).toEqual({
    tenantId: TENANT,
    target: SUBSCRIPTION,
    after: { status: 'cancelled', settledAt: AT + 100 },
  });
});

test('a success that goes over a failure is read with both ends', () => {
  const failed = settled(untried(), 'failed');
  expect(
    logChangeOf(change(imageOf(settled(failed, 'delivered', { settledAt: AT + 900 })), imageOf(failed))),
  ).toMatchObject({
    before: { status: 'failed', settledAt: AT + 100 },
    after: { status: 'delivered', settledAt: AT + 900 },
  });
});

test("what goes to an event's own URL is read as that of its origin", () => {
  const target: SubscriptionId = urlTarget('https://a.example.com/');
  expect(logChangeOf(change(imageOf(settled(untried({ subscriptionId: target }), 'delivered'))))).toMatchObject({
    target,
  });
});

test('a deletion says nothing, and neither does an item of a format to come', () => {
  const image = imageOf(settled(untried(), 'delivered'));
  expect(logChangeOf(change(undefined, image))).toBeUndefined();
  expect(logChangeOf(change({ ...image, v: { N: '2' } }))).toBeUndefined();
  expect(logChangeOf(change(image, { ...image, v: { N: '2' } }))).toBeUndefined();
});
