import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { WebhookApi, WebhookDashboard, WebhookSender } from '../lib';
import type { AppContext } from './context';
import { DASHBOARDS, type Platform, PROFILES } from './profiles';

export interface PlatformStackProps
  extends
    StackProps,
    Pick<AppContext, 'endpointPolicy' | 'removalPolicy' | 'nameServers' | 'language' | 'frameAncestors'> {
  readonly platform: Platform;
}

/** The webhooks of one platform, the API to manage them, and its customers' dashboard. */
export class PlatformStack extends Stack {
  constructor(
    scope: Construct,
    id: string,
    { platform, endpointPolicy, removalPolicy, nameServers, language, frameAncestors, ...props }: PlatformStackProps,
  ) {
    super(scope, id, { description: `cdk-webhooks: the webhooks of ${platform}`, ...props });
    const sender = new WebhookSender(this, 'Webhooks', {
      profile: PROFILES[platform]({ endpointPolicy }),
      removalPolicy,
      nameServers,
    });
    const api = new WebhookApi(this, 'Api', { sender });
    const dashboard = new WebhookDashboard(this, 'Dashboard', {
      api,
      ...DASHBOARDS[platform],
      language,
      frameAncestors,
    });
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
      DashboardUrl: dashboard.dashboardUrl,
      DashboardFunction: dashboard.function.functionName,
    };
    for (const [name, value] of Object.entries(outputs)) new CfnOutput(this, name, { value });
  }
}
