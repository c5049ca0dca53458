import { RemovalPolicy } from 'aws-cdk-lib';
import { AttributeType, BillingMode, StreamViewType, Table } from 'aws-cdk-lib/aws-dynamodb';
import { Construct } from 'constructs';

export interface WebhookTableProps {
  readonly sortKey: boolean;
  /** Items end at their `ex`, epoch seconds. */
  readonly expires: boolean;
  readonly pointInTimeRecovery: boolean;
  readonly stream?: StreamViewType;
  readonly removalPolicy: RemovalPolicy;
}

/** A table of ours: on demand, protected unless it is to go with its stack. */
export function webhookTable(scope: Construct, id: string, props: WebhookTableProps): Table {
  return new Table(scope, id, {
    partitionKey: { name: 'pk', type: AttributeType.STRING },
    sortKey: props.sortKey ? { name: 'sk', type: AttributeType.STRING } : undefined,
    timeToLiveAttribute: props.expires ? 'ex' : undefined,
    stream: props.stream,
    billingMode: BillingMode.PAY_PER_REQUEST,
    pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: props.pointInTimeRecovery },
    deletionProtection: props.removalPolicy !== RemovalPolicy.DESTROY,
    removalPolicy: props.removalPolicy,
  });
}
