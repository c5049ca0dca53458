/** Calls of the management API, as a program makes them. */
export interface ApiAnswer<T = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  /** Of an empty answer, an empty object. */
  readonly body: T;
}

export class ManagementClient {
  /**
   * @param base ends in /api/v1
   * @param credential sent as X-API-KEY, or as it is when it is a header's whole value such as `Bearer ...`
   */
  constructor(
    readonly base: string,
    private readonly credential?: string,
  ) {}

  async call<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<ApiAnswer<T>> {
    const response = await fetch(`${this.base}${path}`, {
      method,
      headers: { ...this.authorization(), ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: (text === '' ? {} : JSON.parse(text)) as T };
  }

  /** The body of a call that has to succeed. */
  async done<T = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.call<T>(method, path, body);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  }

  private authorization(): Record<string, string> {
    if (this.credential === undefined) return {};
    return this.credential.startsWith('Bearer ')
      ? { authorization: this.credential }
      : { 'x-api-key': this.credential };
  }
}
