import { reason } from '../../../../lambda/core/shared/reason';
import { type ChainId, type EventId } from '../../../../lambda/core/shared/identifiers';
import { STANDARD_PROFILE } from '../../../builders/profile';
import { TENANT } from '../../../builders/subscription';
import { answered, refusedConnection } from '../../../fakes/endpoint';
import { setUp, stored } from './set-up';

describe('failures in a row', () => {
  const events = (count: number, from = 0) =>
    Array.from({ length: count }, (_unused, index) => `evt_${from + index}` as EventId);

  test('disable the subscription at the fifth, with a warning before, and the platform is told', async () => {
    const { ports, message, run, target } = await setUp();
    for (const eventId of events(5)) {
      expect(ports.subscriptions.subscriptions[0]!.enabled).toBe(true);
      ports.endpoint.results.push(answered(404));
      await run(message({ eventId }));
    }
    expect(ports.subscriptions.subscriptions).toMatchObject([
      {
        enabled: false,
        count: 5,
        disabledReason: reason('consecutive-failures', {
          count: 5,
          cause: reason('endpoint-responded', { status: 404 }),
        }),
        disablingPublished: true,
      },
    ]);
    expect(ports.operationalEvents.names).toEqual([
      'delivery.failed',
      'delivery.failed',
      'delivery.failed',
      'subscription.failing',
      'delivery.failed',
      'subscription.disabled',
      'delivery.failed',
    ]);
    expect(ports.operationalEvents.emitted[3]!.detail).toEqual({
      tenant_id: TENANT,
      subscription_id: target.id,
      failed_in_a_row: 4,
      disabled_after: 5,
    });
    expect(await run(message({ eventId: 'next' as EventId }))).toMatchObject({ outcomes: { cancelled: 1 } });
  });

  test('of one batch are counted together', async () => {
    const { ports, message, run } = await setUp();
    ports.endpoint.results.push(...events(7).map(() => answered(404)));
    expect(await run(...events(7).map((eventId) => message({ eventId })))).toMatchObject({ outcomes: { failed: 7 } });
    expect(ports.subscriptions.subscriptions).toMatchObject([{ enabled: false, count: 7 }]);
    expect(ports.operationalEvents.names.filter((name) => name === 'subscription.disabled')).toHaveLength(1);
  });

  test('are forgiven by a success', async () => {
    const { ports, message, run } = await setUp();
    for (const eventId of events(12)) {
      if (eventId !== 'evt_4' && eventId !== 'evt_8') ports.endpoint.results.push(answered(404));
      else ports.endpoint.results.push(answered(200));
      await run(message({ eventId }));
    }
    expect(ports.subscriptions.subscriptions).toMatchObject([{ enabled: true, count: 10, countAtLastSuccess: 7 }]);
  });

  test('a success that cannot be forgiven is not recorded, and its message comes back', async () => {
    const { ports, message, run, target, setRemaining } = await setUp();
    ports.subscriptions.change(target, { count: 3 });
    ports.endpoint.results.push(() => {
      setRemaining(2_000);
      ports.subscriptions.faults.refuse(Infinity);
      return Promise.resolve(answered(200));
    });
    expect((await run(message())).returned).toEqual(['m0']);
    expect(ports.deliveries.records).toEqual([]);
  });

  test('where no streak stands, a success writes nothing to the subscription', async () => {
    const { ports, message, run, target } = await setUp();
    ports.subscriptions.change(target, { count: 3, countAtLastSuccess: 3 });
    const forgive = jest.spyOn(ports.failures, 'resetStreak');
    await run(message());
    expect(forgive).not.toHaveBeenCalled();
    // Once before, then once a group of up to a hundred. Groups of 25 would make five.
    expect(ports.subscriptions.calls.read).toBeLessThanOrEqual(3);
  });

  test('of an epoch that has ended are recorded, not counted', async () => {
    const { ports, message, run, target } = await setUp();
    ports.endpoint.results.push(() => {
      ports.subscriptions.change(target, { epoch: 2, count: 0, countAtLastSuccess: 0 });
      return Promise.resolve(answered(404));
    });
    expect(await run(message())).toMatchObject({ outcomes: { failed: 1 } });
    expect(ports.subscriptions.subscriptions).toMatchObject([{ count: 0 }]);
  });

  test('of replays are not counted, their success forgives', async () => {
    const { ports, message, run, target } = await setUp();
    ports.endpoint.results.push(answered(404));
    await run(message({ replayId: 'r1' }));
    expect(ports.subscriptions.subscriptions).toMatchObject([{ count: 0 }]);
    ports.subscriptions.change(target, { count: 3 });
    await run(message({ eventId: 'b' as EventId, replayId: 'r1' }));
    expect(ports.subscriptions.subscriptions).toMatchObject([{ count: 3, countAtLastSuccess: 3 }]);
  });

  test('of which one record is written already: the rest is counted', async () => {
    const { ports, message, run } = await setUp();
    const [a, b] = [message({ eventId: 'a' as EventId }), message({ eventId: 'b' as EventId })];
    ports.endpoint.results.push(answered(404), answered(404));
    ports.deliveries.put({
      tenantId: TENANT,
      subscriptionId: a.subscriptionId,
      deliveryId: a.deliveryId,
      eventId: a.eventId,
      eventType: a.eventType,
      status: 'delivered',
      attempts: 1,
      history: [],
      expiresAt: 1,
    });
    expect(await run(a, b)).toMatchObject({ outcomes: { dropped: 1, failed: 1 } });
    expect(ports.subscriptions.subscriptions).toMatchObject([{ count: 1 }]);
  });

  test('a failure whose events were not published comes back and is only completed', async () => {
    const { ports, message, run, clock } = await setUp();
    ports.endpoint.results.push(answered(404));
    ports.operationalEvents.faults.refuse(1);
    const sent = message();
    expect((await run(sent)).returned).toEqual(['m0']);
    clock.advance(180_000);
    expect(await run(sent)).toMatchObject({ outcomes: { dropped: 1 } });
    expect(ports.operationalEvents.names).toEqual(['delivery.failed']);
    expect(ports.deliveries.records).toMatchObject([{ status: 'failed', published: true }]);
    expect(ports.endpoint.requests).toHaveLength(1);
    expect(ports.subscriptions.subscriptions).toMatchObject([{ count: 1 }]);
  });

  test(
    'a disabling that was not said is said by the next message that is dropped, though its record is no failure ' +
      'any more',
    async () => {
      const { ports, message, run, target, clock } = await setUp();
      const first = message();
      await run(first);
      ports.subscriptions.change(target, {
        enabled: false,
        disabledReason: reason('consecutive-failures', { count: 5, cause: reason('endpoint-gone') }),
        disabledAt: clock.now(),
      });
      clock.advance(90_000);
      expect(await run({ ...first, chain: 'c2' as ChainId })).toMatchObject({ outcomes: { dropped: 1 } });
      expect(ports.operationalEvents.names).toEqual(['subscription.disabled']);
      expect(ports.subscriptions.subscriptions).toMatchObject([{ disablingPublished: true }]);
    },
  );

  test('410 disables at once where the profile says so, and not where it does not', async () => {
    const standard = await setUp(STANDARD_PROFILE);
    standard.ports.endpoint.results.push(answered(410));
    await standard.run(standard.message());
    expect(standard.ports.subscriptions.subscriptions).toMatchObject([
      { enabled: false, disabledReason: reason('endpoint-gone') },
    ]);
    expect(standard.ports.operationalEvents.names).toEqual(['subscription.disabled', 'delivery.failed']);
    const leapOcr = await setUp();
    leapOcr.ports.endpoint.results.push(answered(410));
    await leapOcr.run(leapOcr.message());
    expect(leapOcr.ports.subscriptions.subscriptions).toMatchObject([{ enabled: true, count: 1 }]);
  });

  test('are not counted when nearly nobody can be reached', async () => {
    const { ports, message, run, memory } = await setUp();
    for (let index = 0; index < 10; index += 1)
      memory.ownFaults.note(`tenant ${index}`, `https://host-${index}.example.com`, false);
    ports.endpoint.results.push(refusedConnection());
    const last = message({ attempt: 8, dueAt: 0 });
    await stored(ports, ports.clock);
    expect(await run(last)).toMatchObject({ outcomes: { failed: 1 }, ownFaultSuspected: true });
    expect(ports.subscriptions.subscriptions).toMatchObject([{ count: 0 }]);
  });
});
