/** Receivers on 127.0.0.1, well-behaved and hostile, that count their connections and are gone after the test. */
import { createServer as createHttpServer, type IncomingMessage, type RequestListener } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { KeyPair } from './certificates';

export interface Receiver {
  readonly port: number;
  /** For the development policy. */
  readonly url: string;
  /** How many connections were accepted. */
  readonly connections: () => number;
}

export interface ReceivedRequest {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

export class Receivers {
  private readonly servers = new Set<Server>();
  private readonly sockets = new Set<Socket>();

  http(listener: RequestListener): Promise<Receiver> {
    return this.listen(createHttpServer(listener), 'http');
  }

  https(keyPair: KeyPair, listener: RequestListener): Promise<Receiver> {
    return this.listen(createHttpsServer(keyPair, listener), 'https');
  }

  /** Speaks whatever `onRequest` writes, once a request's first bytes have come. */
  raw(onRequest: (socket: Socket) => void): Promise<Receiver> {
    return this.tcp((socket) => socket.once('data', () => onRequest(socket)));
  }

  tcp(onConnection: (socket: Socket) => void): Promise<Receiver> {
    return this.listen(createTcpServer(onConnection), 'http');
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
    for (const server of this.servers) server.close();
    this.sockets.clear();
    this.servers.clear();
  }

  async listen(server: Server, scheme: 'http' | 'https'): Promise<Receiver> {
    let connections = 0;
    server.on('connection', (socket: Socket) => {
      connections += 1;
      this.sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => this.sockets.delete(socket));
    });
    this.servers.add(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return { port, url: `${scheme}://127.0.0.1:${port}/hook`, connections: () => connections };
  }
}

/** A listener that takes the whole request before it answers. */
export function receiving(
  answer: (request: ReceivedRequest, ...rest: Parameters<RequestListener>) => void,
): RequestListener {
  return (message, response) => {
    const chunks: Buffer[] = [];
    message.on('data', (chunk: Buffer) => chunks.push(chunk));
    message.on('end', () => {
      const { method, url, headers, rawHeaders } = message;
      answer({ method, url, headers, rawHeaders, body: Buffer.concat(chunks) }, message, response);
    });
  };
}
