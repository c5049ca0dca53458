/**
 * One line of a receiver's log for every request, message `reception`, and its share of the metrics. Never a header or
 * a body.
 */
import { Logger } from '@aws-lambda-powertools/logger';
import type { Reception } from '../../core/receiving/receive';
import type { InvocationMetrics } from './observability';

export interface ReceptionLine {
  readonly requestId: string;
  readonly source: string;
  readonly reception: Reception;
  readonly latencyMs: number;
}

export class ReceptionLog {
  private readonly logger: Logger;

  constructor(
    service: string,
    private readonly metrics: InvocationMetrics,
  ) {
    this.logger = new Logger({ serviceName: service });
  }

  record({ requestId, source, reception, latencyMs }: ReceptionLine): void {
    const { outcome } = reception;
    this.logger.info('reception', {
      request_id: requestId,
      source,
      outcome,
      ...('eventId' in reception && { event_id: reception.eventId }), // of a request whose signature is right
      ...('status' in reception && { status: reception.status, code: reception.code, reason: reception.reason }),
      latency_ms: latencyMs,
    });
    const one = (...outcomes: Reception['outcome'][]) => (outcomes.includes(outcome) ? 1 : 0);
    this.metrics
      .count('WebhooksReceived', one('received'))
      .count('WebhooksRepeated', one('duplicate'))
      .count('WebhooksRefused', one('refused'))
      .count('WebhooksOverlapping', one('overlapping'))
      .count('WebhooksNotTaken', one('unavailable'))
      .publish();
  }
}
