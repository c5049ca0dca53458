/**
 * What the proxy bills, by the sizes that pass through it; the answers are a store's that is asked behind it.
 * test/integration/growth.test.ts holds it to DynamoDB itself.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Metered, MeteringProxy, nothing } from '../../bench/metering-proxy';

let answer: object = {};
let store: Server;
let proxy: MeteringProxy;
let url: string;
beforeAll(async () => {
  store = createServer((request, response) => {
    request.resume().on('end', () => response.end(JSON.stringify(answer)));
  });
  await new Promise<void>((resolve) => store.listen(0, '127.0.0.1', resolve));
  proxy = new MeteringProxy(new URL(`http://127.0.0.1:${(store.address() as AddressInfo).port}`));
  url = await proxy.listen();
});
afterAll(() => {
  proxy.close();
  store.closeAllConnections();
  store.close();
});

async function billed(target: string, body: object, answered: object = {}): Promise<Metered> {
  answer = answered;
  const metered = (proxy.current = nothing());
  await (
    await fetch(url, {
      method: 'POST',
      headers: { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.0' },
      body: JSON.stringify(body),
    })
  ).text();
  return metered;
}
const dynamo = (operation: string, body: object, answered?: object) =>
  billed(`DynamoDB_20120810.${operation}`, body, answered);
const item = (bytes: number, more: object = {}) => ({ pk: { S: 'x'.repeat(bytes - 2) }, ...more });

test.each([
  ['an item of a kilobyte', { Item: item(1024) }, 1],
  ['one of a byte more', { Item: item(1025) }, 2],
  ['one that comes into the index of failures', { Item: item(500, { fx: { S: 'p' } }) }, 2],
])('a put of %s takes its write units', async (_what, body, units) => {
  expect((await dynamo('PutItem', { TableName: 't', ...body })).writeUnits).toBe(units);
});

test('a transaction takes two units a write, and one of the index', async () => {
  const { writeUnits } = await dynamo('TransactWriteItems', {
    TransactItems: [{ Update: {} }, { Update: { ExpressionAttributeValues: { ':fx': { S: 'p' } } } }],
  });
  expect(writeUnits).toBe(2 + 3);
});

test('a query costs the sum of its items, half unless it is strong, and the minimum where there is none', async () => {
  const items = { Items: [item(3_000), item(3_000)] };
  expect((await dynamo('Query', { ConsistentRead: true }, items)).readUnits).toBe(2);
  expect((await dynamo('Query', {}, items)).readUnits).toBe(1);
  expect((await dynamo('Query', {}, { Items: [] })).readUnits).toBe(0.5);
});

test('a batch takes a unit for each item, and for each that is not there', async () => {
  const { readUnits } = await dynamo(
    'BatchGetItem',
    { RequestItems: { t: { Keys: [{}, {}, {}], ConsistentRead: true } } },
    { Responses: { t: [item(300), item(5_000)] } },
  );
  expect(readUnits).toBe(1 + 2 + 1);
});

test('a read that projects takes the whole item', async () => {
  const pk = { S: 'event' };
  await dynamo('PutItem', { TableName: 't', Item: { pk, p: { S: 'x'.repeat(6_000) } } });
  expect(
    (
      await dynamo(
        'GetItem',
        { TableName: 't', Key: { pk }, ConsistentRead: true, ProjectionExpression: 'v' },
        { Item: { v: { N: '1' } } },
      )
    ).readUnits,
  ).toBe(2);
});

test('a batch of messages is a request for each 64 KiB, and events are each one', async () => {
  expect((await billed('AmazonSQS.SendMessageBatch', { body: 'x'.repeat(65 * 1024) })).sqsRequests).toBe(2);
  expect((await billed('AWSEvents.PutEvents', { Entries: [{}, {}] })).events).toBe(2);
});
