import { type EventId } from '../../../../lambda/core/shared/identifiers';
import { PortUnavailable } from '../../../../lambda/core/shared/errors';
import { TENANT } from '../../../builders/subscription';
import { answered, refusedConnection, timedOut } from '../../../fakes/endpoint';
import { setUp } from './set-up';

describe('the circuit', () => {
  test('opens after repeated timeouts; deliveries are then deferred, by their own chain', async () => {
    const { ports, message, run, target, clock } = await setUp();
    const ids = ['a', 'b', 'c', 'd', 'e'] as EventId[];
    ports.endpoint.results.push(...ids.map(() => timedOut()));
    expect(await run(...ids.map((eventId) => message({ eventId })))).toMatchObject({
      outcomes: { retried: 5 },
      circuitsOpened: 1,
    });
    expect(ports.subscriptions.subscriptions).toMatchObject([
      { circuit: { openedAt: clock.now(), probeAt: clock.now() + 30_000 } },
    ]);
    ports.queues.sent.length = 0;
    const next = message({ eventId: 'f' as EventId });
    expect(await run(next)).toMatchObject({ outcomes: { deferred: 1 }, latencies: [] });
    const [deferred] = ports.queues.sent;
    expect(deferred).toMatchObject({
      queue: { kind: 'tier', tier: 0 },
      message: { attempt: 1, chain: next.chain, arrivedAt: next.arrivedAt },
    });
    expect(deferred!.message.deferredMs).toBe(deferred!.message.dueAt! - clock.now());
    expect(ports.deliveries.records.filter(({ eventId }) => eventId === 'f')).toEqual([]);
    expect(target.circuit).toBeUndefined();
  });

  test('opens by the failures of all environments together, few as each has seen', async () => {
    const { ports, message, target, clock, runIn } = await setUp();
    ports.endpoint.results.push(...[1, 2, 3, 4, 5].map(() => timedOut()));
    for (const index of [1, 2, 3, 4])
      expect(await runIn(message({ eventId: `e${index}` as EventId }))).toMatchObject({ circuitsOpened: 0 });
    expect(ports.subscriptions.subscriptions).toMatchObject([{ id: target.id, suspicion: { failures: 4 } }]);
    expect(await runIn(message({ eventId: 'e5' as EventId }))).toMatchObject({
      outcomes: { retried: 1 },
      circuitsOpened: 1,
    });
    expect(ports.subscriptions.subscriptions[0]).not.toHaveProperty('suspicion');
    expect(ports.subscriptions.subscriptions[0]!.circuit!.openedAt).toBeLessThanOrEqual(clock.now());
  });

  test.each([answered(200), answered(500)])(
    'is suspected no more once any environment has an answer: %j',
    async (answer) => {
      const { ports, message, runIn } = await setUp();
      ports.endpoint.results.push(timedOut(), timedOut(), timedOut(), timedOut(), answer, timedOut());
      for (const index of [1, 2, 3, 4, 5]) await runIn(message({ eventId: `e${index}` as EventId }));
      expect(ports.subscriptions.subscriptions[0]).not.toHaveProperty('suspicion');
      expect(await runIn(message({ eventId: 'e6' as EventId }))).toMatchObject({ circuitsOpened: 0 });
      expect(ports.subscriptions.subscriptions).toMatchObject([{ suspicion: { failures: 1 } }]);
    },
  );

  test('is not suspected by an environment that has had answers since the failing attempt began', async () => {
    const { ports, message, run, memory, target, clock } = await setUp();
    ports.endpoint.results.push(timedOut());
    const post = ports.endpoint.post.bind(ports.endpoint);
    ports.endpoint.post = (...asked) => {
      clock.advance(1);
      memory.answers.note(`${TENANT}#${target.id}`);
      return post(...asked);
    };
    await run(message());
    expect(ports.subscriptions.subscriptions[0]).not.toHaveProperty('suspicion');
  });

  test('is not suspected while the fault is likely our own', async () => {
    const { ports, message, run, memory } = await setUp();
    for (let index = 0; index < 12; index += 1)
      memory.ownFaults.note(`tenant_${index}`, `https://host-${index}.example.com/`, false);
    ports.endpoint.results.push(timedOut());
    await run(message());
    expect(ports.subscriptions.subscriptions[0]).not.toHaveProperty('suspicion');
  });

  test('of a busy endpoint that refuses some is not suspected: it has answered lately', async () => {
    const { ports, message, run, clock } = await setUp();
    await run(message({ eventId: 'answered' as EventId }));
    clock.advance(9_000);
    ports.endpoint.results.push(...[1, 2, 3, 4, 5].map(() => refusedConnection()));
    const ids = ['a', 'b', 'c', 'd', 'e'] as EventId[];
    expect(await run(...ids.map((eventId) => message({ eventId })))).toMatchObject({ circuitsOpened: 0 });
    clock.advance(2_000);
    ports.endpoint.results.push(...[1, 2, 3, 4, 5].map(() => refusedConnection()));
    expect(await run(...ids.map((eventId) => message({ eventId: `${eventId}2` as EventId })))).toMatchObject({
      circuitsOpened: 1,
    });
  });

  test('that was opened while an attempt was under way is closed by its success', async () => {
    const { ports, message, run, target, clock } = await setUp();
    const post = ports.endpoint.post.bind(ports.endpoint);
    ports.endpoint.post = (...asked) => {
      ports.subscriptions.change(target, { circuit: { openedAt: clock.now(), probeAt: clock.now() + 30_000 } });
      return post(...asked);
    };
    expect(await run(message())).toMatchObject({ outcomes: { delivered: 1 } });
    expect(ports.subscriptions.subscriptions[0]).not.toHaveProperty('circuit');
  });

  test('that cannot be changed changes nothing of the delivery', async () => {
    const { ports, message, run } = await setUp();
    ports.circuits = {
      ...ports.circuits,
      suspect: () => Promise.reject(new PortUnavailable('subscriptions table', new Error('throttled'))),
    } as never;
    ports.endpoint.results.push(timedOut());
    expect(await run(message())).toMatchObject({ outcomes: { retried: 1 } });
  });

  test('lets one probe through, and closes when it is answered, whatever the status', async () => {
    const { ports, message, run, target, clock } = await setUp();
    ports.subscriptions.change(target, { circuit: { openedAt: clock.now() - 60_000, probeAt: clock.now() } });
    ports.endpoint.results.push(answered(500));
    const ids = ['a', 'b', 'c'] as EventId[];
    expect(await run(...ids.map((eventId) => message({ eventId })))).toMatchObject({
      outcomes: { retried: 1, deferred: 2 },
    });
    expect(ports.endpoint.requests).toHaveLength(1);
    expect(ports.subscriptions.subscriptions[0]!.circuit).toBeUndefined();
  });

  test('stays open when the probe is not answered, and the next probe is half a minute later', async () => {
    const { ports, message, run, target, clock } = await setUp();
    ports.subscriptions.change(target, { circuit: { openedAt: clock.now() - 60_000, probeAt: clock.now() } });
    ports.endpoint.results.push(timedOut());
    await run(message());
    expect(ports.subscriptions.subscriptions).toMatchObject([{ circuit: { probeAt: clock.now() + 30_000 } }]);
  });

  test('a delivery deferred for 24 hours is attempted whatever the circuit says', async () => {
    const { ports, message, run, target, clock } = await setUp();
    ports.subscriptions.change(target, { circuit: { openedAt: clock.now(), probeAt: clock.now() + 30_000 } });
    expect(await run(message({ deferredMs: 86_400_000 }))).toMatchObject({ outcomes: { delivered: 1 } });
  });

  test('a deferral that is refused returns its message', async () => {
    const { ports, message, run, target, clock } = await setUp();
    ports.subscriptions.change(target, { circuit: { openedAt: clock.now(), probeAt: clock.now() + 30_000 } });
    ports.queues.answers.push('refused', 'refused', 'refused', 'refused');
    ports.queues.answers.push('refused', 'refused', 'refused', 'refused');
    expect((await run(message())).returned).toEqual(['m0']);
  });
});
