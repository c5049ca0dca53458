import { Metric, MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';

/** As lambda/adapters/powertools/observability.ts counts them. */
const METRICS_NAMESPACE = 'cdk-webhooks';

/** A metric of our functions, of one service; a sum unless the options say otherwise. */
export function serviceMetric(service: string, metricName: string, options?: MetricOptions): Metric {
  return new Metric({
    namespace: METRICS_NAMESPACE,
    metricName,
    dimensionsMap: { service },
    statistic: Stats.SUM,
    ...options,
  });
}
