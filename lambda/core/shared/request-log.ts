/** One line of the log and one set of figures for every request. Never headers, bodies or query strings. */
export interface RequestLog {
  record(line: RequestLine): void;
}

export interface RequestLine {
  readonly requestId: string;
  readonly method: string;
  /** The operation's path with its parameters' names; absent: no operation's. */
  readonly route?: string;
  readonly status: number;
  readonly latencyMs: number;
  /** What kind of principal, once it is known. */
  readonly actor?: string;
  /** Once the principal may use it. */
  readonly tenant?: string;
}
