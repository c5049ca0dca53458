import { Alarm, ComparisonOperator, Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

/** Fires as soon as there is any of what the metric counts. */
export function alarmOnAny(scope: Construct, id: string, metric: Metric, alarmDescription: string): Alarm {
  return new Alarm(scope, id, {
    metric,
    alarmDescription,
    threshold: 0,
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    evaluationPeriods: 1,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  });
}

/** Fires for a message in a dead-letter queue. */
export function alarmOnDeadLetters(scope: Construct, id: string, queue: Queue, alarmDescription: string): Alarm {
  return alarmOnAny(
    scope,
    id,
    queue.metricApproximateNumberOfMessagesVisible({ statistic: Stats.MAXIMUM }),
    alarmDescription,
  );
}
