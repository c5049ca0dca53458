/**
 * Stands between a function and the embedded AWS, and writes down what AWS would bill: requests and units, by the sizes
 * that pass through.
 */
import { createServer, request as forward, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { itemBytes } from '../test/integration/item-size';
import { READ_UNIT_BYTES, SQS_UNIT_BYTES, WRITE_UNIT_BYTES } from './prices';

/**
 * Of the index of failures (lambda/adapters/dynamodb/delivery-log.ts): a write that sets it is one of the index, too.
 */
const INDEX_KEY = 'fx';

/** What a function asked of AWS. */
export interface Metered {
  /** Calls by operation, such as `DynamoDB PutItem`. */
  readonly calls: Record<string, number>;
  writeUnits: number;
  readUnits: number;
  sqsRequests: number;
  s3Puts: number;
  s3Gets: number;
  /** Of what was put. */
  s3Bytes: number;
  events: number;
}

export function nothing(): Metered {
  return { calls: {}, writeUnits: 0, readUnits: 0, sqsRequests: 0, s3Puts: 0, s3Gets: 0, s3Bytes: 0, events: 0 };
}

type Item = Record<string, AttributeValue>;

interface Update {
  readonly ExpressionAttributeValues?: Item;
}

interface DynamoRequest extends Update {
  readonly TableName?: string;
  readonly Item?: Item;
  readonly Key?: Item;
  readonly ConsistentRead?: boolean;
  readonly RequestItems?: Record<
    string,
    { readonly Keys?: Item[]; readonly ConsistentRead?: boolean } | { readonly PutRequest?: { readonly Item: Item } }[]
  >;
  readonly TransactItems?: { readonly Put?: { readonly Item: Item }; readonly Update?: Update }[];
}

interface DynamoResponse {
  readonly Item?: Item;
  readonly Items?: Item[];
  readonly Responses?: Record<string, Item[]>;
}

export class MeteringProxy {
  /** Whoever is running now: their calls are written down here. */
  current: Metered = nothing();
  private readonly server: Server;
  /** Bytes of items put, by their place: a read that projects is charged for the whole item. */
  private readonly putBytes = new Map<string, number>();

  /** @param rewrite changes a body on its way */
  constructor(
    private readonly endpoint: URL,
    private readonly rewrite: (target: string, body: string) => string = (_target, body) => body,
  ) {
    this.server = createServer((incoming, outgoing) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('end', () => {
        const target = String(incoming.headers['x-amz-target'] ?? '');
        const sent = Buffer.concat(chunks);
        const body = target === '' ? sent : Buffer.from(this.rewrite(target, sent.toString('utf8')));
        const { current } = this;
        const onward = forward(
          {
            host: this.endpoint.hostname,
            port: this.endpoint.port,
            method: incoming.method,
            path: incoming.url,
            headers: { ...incoming.headers, 'content-length': body.length },
          },
          (response) => {
            const parts: Buffer[] = [];
            response.on('data', (part: Buffer) => parts.push(part));
            response.on('end', () => {
              const answer = Buffer.concat(parts);
              if (target === '') meterObjects(incoming.method ?? '', body.length, current);
              else meterCall(target, body, answer, current, this.putBytes);
              outgoing.writeHead(response.statusCode ?? 500, response.headers).end(answer);
            });
          },
        );
        onward.on('error', () => outgoing.writeHead(502).end());
        onward.end(body);
      });
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

function count(metered: Metered, call: string): void {
  metered.calls[call] = (metered.calls[call] ?? 0) + 1;
}

function meterObjects(method: string, bytes: number, metered: Metered): void {
  count(metered, `S3 ${method}`);
  if (method === 'PUT') {
    metered.s3Puts += 1;
    metered.s3Bytes += bytes;
  } else metered.s3Gets += 1;
}

function meterCall(
  target: string,
  body: Buffer,
  answer: Buffer,
  metered: Metered,
  putBytes: Map<string, number>,
): void {
  const [service = '', operation = ''] = target.split('.');
  if (service.startsWith('DynamoDB')) {
    count(metered, `DynamoDB ${operation}`);
    meterDynamo(
      operation,
      JSON.parse(body.toString('utf8')) as DynamoRequest,
      JSON.parse(answer.toString('utf8')) as DynamoResponse,
      metered,
      putBytes,
    );
  } else if (service === 'AmazonSQS') {
    count(metered, `SQS ${operation}`);
    metered.sqsRequests += sqsUnits(body.length);
  } else if (service === 'AWSEvents') {
    count(metered, `EventBridge ${operation}`);
    metered.events += (JSON.parse(body.toString('utf8')) as { Entries: unknown[] }).Entries.length;
  } else {
    count(metered, `${service} ${operation}`);
  }
}

/**
 * By AWS's rules for on-demand tables: "DynamoDB read and write operations". An update is of an item that fits a unit,
 * which the caller has to check. A change of what the index holds, other than that an item comes into it, is not known
 * here: nothing on the way of a delivery makes one. `test/integration/growth.test.ts` holds this to DynamoDB Local.
 */
function meterDynamo(
  operation: string,
  asked: DynamoRequest,
  answered: DynamoResponse,
  metered: Metered,
  putBytes: Map<string, number>,
): void {
  const bytesOf = (item: Item): number => itemBytes(revived(item));
  const write = (item: Item): number =>
    Math.max(1, Math.ceil(bytesOf(item) / WRITE_UNIT_BYTES)) + (item[INDEX_KEY] === undefined ? 0 : 1);
  const indexed = ({ ExpressionAttributeValues: values = {} }: Update): number =>
    values[`:${INDEX_KEY}`] === undefined ? 0 : 1;
  const read = (bytes: number, strong = false): number =>
    Math.max(1, Math.ceil(bytes / READ_UNIT_BYTES)) * (strong ? 1 : 0.5);
  switch (operation) {
    case 'PutItem':
      metered.writeUnits += write(asked.Item!);
      putBytes.set(placeOf(asked.TableName!, asked.Item!), bytesOf(asked.Item!));
      return;
    case 'UpdateItem':
      metered.writeUnits += 1 + indexed(asked);
      return;
    case 'DeleteItem':
      metered.writeUnits += 1;
      return;
    case 'BatchWriteItem':
      for (const requests of Object.values(asked.RequestItems ?? {}))
        for (const { PutRequest } of requests as { PutRequest?: { Item: Item } }[])
          metered.writeUnits += PutRequest === undefined ? 1 : write(PutRequest.Item);
      return;
    case 'TransactWriteItems':
      for (const { Put, Update: update = {} } of asked.TransactItems ?? [])
        metered.writeUnits += Put === undefined ? 2 + indexed(update) : 2 * write(Put.Item);
      return;
    case 'GetItem': {
      const bytes = answered.Item === undefined ? 0 : bytesOf(answered.Item);
      metered.readUnits += read(
        Math.max(bytes, putBytes.get(placeOf(asked.TableName!, asked.Key!)) ?? 0),
        asked.ConsistentRead,
      );
      return;
    }
    case 'Query':
      metered.readUnits += read(
        (answered.Items ?? []).reduce((sum, item) => sum + bytesOf(item), 0),
        asked.ConsistentRead,
      );
      return;
    case 'BatchGetItem':
      for (const [table, { Keys: keys = [], ConsistentRead: strong }] of Object.entries(
        asked.RequestItems as Record<string, { Keys?: Item[]; ConsistentRead?: boolean }>,
      )) {
        const found = answered.Responses?.[table] ?? [];
        for (const item of found) metered.readUnits += read(bytesOf(item), strong);
        metered.readUnits += (keys.length - found.length) * read(0, strong);
      }
      return;
    default:
      throw new Error(`the bill of ${operation} is not known`);
  }
}

function placeOf(table: string, { pk, sk }: Item): string {
  return JSON.stringify([table, pk?.S, sk?.S]);
}

/** Bytes are base64 on the wire. */
function revived(item: Item): Item {
  return Object.fromEntries(
    Object.entries(item).map(([name, value]): [string, AttributeValue] => [name, wireBytes(value) ?? value]),
  );
}

function wireBytes(value: unknown): AttributeValue | undefined {
  const { B: base64 } = value as { B?: unknown };
  return typeof base64 === 'string' ? { B: Buffer.from(base64, 'base64') } : undefined;
}

export function sqsUnits(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / SQS_UNIT_BYTES));
}
