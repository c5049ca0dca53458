import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { RetrySchedule } from '../retry-schedule';
import { webhookQueue } from './webhook-queue';

/** The wait function moves messages from queue to queue, a hundred at a time. */
export const WAIT_BATCH_SIZE = 100;
export const WAIT_WINDOW = Duration.seconds(5);
export const WAIT_TIMEOUT = Duration.seconds(30);

/** The queues in which deliveries wait for their next attempt. */
export interface RetryQueues {
  /** One a step of the schedule. */
  readonly tiers: Queue[];
  /** Shared by all waits of more than 15 minutes. */
  readonly wait: Queue;
}

export function createRetryQueues(
  scope: Construct,
  props: {
    readonly retry: RetrySchedule;
    readonly deliverTimeout: Duration;
    readonly deadLetterQueue: Queue;
    readonly removalPolicy: RemovalPolicy;
  },
): RetryQueues {
  const { deadLetterQueue, removalPolicy } = props;
  return {
    tiers: props.retry.delays.map((_delay, index) =>
      webhookQueue(scope, `RetryTier${index + 1}`, {
        consumerTimeout: props.deliverTimeout,
        deadLetterQueue,
        removalPolicy,
      }),
    ),
    wait: webhookQueue(scope, 'WaitQueue', {
      consumerTimeout: WAIT_TIMEOUT,
      window: WAIT_WINDOW,
      deadLetterQueue,
      removalPolicy,
    }),
  };
}
