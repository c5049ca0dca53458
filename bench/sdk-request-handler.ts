/**
 * Measured, and not taken: the product has the SDK's own.
 *
 * Requests of AWS's JSON protocols: one POST with a whole body, one whole answer. The SDK's own handler is made for
 * streams of any size as well, and pays for it with four timers and a stream's reader in each call.
 */
import { Agent as HttpAgent, type ClientRequest, type IncomingMessage, request as httpRequest } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';

interface Timeouts {
  /** Milliseconds. */
  readonly connectionTimeout: number;
  readonly requestTimeout: number;
}

/** As the SDK has it (AWS SDK, "configuring maxSockets in Node.js"). */
const KEPT_ALIVE = { keepAlive: true, maxSockets: 50 };

/** Of the SDK's request what such a protocol uses. */
export interface AwsRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body?: string | Uint8Array;
}

export interface AwsAnswer {
  readonly response: {
    readonly statusCode: number;
    readonly headers: Record<string, string>;
    readonly body: Uint8Array;
  };
}

/** The SDK's interface of request handlers, `requestHandler` of a client's settings. */
export class AwsRequests {
  readonly metadata = { handlerProtocol: 'http/1.1' };
  private readonly http = new HttpAgent(KEPT_ALIVE);
  private readonly https = new HttpsAgent(KEPT_ALIVE);

  /** @param timeouts of the connection, and of the whole of a request and its answer */
  constructor(private readonly timeouts: Timeouts) {}

  handle({ protocol, hostname, port, method, path, headers, body }: AwsRequest): Promise<AwsAnswer> {
    const host = hostname.startsWith('[') ? hostname.slice(1, -1) : hostname;
    const options = { host, port, method, path, headers };
    return new Promise((resolve, reject) => {
      const request =
        protocol === 'https:'
          ? httpsRequest({ ...options, agent: this.https })
          : httpRequest({ ...options, agent: this.http });
      const timer = setTimeout(
        () => request.destroy(timeoutError('an answer', this.timeouts.requestTimeout)),
        this.timeouts.requestTimeout,
      );
      const fail = (error: Error): void => {
        clearTimeout(timer);
        reject(error); // the SDK knows by Node.js's codes what is worth another try
      };
      request.on('error', fail);
      request.on('socket', (socket) => {
        if (socket.connecting) this.boundConnecting(request, socket);
      });
      request.on('response', (answer) => {
        answer.on('error', fail);
        readWhole(answer, (whole) => {
          clearTimeout(timer);
          resolve({
            response: {
              statusCode: answer.statusCode!,
              headers: answer.headers as Record<string, string>,
              body: whole,
            },
          });
        });
      });
      request.end(body);
    });
  }

  updateHttpClientConfig(): void {
    // its settings are those that it was made with
  }

  httpHandlerConfigs(): Record<string, never> {
    return {};
  }

  destroy(): void {
    this.http.destroy();
    this.https.destroy();
  }

  private boundConnecting(request: ClientRequest, socket: NodeJS.EventEmitter): void {
    const timer = setTimeout(
      () => request.destroy(timeoutError('a connection', this.timeouts.connectionTimeout)),
      this.timeouts.connectionTimeout,
    );
    const stop = (): void => clearTimeout(timer);
    socket.once('connect', stop);
    socket.once('close', stop);
  }
}

/** @param done with the whole body; not called for one that is cut off, which is an error of the answer */
function readWhole(answer: IncomingMessage, done: (whole: Buffer) => void): void {
  const chunks: Buffer[] = [];
  answer.on('data', (chunk: Buffer) => chunks.push(chunk));
  answer.on('end', () => done(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)));
}

function timeoutError(what: string, milliseconds: number): Error {
  return Object.assign(new Error(`AWS gave no sign of ${what} within ${milliseconds} ms`), {
    name: 'TimeoutError',
    code: 'ETIMEDOUT',
  });
}
