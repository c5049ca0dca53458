/**
 * What operators see: structured log lines, and metrics in CloudWatch's embedded format (no call, no extension: a line
 * of the log).
 */
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { Log } from '../../core/shared/log';

/** Namespace, and the dimension `service`, are what WebhookSender's metric methods read. */
export const METRICS_NAMESPACE = 'cdk-webhooks';

export function createLog(service: string): Log {
  const logger = new Logger({ serviceName: service });
  return {
    warn: (message, fields) => logger.warn(message, fields),
    error: (message, fields) => logger.error(message, fields),
  };
}

export class InvocationMetrics {
  private readonly metrics: Metrics;

  constructor(service: string) {
    this.metrics = new Metrics({ namespace: METRICS_NAMESPACE, serviceName: service });
  }

  /** Zero too: an alarm then sees data, and the invocation one line of log. */
  count(name: string, value: number): this {
    this.metrics.addMetric(name, MetricUnit.Count, value);
    return this;
  }

  latencies(name: string, milliseconds: readonly number[]): this {
    for (const each of milliseconds) this.metrics.addMetric(name, MetricUnit.Milliseconds, Math.round(each));
    return this;
  }

  publish(): void {
    // Of 100 values of one metric Powertools has published by itself, and warns where nothing is left (AWS, "embedded
    // metric format": 100 values an array).
    if (this.metrics.hasStoredMetrics()) this.metrics.publishStoredMetrics();
  }
}
