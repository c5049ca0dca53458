import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { WebhookApi, WebhookSender } from '../lib';
import type { AppContext } from './context';
import { type Platform, PROFILES } from './profiles';

export interface PlatformStackProps extends StackProps, Pick<AppContext, 'endpointPolicy' | 'removalPolicy' | 'nameServers'> {
  readonly platform: Platform;
}

/** The webhooks of one platform, and the API to manage them. */
export class PlatformStack extends Stack {
  constructor(scope: Construct, id: string, { platform, endpointPolicy, removalPolicy, nameServers, ...props }: PlatformStackProps) {
    super(scope, id, { description: `cdk-webhooks: the webhooks of ${platform}`, ...props });
    const sender = new WebhookSender(this, 'Webhooks', { profile: PROFILES[platform]({ endpointPolicy }), removalPolicy, nameServers });
    const api = new WebhookApi(this, 'Api', { sender });
    const outputs = {
      EventQueueUrl: sender.eventQueue.queueUrl,
      EventDeadLetterQueueUrl: sender.eventDeadLetterQueue.queueUrl,
      DeliveryDeadLetterQueueUrl: sender.deliveryDeadLetterQueue.queueUrl,
      SubscriptionsTable: sender.subscriptionsTable.tableName,
      EventsTable: sender.eventsTable.tableName,
      DeliveriesTable: sender.deliveriesTable.tableName,
      RootKeySecret: sender.rootKey.secretArn,
      EventBus: sender.eventBus.eventBusName,
      DispatchFunction: sender.dispatchFunction.functionName,
      DeliverFunction: sender.deliverFunction.functionName,
      ApiUrl: api.apiUrl,
      ApiId: api.httpApi.apiId,
      OperatorKeySecret: api.operatorKey.secretArn,
      PortalKeySecret: api.portalKey.secretArn,
      PayloadBucket: sender.payloadBucket.bucketName,
      CountersTable: api.countersTable.tableName,
      ApiFunction: api.function.functionName,
      RecoveryFunction: api.recoveryFunction.functionName,
      RecoveryQueueUrl: api.recoveryQueue.queueUrl,
      RecoveryDeadLetterQueueUrl: api.recoveryDeadLetterQueue.queueUrl,
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}
