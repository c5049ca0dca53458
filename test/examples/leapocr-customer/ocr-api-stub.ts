/** LeapOCR's API, as far as results of jobs go. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface StubRequest {
  readonly jobId: string;
  readonly page: number;
  readonly limit: number;
  readonly apiKey: string | undefined;
}

export interface StubAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export class OcrApiStub {
  /** The key that is let in. */
  apiKey = 'leapocr-key-1';
  readonly requests: StubRequest[] = [];
  private readonly pages = new Map<string, number>();
  private readonly scripts = new Map<string, StubAnswer[]>();

  private readonly server = createServer((request, response) => {
    const url = new URL(request.url!, 'http://stub');
    const jobId = /^\/api\/v1\/ocr\/result\/([^/]+)$/.exec(url.pathname)?.[1] ?? '';
    const page = Number(url.searchParams.get('page'));
    const limit = Number(url.searchParams.get('limit'));
    const apiKey = request.headers['x-api-key'] as string | undefined;
    this.requests.push({ jobId, page, limit, apiKey });
    const {
      status,
      headers = {},
      body = {},
    } = apiKey === this.apiKey
      ? (this.scripts.get(jobId)?.shift() ?? this.result(jobId, page, limit))
      : { status: 401, body: { code: 'AUTHENTICATION_ERROR', error: { message: 'Unknown key' } } };
    response
      .writeHead(status, { 'content-type': 'application/json', ...headers })
      .end(typeof body === 'string' ? body : JSON.stringify(body));
  });

  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /**
   * A job with a result of so many pages.
   *
   * @param first what requests are answered before that, in order
   */
  job(jobId: string, pages: number, first: readonly StubAnswer[] = []): void {
    this.pages.set(jobId, pages);
    this.scripts.set(jobId, [...first]);
  }

  of(jobId: string): StubRequest[] {
    return this.requests.filter((request) => request.jobId === jobId);
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  private result(jobId: string, page: number, limit: number): StubAnswer {
    const total = this.pages.get(jobId);
    if (total === undefined)
      return { status: 404, body: { code: 'NOT_FOUND', error: { message: 'There is no such job' } } };
    const pages = Array.from({ length: total }, (_, index) => ({
      page_number: index + 1,
      result: `Text of page ${index + 1}`,
    })).slice((page - 1) * limit, page * limit);
    return {
      status: 200,
      body: {
        job_id: jobId,
        status: 'completed',
        credits_used: total,
        total_pages: total,
        pages,
        pagination: { page, limit, total, total_pages: Math.ceil(total / limit) },
      },
    };
  }
}
