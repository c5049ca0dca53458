import { publicDeliveryId } from '../../lambda/core/shared/identifiers';
import { randomBytes, randomUUID } from 'node:crypto';
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge';
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import * as z from 'zod';
import { clientConfig } from '../../local/aws-client';
import { peekQueues } from '../../local/queued-messages';
import { Platform } from './platform';
import { Receiver } from './receiver';

jest.setTimeout(120_000);

const receiver = new Receiver();
beforeAll(() => receiver.listen());
afterAll(() => receiver.close());

/** What EventBridge gives to a target (AWS, "Events in Amazon EventBridge"). */
const busEvent = z.object({ source: z.string(), 'detail-type': z.string(), detail: z.record(z.string(), z.unknown()) });

/**
 * What the platform does that wants to be told: a rule on the stack's bus that puts our operational events into its own
 * queue.
 */
async function listenOnBus(platform: Platform): Promise<() => Promise<z.infer<typeof busEvent>[]>> {
  const aws = clientConfig(platform.local);
  const sqs = new SQSClient(aws);
  const bus = new EventBridgeClient(aws);
  const name = `platform-${randomBytes(4).toString('hex')}`;
  const EventBusName = z.string().parse(platform.stack.eventBus);
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }));
  await bus.send(
    new PutRuleCommand({ Name: name, EventBusName, EventPattern: JSON.stringify({ source: ['cdk-webhooks'] }) }),
  );
  await bus.send(
    new PutTargetsCommand({ Rule: name, EventBusName, Targets: [{ Id: 'queue', Arn: Attributes!.QueueArn! }] }),
  );
  return async () =>
    (await peekQueues(platform.local.awsEndpointUrl))
      .filter(({ queueName }) => queueName === name)
      .map(({ body }) => busEvent.parse(JSON.parse(body)));
}

test(
  'five failed deliveries in a row: the bus says so of each, warns before the last, and tells that the ' +
    'subscription is disabled',
  async () => {
    const platform = new Platform();
    const heard = await listenOnBus(platform);
    const tenant = platform.newTenant();
    const { id } = await platform.subscribe(tenant, receiver.url('/400'), ['job.completed']);
    const eventIds = Array.from({ length: 5 }, () => randomUUID() as string);
    for (const [index, event_id] of eventIds.entries()) {
      await platform.publish([
        JSON.stringify({ event_id, event_type: 'job.completed', tenant_id: tenant, payload: {} }),
      ]);
      await platform.recorded(tenant, index + 1);
      await platform.settled(tenant);
    }

    const events = (await heard()).filter(({ detail }) => detail.tenant_id === tenant);
    const named = (name: string) => events.filter((event) => event['detail-type'] === name).map(({ detail }) => detail);
    expect(new Set(events.map(({ source }) => source))).toEqual(new Set(['cdk-webhooks']));
    const failed = named('delivery.failed');
    expect(failed.map(({ event_id }) => event_id).sort()).toEqual(eventIds.sort());
    const records = new Map((await platform.deliveries(tenant)).map((record) => [record.eventId as string, record]));
    for (const detail of failed) {
      expect(detail).toEqual({
        tenant_id: tenant,
        subscription_id: id,
        delivery_id: publicDeliveryId(records.get(detail.event_id as string)!),
        event_id: detail.event_id,
        event_type: 'job.completed',
        attempts: 1,
        reason: 'The endpoint responded with 400.',
        reason_code: 'endpoint-responded',
        reason_params: { status: 400 },
      });
    }
    expect(named('subscription.failing')[0]).toEqual({
      tenant_id: tenant,
      subscription_id: id,
      failed_in_a_row: 4,
      disabled_after: 5,
    });
    expect(named('subscription.disabled')[0]).toEqual({
      tenant_id: tenant,
      subscription_id: id,
      reason: '5 consecutive deliveries failed. Last failure: The endpoint responded with 400.',
      reason_code: 'consecutive-failures',
      reason_params: { count: 5, cause: { code: 'endpoint-responded', params: { status: 400 } } },
    });
    expect(new Set(events.map((event) => event['detail-type']))).toEqual(
      new Set(['delivery.failed', 'subscription.failing', 'subscription.disabled']),
    );
  },
);

test("a failed delivery to an event's own URL is told of, without a subscription", async () => {
  const platform = new Platform('rekognita');
  const heard = await listenOnBus(platform);
  const tenant = platform.newTenant();
  const event_id = randomUUID();
  await platform.publish([
    JSON.stringify({
      event_id,
      event_type: 'document.completed',
      tenant_id: tenant,
      payload: {},
      webhook_url: 'http://10.0.0.1/hook',
    }),
  ]);
  await platform.recorded(tenant, 1);
  await platform.settled(tenant);
  const events = (await heard()).filter(({ detail }) => detail.tenant_id === tenant);
  expect(events).toMatchObject([
    {
      'detail-type': 'delivery.failed',
      detail: { event_id, attempts: 1, reason: expect.stringContaining('not on the public internet') as string },
    },
  ]);
  expect(events[0]!.detail).not.toHaveProperty('subscription_id');
});
