/**
 * A process of its own that answers as the receiver and as AWS, at once and with as little work as can be, so that what
 * is measured is the handler. It keeps nothing.
 */
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StubSettings {
  /** Of Secrets Manager, for whatever is asked. */
  readonly secret: string;
  /** The one item that a BatchGetItem finds; its `url` becomes the stub's own. */
  readonly subscription?: Readonly<Record<string, object>>;
  /** How many routes a Query finds. */
  readonly routes?: number;
}

const { secret, subscription, routes = 1 } = JSON.parse(process.env.STUB_SETTINGS!) as StubSettings;

const ANSWERS: Record<string, string> = {
  'DynamoDB_20120810.BatchWriteItem': JSON.stringify({ UnprocessedItems: {} }),
  'DynamoDB_20120810.PutItem': '{}',
  'DynamoDB_20120810.Query': JSON.stringify({
    Items: Array.from({ length: routes }, () => ({
      pk: { S: 'routes' },
      sk: { S: randomUUID() },
      v: { N: '1' },
      created: { N: '1' },
    })),
    Count: routes,
  }),
  'AmazonSQS.SendMessageBatch': JSON.stringify({
    Successful: Array.from({ length: 10 }, (_unused, index) => ({
      Id: String(index),
      MessageId: 'm',
      MD5OfMessageBody: 'm',
    })),
    Failed: [],
  }),
  'AmazonSQS.SendMessage': JSON.stringify({ MessageId: 'm' }),
  'secretsmanager.GetSecretValue': JSON.stringify({ Name: 'secret', SecretString: secret }),
};

const server = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    if (request.url === '/receiver') {
      response.writeHead(200, { 'content-length': 2 }).end('ok');
      return;
    }
    const target = request.headers['x-amz-target'] as string;
    const answer = ANSWERS[target];
    if (answer === undefined)
      response
        .writeHead(400, { 'content-type': 'application/x-amz-json-1.0' })
        .end(JSON.stringify({ __type: 'UnknownOperationException', message: target }));
    else
      response
        .writeHead(200, { 'content-type': 'application/x-amz-json-1.0', 'content-length': Buffer.byteLength(answer) })
        .end(answer);
  });
});
server.keepAliveTimeout = 120_000;
server.listen(0, '127.0.0.1', () => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  ANSWERS['DynamoDB_20120810.BatchGetItem'] = JSON.stringify({
    Responses: { subscriptions: [{ ...subscription, url: { S: `${url}/receiver` } }] },
    UnprocessedKeys: {},
  });
  process.send!(url);
});
process.on('disconnect', () => process.exit());
