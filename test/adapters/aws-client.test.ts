/** The cheaper clients do what the SDK's own do: what AWS gets is signed, what fails is known as the SDK knows it. */
import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { dynamoDbClient } from '../../lambda/adapters/dynamodb/client';
import { sqsClient, sqsSendOnceClient } from '../../lambda/adapters/sqs/client';

interface Seen {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
  readonly port: number | undefined;
}

const JSON_ANSWER = { 'content-type': 'application/x-amz-json-1.0' };
const SECRET_KEY = 'secret-of-the-test';
const GET = new GetItemCommand({ TableName: 'events', Key: { pk: { S: 'a' } } });

let server: Server;
let seen: Seen[];
let answer: (response: ServerResponse, call: number) => void;

beforeEach(async () => {
  seen = [];
  answer = (response) => void response.writeHead(200, JSON_ANSWER).end('{}');
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      seen.push({ headers: request.headers, body: Buffer.concat(chunks).toString(), port: request.socket.remotePort });
      answer(response, seen.length);
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  Object.assign(process.env, {
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'AKIA',
    AWS_SECRET_ACCESS_KEY: SECRET_KEY,
    AWS_SESSION_TOKEN: 'session',
    AWS_ENDPOINT_URL: url(),
  });
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((closed) => server.close(closed));
});

function url(): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function using<C extends { destroy(): void }, T>(client: C, use: (client: C) => Promise<T>): Promise<T> {
  try {
    return await use(client);
  } finally {
    client.destroy();
  }
}

/** AWS, "Create a signed AWS API request": from the headers that the request says are signed. */
function signatureOf({ headers, body }: Seen): string {
  const { date, region, service, signedHeaders } =
    /\/(?<date>\d{8})\/(?<region>[^/]+)\/(?<service>[^/]+)\/aws4_request, SignedHeaders=(?<signedHeaders>[^,]+)/.exec(
      headers.authorization!,
    )!.groups!;
  const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
  const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
  const canonical = [
    'POST',
    '/',
    '',
    ...signedHeaders!.split(';').map((name) => `${name}:${String(headers[name])}`),
    '',
    signedHeaders,
    sha256(body),
  ].join('\n');
  const text = [
    'AWS4-HMAC-SHA256',
    headers['x-amz-date'],
    `${date}/${region}/${service}/aws4_request`,
    sha256(canonical),
  ].join('\n');
  const key = [region!, service!, 'aws4_request'].reduce(hmac, hmac(`AWS4${SECRET_KEY}`, date!));
  return hmac(key, text).toString('hex');
}

describe('a call', () => {
  test.each([
    ['DynamoDB', () => using(dynamoDbClient(), (client) => client.send(GET)), 'dynamodb'],
    [
      'SQS',
      () =>
        using(sqsClient(), (client) =>
          client.send(new SendMessageCommand({ QueueUrl: `${url()}/queue`, MessageBody: 'a' })),
        ),
      'sqs',
    ],
    [
      'SQS, once',
      () =>
        using(sqsSendOnceClient(), (client) =>
          client.send(new SendMessageCommand({ QueueUrl: `${url()}/queue`, MessageBody: 'a' })),
        ),
      'sqs',
    ],
  ])(
    'of %s is signed as AWS asks, with the credentials that are in force',
    async (_name, call: () => Promise<unknown>, service) => {
      await call();
      expect(seen).toHaveLength(1);
      expect(seen[0]!.headers.authorization).toContain(
        `Credential=AKIA/${String(seen[0]!.headers['x-amz-date']).slice(0, 8)}/us-east-1/${service}/aws4_request`,
      );
      expect(seen[0]!.headers['x-amz-security-token']).toBe('session');
      expect(seen[0]!.headers.authorization).toContain(`Signature=${signatureOf(seen[0]!)}`);
    },
  );

  test('says who calls', async () => {
    await using(dynamoDbClient(), (client) => client.send(GET));
    expect(seen[0]!.headers['user-agent']).toMatch(/^cdk-webhooks /);
  });

  test('is signed anew each time, also by a second client of the same credentials', async () => {
    const twice = (client: DynamoDBClient) =>
      client.send(GET).then(() => client.send(new PutItemCommand({ TableName: 'events', Item: { pk: { S: 'b' } } })));
    await using(dynamoDbClient(), twice);
    await using(dynamoDbClient(), twice);
    expect(seen.map(({ headers }) => /Signature=(\w+)/.exec(headers.authorization!)![1])).toEqual(
      seen.map(signatureOf),
    );
  });

  test('gets its own answer when several are under way', async () => {
    const held: (() => void)[] = [];
    answer = (response) => {
      const { Key } = JSON.parse(seen.at(-1)!.body) as { Key: object };
      held.unshift(() => void response.writeHead(200, JSON_ANSWER).end(JSON.stringify({ Item: Key })));
      if (held.length === 3) held.forEach((release) => release());
    };
    const names = ['a', 'b', 'c'];
    const items = await using(dynamoDbClient(), (client) =>
      Promise.all(
        names.map((name) => client.send(new GetItemCommand({ TableName: 'events', Key: { pk: { S: name } } }))),
      ),
    );
    expect(items.map(({ Item: item }) => item!.pk!.S)).toEqual(names);
  });

  test('uses the connection of the one before', async () => {
    await using(dynamoDbClient(), (client) => client.send(GET).then(() => client.send(GET)));
    expect(new Set(seen.map(({ port }) => port)).size).toBe(1);
  });

  test("that AWS refuses is the SDK's own error, with the item that stands", async () => {
    answer = (response) =>
      void response.writeHead(400, JSON_ANSWER).end(
        JSON.stringify({
          __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException',
          message: 'no',
          Item: { pk: { S: 'a' } },
        }),
      );
    const refused = await using(dynamoDbClient(), (client) => client.send(GET).catch((error: unknown) => error));
    expect(refused).toBeInstanceOf(ConditionalCheckFailedException);
    expect(refused).toMatchObject({ Item: { pk: { S: 'a' } }, $fault: 'client', $metadata: { httpStatusCode: 400 } });
  });

  test.each<[string, (response: ServerResponse) => void]>([
    ['whose connection is lost', (response) => response.destroy()],
    [
      'whose answer is cut off',
      (response) => {
        response.writeHead(200, { ...JSON_ANSWER, 'content-length': 100 }).write('{', () => response.destroy());
      },
    ],
    ['that fails at AWS', (response) => void response.writeHead(500, JSON_ANSWER).end('{}')],
  ])('%s is made again, and once only', async (_name, fault) => {
    answer = (response, call) => (call === 1 ? fault(response) : void response.writeHead(200, JSON_ANSWER).end('{}'));
    await using(dynamoDbClient(), (client) => client.send(GET));
    expect(seen).toHaveLength(2);
    answer = (response) => fault(response);
    await expect(
      using(sqsSendOnceClient(), (client) =>
        client.send(new SendMessageCommand({ QueueUrl: `${url()}/queue`, MessageBody: 'a' })),
      ),
    ).rejects.toThrow();
    expect(seen).toHaveLength(3);
  });
});
