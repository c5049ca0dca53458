import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Arrival {
  /** The stack's time, in epoch seconds. */
  readonly virtualAt: number;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export type Answer = number | { readonly status: number; readonly headers: Readonly<Record<string, string>> };

export interface ReceiverOptions {
  /**
   * The stack's time, in epoch seconds.
   *
   * @default - the machine's
   */
  readonly now?: () => number;
  /**
   * How long it thinks.
   *
   * @default 0
   */
  readonly answersAfterMs?: number;
  /** @param count of arrivals so far, this one included */
  readonly onArrival?: (count: number) => void;
}

/**
 * A customer's endpoint: it keeps what arrives, and answers as it is told for a path, else with the status that the
 * path ends in, or 200.
 */
export class Receiver {
  private readonly answers = new Map<string, Answer[]>();

  constructor(private readonly options: ReceiverOptions = {}) {}

  readonly arrivals: Arrival[] = [];
  /** TCP connections that were made to it. */
  connections = 0;
  private readonly watchers = new Set<() => void>();

  private readonly server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const path = request.url ?? '';
      const { now = () => Date.now() / 1000, answersAfterMs = 0, onArrival } = this.options;
      this.arrivals.push({ virtualAt: now(), path, headers: request.headers, body: Buffer.concat(chunks) });
      const answer = this.answers.get(path)?.shift() ?? Number(/\/(\d{3})$/.exec(path)?.[1] ?? 200);
      const { status, headers } = typeof answer === 'number' ? { status: answer, headers: {} } : answer;
      setTimeout(() => response.writeHead(status, headers).end('ok'), answersAfterMs);
      onArrival?.(this.arrivals.length);
      for (const watch of this.watchers) watch();
    });
  });

  /** @param port 0 takes a free one */
  async listen(port = 0): Promise<void> {
    this.server.on('connection', () => (this.connections += 1));
    await new Promise<void>((resolve) => this.server.listen(port, '127.0.0.1', resolve));
  }

  /** What the next requests to a path are answered with, in order. */
  answer(path: string, answers: readonly Answer[]): void {
    this.answers.set(path, [...answers]);
  }

  /** @param path each test's own, so that tests do not see each other's arrivals */
  url(path: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${path}`;
  }

  at(path: string): Arrival[] {
    return this.arrivals.filter((arrival) => arrival.path === path);
  }

  /**
   * Resolves once as many have arrived.
   *
   * @throws Error that says how many did, when they do not come in time
   */
  async arrived(path: string, count: number, withinMs = 30_000): Promise<Arrival[]> {
    await this.until(
      () => this.at(path).length >= count,
      withinMs,
      () => `${this.at(path).length} of ${count} deliveries arrived at ${path} within ${withinMs} ms`,
    );
    return this.at(path);
  }

  /** As {@link arrived}, whatever their paths. */
  async arrivedInAll(count: number, withinMs = 30_000): Promise<void> {
    await this.until(
      () => this.arrivals.length >= count,
      withinMs,
      () => `${this.arrivals.length} of ${count} deliveries arrived within ${withinMs} ms`,
    );
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private until(holds: () => boolean, withinMs: number, complaint: () => string): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.watchers.delete(check);
        reject(new Error(complaint()));
      }, withinMs);
      const check = () => {
        if (!holds()) return;
        clearTimeout(timer);
        this.watchers.delete(check);
        resolve();
      };
      this.watchers.add(check);
      check();
    });
  }
}
