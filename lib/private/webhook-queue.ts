import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { DeadLetterQueue, Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

/**
 * Messages wait this long for a function that cannot run. A dead-letter queue counts from the original send, so it has
 * to keep them longer.
 */
export const QUEUE_RETENTION = Duration.days(4);
/** The longest that SQS keeps a message. */
export const DEAD_LETTER_RETENTION = Duration.days(14);
/** AWS asks for at least 5 (Lambda developer guide, "Using Lambda with Amazon SQS"). */
const MAX_RECEIVE_COUNT = 5;
/**
 * AWS asks for at least six times the function's timeout (the same page). The protocol asks for more than 60 s (rule
 * 3).
 */
const VISIBILITY_TIMEOUTS = 6;

/** A queue of ours: encrypted, https only. */
export function webhookDeadLetterQueue(scope: Construct, id: string, removalPolicy: RemovalPolicy): Queue {
  return new Queue(scope, id, {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: DEAD_LETTER_RETENTION,
    removalPolicy,
  });
}

/** As {@link webhookDeadLetterQueue}, read by a function of that timeout. */
export function webhookQueue(
  scope: Construct,
  id: string,
  props: {
    readonly consumerTimeout: Duration;
    readonly window?: Duration;
    readonly deadLetterQueue: Queue;
    readonly removalPolicy: RemovalPolicy;
  },
): Queue {
  const deadLetterQueue: DeadLetterQueue = { queue: props.deadLetterQueue, maxReceiveCount: MAX_RECEIVE_COUNT };
  return new Queue(scope, id, {
    encryption: QueueEncryption.SQS_MANAGED,
    enforceSSL: true,
    retentionPeriod: QUEUE_RETENTION,
    visibilityTimeout: Duration.seconds(
      VISIBILITY_TIMEOUTS * props.consumerTimeout.toSeconds() + (props.window?.toSeconds() ?? 0),
    ),
    deadLetterQueue,
    removalPolicy: props.removalPolicy,
  });
}
