import { reason } from '../../../lambda/core/shared/reason';
import { dispatch, type DispatchSettings } from '../../../lambda/core/events/dispatch';
import { urlTarget } from '../../../lambda/core/shared/identifiers';
import { subscription, TENANT } from '../../builders/subscription';
import { COMPLETED, eventMessage } from '../../builders/event';
import { InMemoryEventStore } from '../../fakes/event-store';
import { RecordingLog } from '../../fakes/log';
import { InMemoryDeliveryQueues, InMemoryRejectedEvents } from '../../fakes/queues';
import { InMemorySubscriptionStore } from '../../fakes/subscription-store';
import { ManualClock, SeededRandom } from '../../fakes/time-and-random';

const settings: DispatchSettings = {
  tenantParts: 2,
  eventTypes: new Set(['job.created', 'job.completed']),
  deliverTimeoutMs: 30_000,
  eventTtlSeconds: 86_400,
};

async function setUp(count = 1) {
  const clock = new ManualClock();
  const ports = {
    clock,
    random: new SeededRandom(),
    events: new InMemoryEventStore(clock),
    routes: new InMemorySubscriptionStore(),
    deliveries: new InMemoryDeliveryQueues(),
    rejected: new InMemoryRejectedEvents(),
    log: new RecordingLog(),
  };
  const subscriptions = Array.from({ length: count }, () => subscription());
  for (const each of subscriptions) await ports.routes.create(each);
  const run = (...bodies: string[]) =>
    dispatch(
      bodies.map((body, index) => ({ messageId: `m${index}`, body })),
      settings,
      ports,
    );
  return { ports, clock, subscriptions, run };
}

test('an event becomes a delivery to each subscription of its tenant and type, at once', async () => {
  const { ports, subscriptions, run, clock } = await setUp(2);
  await ports.routes.create(subscription({ eventTypes: ['job.created'] }));
  await ports.routes.create(subscription({ tenantId: 'org_123/other' as typeof TENANT }));
  const report = await run(eventMessage());
  expect(report).toEqual({ accepted: 1, repeated: 0, rejected: 0, fannedOut: 2, returned: [] });
  expect(ports.deliveries.sent.map(({ message }) => message.subscriptionId).sort()).toEqual(
    subscriptions.map(({ id }) => id).sort(),
  );
  expect(ports.deliveries.sent[0]).toMatchObject({
    delaySeconds: 0,
    message: { attempt: 1, tenantId: TENANT, arrivedAt: clock.now(), payload: JSON.stringify(COMPLETED) },
  });
});

test('an event that nobody subscribed to is accepted', async () => {
  const { ports, run } = await setUp(0);
  expect(await run(eventMessage())).toMatchObject({ accepted: 1, fannedOut: 0, returned: [] });
  expect(ports.deliveries.sent).toEqual([]);
});

test('a disabled subscription matches too, so that its event can be recovered', async () => {
  const { ports, subscriptions, run } = await setUp();
  ports.routes.change(subscriptions[0]!, { enabled: false });
  expect((await run(eventMessage())).fannedOut).toBe(1);
});

describe('a copy of an event', () => {
  test('makes the same deliveries again from the stored event, after any first attempt in flight', async () => {
    const { ports, run, clock } = await setUp();
    await run(eventMessage());
    clock.advance(5_000);
    const report = await run(eventMessage({ payload: { other: 'bytes' }, event_type: 'job.created' }));
    expect(report).toMatchObject({ accepted: 0, repeated: 1, fannedOut: 1 });
    const [first, copy] = ports.deliveries.sent;
    expect(copy).toMatchObject({
      delaySeconds: 90,
      message: {
        deliveryId: first!.message.deliveryId,
        eventType: 'job.completed',
        arrivedAt: first!.message.arrivedAt,
      },
    });
    expect(copy!.message.payload).toBeUndefined();
    expect(copy!.message.chain).not.toBe(first!.message.chain);
  });

  test('in the same batch is one, too', async () => {
    const { ports, run } = await setUp();
    expect(await run(eventMessage(), eventMessage())).toMatchObject({ accepted: 1, repeated: 1 });
    expect(ports.deliveries.sent.map(({ delaySeconds }) => delaySeconds).sort()).toEqual([0, 90]);
  });

  test('does not reach a subscription that is younger than the event', async () => {
    const { ports, subscriptions, run, clock } = await setUp();
    await run(eventMessage());
    clock.advance(60_000);
    await ports.routes.create(subscription({ createdAt: clock.now() }));
    await run(eventMessage());
    expect(ports.deliveries.sent.map(({ message }) => message.subscriptionId)).toEqual([
      subscriptions[0]!.id,
      subscriptions[0]!.id,
    ]);
  });

  test('of another tenant is another event', async () => {
    const { run } = await setUp();
    await run(eventMessage());
    expect(await run(eventMessage({ tenant_id: 'org_123/other' }))).toMatchObject({ accepted: 1 });
  });

  test('is a new event once the claim has expired', async () => {
    const { run, clock } = await setUp();
    await run(eventMessage());
    clock.advance((settings.eventTtlSeconds + 1) * 1000);
    expect(await run(eventMessage())).toMatchObject({ accepted: 1 });
  });
});

describe('a malformed message in a batch', () => {
  test('goes to the dead-letter queue with its reason, and the others are dispatched', async () => {
    const { ports, run } = await setUp();
    const good = Array.from({ length: 9 }, (_unused, index) => eventMessage({ event_id: `evt_${index}` }));
    const bad = eventMessage({ event_id: 'evt_bad', tenant_id: undefined });
    const report = await run(...good.slice(0, 4), bad, ...good.slice(4));
    expect(report).toMatchObject({ accepted: 9, rejected: 1, returned: [] });
    expect(ports.rejected.buried).toEqual([{ body: bad, field: 'tenant_id', reason: reason('required') }]);
    expect(ports.log.lines).toEqual([
      {
        level: 'warn',
        message: 'event rejected',
        fields: {
          message_id: 'm4',
          event_id: 'evt_bad',
          field: 'tenant_id',
          reason: 'tenant_id: is required',
          reason_code: 'required',
        },
      },
    ]);
  });

  test('is returned when the dead-letter queue does not take it', async () => {
    const { ports, run } = await setUp();
    ports.rejected.faults.refuse(1);
    expect(await run('{', eventMessage())).toMatchObject({ accepted: 1, rejected: 0, returned: ['m0'] });
  });
});

describe('when a call is refused', () => {
  test('a claim that was refused returns its message alone', async () => {
    const { ports, run } = await setUp();
    ports.events.faults.refuse(1);
    expect(await run(eventMessage(), eventMessage({ event_id: 'other' }))).toMatchObject({
      accepted: 1,
      returned: ['m0'],
    });
  });

  test('routes that were refused return the message, and the next receive fans out', async () => {
    const { ports, run } = await setUp();
    ports.routes.faults.refuse(1);
    expect((await run(eventMessage())).returned).toEqual(['m0']);
    expect(await run(eventMessage())).toMatchObject({ repeated: 1, fannedOut: 1 });
  });

  test('a send that was refused is tried again, and no other', async () => {
    const { ports, run } = await setUp(3);
    ports.deliveries.answers.push('sent', 'refused', 'sent');
    expect(await run(eventMessage())).toMatchObject({ accepted: 1, fannedOut: 3, returned: [] });
    expect(new Set(ports.deliveries.sent.map(({ message }) => message.deliveryId)).size).toBe(3);
    expect(ports.deliveries.sent).toHaveLength(3);
  });

  test('a send that stays refused returns its event alone', async () => {
    const { ports, run } = await setUp();
    ports.deliveries.answers.push('refused', 'sent', 'refused', 'refused', 'refused');
    expect(await run(eventMessage({ event_id: 'a' }), eventMessage({ event_id: 'b' }))).toMatchObject({
      accepted: 1,
      returned: ['m0'],
    });
  });

  test('a send without an answer is not repeated, but returned', async () => {
    const { ports, run } = await setUp();
    ports.deliveries.answers.push('unanswered');
    expect((await run(eventMessage())).returned).toEqual(['m0']);
    expect(ports.deliveries.sent).toEqual([]);
  });
});

test('events of two tenants in one batch go each to its own subscriptions', async () => {
  const { ports, run } = await setUp(0);
  const other = 'org_123/other' as typeof TENANT;
  const [mine, theirs] = [subscription(), subscription({ tenantId: other })];
  await ports.routes.create(mine);
  await ports.routes.create(theirs);
  await run(
    eventMessage({ event_id: 'a' }),
    eventMessage({ event_id: 'b', tenant_id: other }),
    eventMessage({ event_id: 'c' }),
  );
  expect(ports.deliveries.sent.map(({ message }) => [message.tenantId, message.subscriptionId])).toEqual([
    [TENANT, mine.id],
    [other, theirs.id],
    [TENANT, mine.id],
  ]);
});

test('events of two types in one batch go each to the subscriptions of its type', async () => {
  const { ports, run } = await setUp(0);
  const [created, completed] = [subscription({ eventTypes: ['job.created'] }), subscription()];
  await ports.routes.create(created);
  await ports.routes.create(completed);
  await run(eventMessage({ event_id: 'a', event_type: 'job.created' }), eventMessage({ event_id: 'b' }));
  expect(ports.deliveries.sent.map(({ message }) => message.subscriptionId)).toEqual([created.id, completed.id]);
});

test('one read of the routes serves a batch of a tenant and type', async () => {
  const { ports, run } = await setUp();
  await run(...Array.from({ length: 10 }, (_unused, index) => eventMessage({ event_id: `evt_${index}` })));
  expect(ports.routes.calls.matching).toBe(1);
});

describe('an event that names its own URL', () => {
  const URL = 'https://customer.example.com/hooks';

  test('is delivered there instead of to subscriptions', async () => {
    const { ports, run } = await setUp(2);
    expect(await run(eventMessage({ webhook_url: URL }))).toMatchObject({ accepted: 1, fannedOut: 1 });
    expect(ports.deliveries.sent).toMatchObject([
      { message: { url: URL, subscriptionId: urlTarget(URL), attempt: 1 } },
    ]);
    expect(ports.routes.calls.matching).toBe(0);
  });

  test('keeps its URL, whatever a copy says', async () => {
    const { ports, run } = await setUp();
    await run(eventMessage({ webhook_url: URL }));
    await run(eventMessage({ webhook_url: 'https://other.example.com/' }));
    await run(eventMessage());
    expect(ports.deliveries.sent.map(({ message }) => message.url)).toEqual([URL, URL, URL]);
    expect(new Set(ports.deliveries.sent.map(({ message }) => message.deliveryId)).size).toBe(1);
  });

  test('of another id is another delivery: a document may send several partial results', async () => {
    const { ports, run } = await setUp();
    await run(
      eventMessage({ webhook_url: URL, event_id: 'partial-1' }),
      eventMessage({ webhook_url: URL, event_id: 'partial-2' }),
    );
    expect(new Set(ports.deliveries.sent.map(({ message }) => message.deliveryId)).size).toBe(2);
  });
});
