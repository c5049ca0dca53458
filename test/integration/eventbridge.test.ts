import { reason } from '../../lambda/core/shared/reason';
import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
  type PutEventsCommand,
} from '@aws-sdk/client-eventbridge';
import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { EventBridgeOperationalEvents } from '../../lambda/adapters/eventbridge/operational-events';
import { PortUnavailable } from '../../lambda/core/shared/errors';
import {
  deliveryFailed,
  type OperationalEvent,
  subscriptionDisabled,
} from '../../lambda/core/delivery/operational-event';
import { subscription } from '../builders/subscription';
import { settled, untried } from '../contracts/delivery-records';
import { aws, createQueue, newName, receivedWithin, sqs } from './local-aws';

const failed = deliveryFailed(settled(untried(), 'failed', { reason: reason('endpoint-responded', { status: 500 }) }));

describe('operational events', () => {
  const client = new EventBridgeClient(aws);

  /** A bus, and a queue that gets what its rule lets through. */
  async function setUp(pattern: object) {
    const bus = newName('bus');
    const queueUrl = await createQueue();
    const { Attributes: queue } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['QueueArn'] }),
    );
    await client.send(new CreateEventBusCommand({ Name: bus }));
    await client.send(new PutRuleCommand({ Name: 'all', EventBusName: bus, EventPattern: JSON.stringify(pattern) }));
    await client.send(
      new PutTargetsCommand({ Rule: 'all', EventBusName: bus, Targets: [{ Id: 'queue', Arn: queue!.QueueArn }] }),
    );
    return { events: new EventBridgeOperationalEvents(client, bus), queueUrl };
  }

  test('come to a rule on their source and name, with their detail', async () => {
    const one = subscription();
    const { events, queueUrl } = await setUp({ source: ['cdk-webhooks'], 'detail-type': ['subscription.disabled'] });
    await events.emit([failed, subscriptionDisabled(one, reason('endpoint-gone'))]);
    const [message, ...more] = await receivedWithin(queueUrl, 1);
    expect(more).toEqual([]);
    expect(JSON.parse(message!.Body!)).toMatchObject({
      source: 'cdk-webhooks',
      'detail-type': 'subscription.disabled',
      detail: {
        tenant_id: one.tenantId,
        subscription_id: one.id,
        reason: 'The endpoint responded with 410 Gone.',
        reason_code: 'endpoint-gone',
        reason_params: {},
      },
    });
  });

  test('come all, when there are more than one call takes', async () => {
    const { events, queueUrl } = await setUp({ source: ['cdk-webhooks'] });
    const all = Array.from({ length: 23 }, () =>
      deliveryFailed(settled(untried(), 'failed', { reason: reason('connection-refused') })),
    );
    await events.emit(all);
    const details = (await receivedWithin(queueUrl, all.length)).map(
      ({ Body }) => (JSON.parse(Body!) as { detail: { delivery_id: string } }).detail,
    );
    const byId = (a: { delivery_id: string }, b: { delivery_id: string }) => (a.delivery_id < b.delivery_id ? -1 : 1);
    expect(details.sort(byId)).toEqual(all.map(({ detail }) => detail as { delivery_id: string }).sort(byId));
  });

  test('none are no call', async () => {
    await expect(
      new EventBridgeOperationalEvents(
        new EventBridgeClient({ ...aws, endpoint: 'http://127.0.0.1:1', maxAttempts: 1 }),
        'bus',
      ).emit([]),
    ).resolves.toBeUndefined();
  });

  test('that a bus did not answer to can be sent again', async () => {
    await expect(
      new EventBridgeOperationalEvents(
        new EventBridgeClient({ ...aws, endpoint: 'http://127.0.0.1:1', maxAttempts: 1 }),
        'bus',
      ).emit([failed]),
    ).rejects.toThrow(PortUnavailable);
  });

  test('of which the bus did not take one can be sent again, and the error names the cause', async () => {
    const calls: number[] = [];
    const choosy = {
      send: ({ input: { Entries: entries = [] } }: PutEventsCommand) => {
        calls.push(entries.length);
        return Promise.resolve({
          FailedEntryCount: 1,
          Entries: entries.map((_entry, index) =>
            index === 1 ? { ErrorCode: 'ThrottlingException' } : { EventId: 'e' },
          ),
        });
      },
    } as unknown as EventBridgeClient;
    const emitting = new EventBridgeOperationalEvents(choosy, 'bus').emit(
      Array.from<OperationalEvent>({ length: 11 }).fill(failed),
    );
    await expect(emitting).rejects.toThrow(PortUnavailable);
    await expect(emitting).rejects.toThrow('EventBridge rejected 1 of 10 events: ThrottlingException');
    expect(calls).toEqual([10]);
  });
});
