/** One line of the function's log for every request, message `request`, and its share of the metrics. */
import { Logger } from '@aws-lambda-powertools/logger';
import type { InvocationMetrics } from './observability';

/** What is said of a request; never headers, bodies or query strings. */
export interface RequestFacts {
  readonly requestId: string;
  readonly method: string;
  readonly route?: string;
  readonly status: number;
  readonly latencyMs: number;
  readonly actor?: string;
  readonly tenant?: string;
}

export class MeasuredRequestLog {
  private readonly logger: Logger;

  constructor(
    service: string,
    private readonly metrics: InvocationMetrics,
  ) {
    this.logger = new Logger({ serviceName: service });
  }

  record({ requestId: request, status, latencyMs, ...facts }: RequestFacts): void {
    this.logger.info('request', { request, status, latency_ms: latencyMs, ...facts });
    this.metrics
      .count('Requests', 1)
      .count('ClientErrors', status >= 400 && status < 500 ? 1 : 0)
      .count('ServerErrors', status >= 500 ? 1 : 0)
      .publish();
  }
}
