import { Annotations, Stack, Token, TokenComparison } from 'aws-cdk-lib';
import { IEventBus, Match, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { SqsQueue } from 'aws-cdk-lib/aws-events-targets';
import { Queue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';

/** Source of our own operational events on the bus. */
const OWN_SOURCE = 'cdk-webhooks';

/**
 * Puts the detail of every `webhook.event` on the bus into the event queue. Our own events are left out whatever their
 * name, so that the bus can never feed itself. A bus of another account or region gets none: only its owner can make
 * rules there.
 */
export function createIngestRule(
  scope: Construct,
  props: { readonly eventBus: IEventBus; readonly events: Queue; readonly deadLetterQueue: Queue },
): void {
  const { account, region } = Stack.of(scope);
  const elsewhere = [
    [props.eventBus.env.account, account],
    [props.eventBus.env.region, region],
  ].some(([bus, own]) => Token.compareStrings(bus!, own!) === TokenComparison.DIFFERENT);
  if (elsewhere) {
    Annotations.of(scope).addWarningV2(
      'cdk-webhooks:bus-elsewhere',
      'the event bus is of another account or region, so no rule takes events from it; producers put theirs on ' +
        'the event queue, or a rule there forwards them to it',
    );
    return;
  }
  new Rule(scope, 'IngestRule', {
    description: 'cdk-webhooks: puts events for customers on the event queue',
    eventBus: props.eventBus,
    eventPattern: { detailType: ['webhook.event'], source: Match.anythingBut(OWN_SOURCE) },
    targets: [
      new SqsQueue(props.events, {
        message: RuleTargetInput.fromEventPath('$.detail'),
        // a path: SQS then keeps one tenant's burst from holding up the others (AWS, "Amazon SQS fair queues")
        messageGroupId: '$.detail.tenant_id',
        deadLetterQueue: props.deadLetterQueue,
      }),
    ],
  });
}
