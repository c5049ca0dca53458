/** Stands between a function and the embedded AWS, and writes down what AWS would bill: requests and units, by the sizes that pass through. */
import { createServer, request as forward, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { itemBytes } from '../test/integration/item-size';
import { READ_UNIT_BYTES, SQS_UNIT_BYTES, WRITE_UNIT_BYTES } from './prices';

/** What a function asked of AWS. */
export interface Metered {
  /** Calls by operation, such as `DynamoDB PutItem`. */
  readonly calls: Record<string, number>;
  writeUnits: number;
  readUnits: number;
  sqsRequests: number;
  s3Puts: number;
  s3Gets: number;
  events: number;
}

export function nothing(): Metered {
  return { calls: {}, writeUnits: 0, readUnits: 0, sqsRequests: 0, s3Puts: 0, s3Gets: 0, events: 0 };
}

type Item = Record<string, AttributeValue>;

interface DynamoRequest {
  readonly Item?: Item;
  readonly Key?: Item;
  readonly RequestItems?: Record<string, { readonly Keys?: Item[] } | { readonly PutRequest?: { readonly Item: Item } }[]>;
  readonly TransactItems?: { readonly Put?: { readonly Item: Item } }[];
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
        const onward = forward({ host: this.endpoint.hostname, port: this.endpoint.port, method: incoming.method, path: incoming.url, headers: { ...incoming.headers, 'content-length': body.length } }, (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('end', () => {
            const answer = Buffer.concat(parts);
            if (target === '') meterObjects(incoming.method ?? '', current);
            else meterCall(target, body, answer, current);
            outgoing.writeHead(response.statusCode ?? 500, response.headers).end(answer);
          });
        });
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

function meterObjects(method: string, metered: Metered): void {
  count(metered, `S3 ${method}`);
  if (method === 'PUT') metered.s3Puts += 1;
  else metered.s3Gets += 1;
}

function meterCall(target: string, body: Buffer, answer: Buffer, metered: Metered): void {
  const [service = '', operation = ''] = target.split('.');
  if (service.startsWith('DynamoDB')) {
    count(metered, `DynamoDB ${operation}`);
    meterDynamo(operation, JSON.parse(body.toString('utf8')) as DynamoRequest, JSON.parse(answer.toString('utf8')) as DynamoResponse, metered);
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

/** By AWS's rules for on-demand tables: "DynamoDB read and write operations". An update is of an item that fits a unit, which the caller has to check. */
function meterDynamo(operation: string, asked: DynamoRequest, answered: DynamoResponse, metered: Metered): void {
  const write = (item: Item | undefined): number => Math.max(1, Math.ceil((item === undefined ? 1 : itemBytes(revived(item))) / WRITE_UNIT_BYTES));
  const read = (items: readonly Item[]): number => Math.max(1, Math.ceil(items.reduce((sum, item) => sum + itemBytes(revived(item)), 0) / READ_UNIT_BYTES));
  switch (operation) {
    case 'PutItem':
      metered.writeUnits += write(asked.Item);
      return;
    case 'UpdateItem':
    case 'DeleteItem':
      metered.writeUnits += 1;
      return;
    case 'BatchWriteItem':
      for (const requests of Object.values(asked.RequestItems ?? {})) for (const { PutRequest } of requests as { PutRequest?: { Item: Item } }[]) metered.writeUnits += write(PutRequest?.Item);
      return;
    case 'TransactWriteItems':
      for (const { Put } of asked.TransactItems ?? []) metered.writeUnits += 2 * write(Put?.Item);
      return;
    case 'GetItem':
      metered.readUnits += read(answered.Item === undefined ? [] : [answered.Item]);
      return;
    case 'Query':
      metered.readUnits += read(answered.Items ?? []);
      return;
    case 'BatchGetItem': {
      const found = Object.values(answered.Responses ?? {}).flat();
      const keys = Object.values(asked.RequestItems ?? {}).reduce((sum, table) => sum + ((table as { Keys?: Item[] }).Keys?.length ?? 0), 0);
      metered.readUnits += found.reduce((sum, item) => sum + read([item]), 0) + (keys - found.length);
      return;
    }
    default:
      throw new Error(`the bill of ${operation} is not known`);
  }
}

/** Bytes are base64 on the wire. */
function revived(item: Item): Item {
  return Object.fromEntries(Object.entries(item).map(([name, value]): [string, AttributeValue] => [name, wireBytes(value) ?? value]));
}

function wireBytes(value: unknown): AttributeValue | undefined {
  const { B: base64 } = value as { B?: unknown };
  return typeof base64 === 'string' ? { B: Buffer.from(base64, 'base64') } : undefined;
}

export function sqsUnits(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / SQS_UNIT_BYTES));
}
