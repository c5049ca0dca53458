import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { EventBus } from 'aws-cdk-lib/aws-events';
import {
  ReceiverScheme,
  ReceiverTarget,
  WebhookApi,
  WebhookDashboard,
  WebhookProfile,
  WebhookReceiver,
  WebhookSender,
} from '../../lib';
import { environmentOf } from './template';

const stack = new Stack(new App(), 'Platform');
const api = new WebhookApi(stack, 'Management', {
  sender: new WebhookSender(stack, 'Webhooks', { profile: WebhookProfile.leapOcr() }),
});
new WebhookDashboard(stack, 'Dashboard', { api, name: 'Acme' });
new WebhookReceiver(stack, 'Inbound', {
  scheme: ReceiverScheme.github(),
  secret: api.operatorKey,
  target: ReceiverTarget.eventBus(EventBus.fromEventBusName(stack, 'Bus', 'bus')),
});
const template = Template.fromStack(stack);

test.each([
  ['dispatch', 'WebhooksDispatch'],
  ['deliver', 'WebhooksDeliver'],
  ['wait', 'WebhooksWait'],
  ['api', 'ManagementApi'],
  ['recovery', 'ManagementRecovery'],
  ['statistics', 'ManagementStatistics'],
  ['dashboard', 'DashboardPage'],
  ['receiver', 'InboundReceiver'],
])('the %s function is told what it asks for, and nothing else', (handler, name) => {
  const source = readFileSync(join(__dirname, '..', '..', 'lambda', `${handler}.lambda.ts`), 'utf8');
  const asked = new Set(
    [...source.matchAll(/(?:required(?:List)?|optional)\('(\w+)'\)/g)].map(([, variable]) => variable!),
  );
  expect(Object.keys(environmentOf(template, name)).sort()).toEqual([...asked].sort());
});
