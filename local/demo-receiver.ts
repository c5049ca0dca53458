import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { checkSignatures, type Verdict } from './signature-check';
import { PortTaken } from './emulator';

const PATH = '/webhooks';
/** A delivery is at most 960 KiB. */
const LARGEST_BODY_BYTES = 1024 * 1024;

/** One request that the receiver has got. */
export interface Arrival {
  /** Real time, ms since 1970. */
  readonly arrivedAt: number;
  readonly body: Buffer;
  /** Empty until the receiver has been told a secret. */
  readonly verdicts: readonly Verdict[];
  readonly verified: boolean;
}

export interface DemoReceiver {
  readonly url: string;
  /** The secret that deliveries are to be signed with. */
  expectSecret(secret: string): void;
  close(): Promise<void>;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_BODY_BYTES) throw new Error('body too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? new PortTaken(port, 'npm start -- --receiver-port N') : error);
    });
    server.listen(port, '127.0.0.1', () => {
      resolve((server.address() as AddressInfo).port);
    });
  });
}

/**
 * A customer's endpoint, as small as one can be: it checks all signatures of a POST, answers 200 or 401, and tells
 * `onArrival`.
 * @param port on 127.0.0.1; 0 takes a free one
 * @param nowSeconds the local stack's time, in seconds since 1970
 * @throws {PortTaken}
 */
export async function startDemoReceiver(
  port: number,
  nowSeconds: () => number,
  onArrival: (arrival: Arrival) => void,
): Promise<DemoReceiver> {
  let expected: string | undefined;
  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const arrivedAt = Date.now();
    if (request.method !== 'POST' || request.url !== PATH) {
      answer(response, 404, { error: `POST ${PATH} is what this receiver takes` });
      return;
    }
    const body = await bodyOf(request);
    const verdicts = expected === undefined ? [] : checkSignatures(expected, request.headers, body, nowSeconds());
    const verified = verdicts.length > 0 && verdicts.every(({ valid }) => valid);
    answer(response, verified ? 200 : 401, { received: verified });
    onArrival({ arrivedAt, body, verdicts, verified });
  };
  const server = createServer((request, response) => {
    receive(request, response).catch(() => response.destroy());
  });
  const actualPort = await listen(server, port);
  return {
    url: `http://127.0.0.1:${actualPort}${PATH}`,
    expectSecret: (secret) => {
      expected = secret;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}
