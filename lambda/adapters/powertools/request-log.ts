/** One line of the function's log for every request, message `request`, and its share of the metrics. */
import { Logger } from '@aws-lambda-powertools/logger';
import type { InvocationMetrics } from './observability';
import type { RequestLine, RequestLog } from '../../core/shared/request-log';

export class MeasuredRequestLog implements RequestLog {
  private readonly logger: Logger;

  constructor(
    service: string,
    private readonly metrics: InvocationMetrics,
  ) {
    this.logger = new Logger({ serviceName: service });
  }

  record({ requestId, tenant, status, latencyMs, ...facts }: RequestLine): void {
    this.logger.info('request', {
      request_id: requestId,
      status,
      latency_ms: latencyMs,
      ...(tenant !== undefined && { tenant_id: tenant }),
      ...facts,
    });
    this.metrics
      .count('Requests', 1)
      .count('ClientErrors', status >= 400 && status < 500 ? 1 : 0)
      .count('ServerErrors', status >= 500 ? 1 : 0)
      .publish();
  }
}
