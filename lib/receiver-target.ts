import { Token } from 'aws-cdk-lib';
import { IEventBus } from 'aws-cdk-lib/aws-events';
import { ITopic } from 'aws-cdk-lib/aws-sns';
import { CfnQueue, IQueue } from 'aws-cdk-lib/aws-sqs';
import { BoundTarget } from './private/bound-target';

/** What the message says besides the body: source, ids, times, content type; 4 KiB are more than they take. */
const ENVELOPE_BYTES = 4 * 1024;
/** AWS, "SendMessage". */
const QUEUE_MESSAGE_BYTES = 1024 * 1024;
/** AWS, "Publish" and "PutEvents". */
const EVENT_MESSAGE_BYTES = 256 * 1024;
const NO_ORDER = 'is FIFO, and webhooks come in no order; use a standard one, without a rate to stay within';

/**
 * Where a {@link WebhookReceiver} puts what it has verified. The sender is answered with success only once it is there.
 */
export abstract class ReceiverTarget {
  /** A standard queue: one message an event. */
  public static queue(queue: IQueue): ReceiverTarget {
    return new LiteralTarget({
      kind: 'queue',
      address: queue.queueUrl,
      action: 'sqs:SendMessage',
      arn: queue.queueArn,
      key: queue.encryptionMasterKey,
      maxBodyBytes: messageBytes(queue) - ENVELOPE_BYTES,
      fault: queue.fifo ? `the queue ${queue.node.path} ${NO_ORDER}` : undefined,
    });
  }

  /** A bus: source `cdk-webhooks.receiver`, detail-type `webhook.received`, the message as detail. */
  public static eventBus(eventBus: IEventBus): ReceiverTarget {
    return new LiteralTarget({
      kind: 'bus',
      address: eventBus.eventBusArn,
      action: 'events:PutEvents',
      arn: eventBus.eventBusArn,
      maxBodyBytes: EVENT_MESSAGE_BYTES - ENVELOPE_BYTES,
    });
  }

  /** A standard topic. */
  public static topic(topic: ITopic): ReceiverTarget {
    return new LiteralTarget({
      kind: 'topic',
      address: topic.topicArn,
      action: 'sns:Publish',
      arn: topic.topicArn,
      key: topic.masterKey,
      maxBodyBytes: EVENT_MESSAGE_BYTES - ENVELOPE_BYTES,
      fault: topic.fifo ? `the topic ${topic.node.path} ${NO_ORDER}` : undefined,
    });
  }

  /** @internal */
  public abstract _bind(): BoundTarget;
}

/** Of the queue's own, where it is of this app and smaller than what SQS takes. */
function messageBytes(queue: IQueue): number {
  const resource = queue.node.defaultChild;
  const own = resource instanceof CfnQueue ? resource.maximumMessageSize : undefined;
  return own === undefined || Token.isUnresolved(own) ? QUEUE_MESSAGE_BYTES : own;
}

class LiteralTarget extends ReceiverTarget {
  constructor(private readonly bound: BoundTarget) {
    super();
  }

  /** @internal */
  public _bind(): BoundTarget {
    return this.bound;
  }
}
