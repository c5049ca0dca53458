import { reason } from '../../../../lambda/core/shared/reason';
import { type EventId } from '../../../../lambda/core/shared/identifiers';
import { PortUnavailable } from '../../../../lambda/core/shared/errors';
import { TENANT } from '../../../builders/subscription';
import { answered } from '../../../fakes/endpoint';
import { type Subscription } from '../../../../lambda/core/subscriptions/subscription';
import { BODY, setUp } from './set-up';

describe('a rate limit', () => {
  const ids = (count: number) => Array.from({ length: count }, (_unused, index) => `e${index}` as EventId);
  async function limited(perSecond: number) {
    const all = await setUp();
    all.ports.subscriptions.change(all.target, { rateLimit: { perSecond } });
    return { ...all, limitOf: () => all.ports.subscriptions.subscriptions[0]!.rateLimit };
  }

  test('lets a second’s worth go at once; the rest gets evenly spaced places in line', async () => {
    const { ports, message, run, clock } = await limited(4);
    expect(await run(...ids(10).map((eventId) => message({ eventId })))).toMatchObject({
      outcomes: { delivered: 4, deferred: 6 },
    });
    const waiting = ports.queues.sent.map(({ message: sent }) => sent);
    const first = waiting[0]!.dueAt!;
    expect(first).toBeGreaterThanOrEqual(clock.now() + 990);
    expect(waiting.map(({ dueAt }) => dueAt! - first)).toEqual([0, 250, 500, 750, 1000, 1250]);
    expect(
      waiting.every(
        ({ inLine, rateWaitedMs, deferredMs, chain, attempt }) =>
          inLine === true && rateWaitedMs! > 0 && deferredMs === undefined && chain === 'c1' && attempt === 1,
      ),
    ).toBe(true);
    expect(ports.queues.sent.map(({ queue, delaySeconds }) => `${queue.kind} ${delaySeconds}`)).toEqual([
      'delivery 1',
      'delivery 2',
      'delivery 2',
      'delivery 2',
      'delivery 2',
      'delivery 3',
    ]); // and in no retry tier
  });

  test('nobody overtakes those who wait in line, and their turn comes', async () => {
    const { ports, message, run, clock } = await limited(4);
    await run(...ids(14).map((eventId) => message({ eventId })));
    const waiting = ports.queues.sent.splice(0).map(({ message: sent }) => ({ ...sent, payload: BODY }));
    clock.advance(1_100); // the bucket has room for four again
    expect(await run(message({ eventId: 'late' as EventId }), waiting[0]!)).toMatchObject({
      outcomes: { delivered: 1, deferred: 1 },
    });
    const [late] = ports.queues.sent.map(({ message: sent }) => sent);
    expect(late!.eventId).toBe('late');
    expect(late!.dueAt).toBeGreaterThan(waiting.at(-1)!.dueAt!);
  });

  test('holds for those in line, too, when more of them come at once than fit', async () => {
    const { ports, message, run, clock } = await limited(2);
    await run(...ids(12).map((eventId) => message({ eventId })));
    const waiting = ports.queues.sent.splice(0).map(({ message: sent }) => ({ ...sent, payload: BODY }));
    clock.advance(60_000);
    expect(await run(...waiting)).toMatchObject({ outcomes: { delivered: 4, deferred: 6 } }); // two seconds' worth
  });

  test('of other functions that use it meanwhile counts', async () => {
    const { ports, message, run, clock, limitOf } = await limited(10);
    const read = ports.subscriptions.read.bind(ports.subscriptions);
    ports.subscriptions.read = async (...asked) => {
      const targets = await read(...asked);
      ports.subscriptions.read = read;
      await ports.subscriptions.advance(
        { tenantId: TENANT, subscriptionId: (targets.subscriptions[0] as Subscription).id },
        { mark: 'spentUntil', seen: { perSecond: 10 }, notBefore: clock.now() * 1000, by: 800_000, notAfter: Infinity },
      );
      return targets;
    };
    expect(await run(...ids(5).map((eventId) => message({ eventId })))).toMatchObject({
      outcomes: { delivered: 2, deferred: 3 },
    });
    expect(limitOf()!.spentUntil).toBeLessThanOrEqual((clock.now() + 1_000) * 1000);
  });

  test('that is changed meanwhile asks again in a second', async () => {
    const { ports, message, run, clock, target } = await limited(10);
    const read = ports.subscriptions.read.bind(ports.subscriptions);
    ports.subscriptions.read = async (...asked) => {
      const targets = await read(...asked);
      ports.subscriptions.change(target, { rateLimit: { perSecond: 20 } });
      return targets;
    };
    expect(await run(message())).toMatchObject({ outcomes: { deferred: 1 } });
    const [deferred] = ports.queues.sent.map(({ message: sent }) => sent);
    expect(deferred!.dueAt! - clock.now()).toBeLessThanOrEqual(1_200);
    expect(deferred!.inLine).toBeUndefined();
  });

  test('whose line is full sends away without a place, for minutes', async () => {
    const { ports, message, run, clock, target } = await limited(1);
    ports.subscriptions.change(target, {
      rateLimit: { perSecond: 1, spentUntil: clock.now() * 1000, lineUntil: (clock.now() + 899_500) * 1000 },
    });
    expect(await run(message())).toMatchObject({ outcomes: { deferred: 1 } });
    const [deferred] = ports.queues.sent.map(({ message: sent }) => sent);
    expect(deferred!.dueAt! - clock.now()).toBeGreaterThanOrEqual(750_000);
    expect(deferred!.dueAt! - clock.now()).toBeLessThanOrEqual(900_000);
    expect(deferred!.inLine).toBeUndefined();
  });

  test('counts retries, and a retry has no claim to the place that the attempt before it had', async () => {
    const { ports, message, run, runNext, target, clock } = await limited(1);
    ports.endpoint.results.push(answered(500));
    await run(message({ inLine: true, rateWaitedMs: 7_000 }));
    expect(ports.queues.sent.map(({ message: sent }) => sent)).toMatchObject([{ attempt: 2, rateWaitedMs: 7_000 }]);
    expect(ports.queues.sent[0]!.message).not.toHaveProperty('inLine');
    ports.subscriptions.change(target, {
      rateLimit: {
        perSecond: 1,
        spentUntil: (clock.now() + 3_600_000) * 1000,
        lineUntil: (clock.now() + 3_600_000) * 1000,
      },
    });
    // The second attempt finds no room.
    expect(await runNext()).toMatchObject({ outcomes: { deferred: 1 }, latencies: [] });
  });

  test('whose line is nearly full gives the places that there are, and sends the rest away for minutes', async () => {
    const { ports, message, run, target, clock } = await limited(1);
    ports.subscriptions.change(target, {
      rateLimit: { perSecond: 1, spentUntil: (clock.now() + 1_000) * 1000, lineUntil: (clock.now() + 898_000) * 1000 },
    });
    expect(await run(...ids(4).map((eventId) => message({ eventId })))).toMatchObject({ outcomes: { deferred: 4 } });
    const waits = ports.queues.sent.map(({ message: sent }) => ({
      placed: sent.inLine === true,
      waitMs: sent.dueAt! - clock.now(),
    }));
    expect(waits.map(({ placed }) => placed)).toEqual([true, true, false, false]);
    for (const { placed, waitMs } of waits) expect(waitMs).toBeGreaterThanOrEqual(placed ? 897_000 : 740_000);
  });

  test('ends its line as soon as what comes is below it', async () => {
    const { ports, message, run, clock } = await limited(10);
    await run(...ids(30).map((eventId) => message({ eventId })));
    const waiting = ports.queues.sent.splice(0).map(({ message: sent }) => ({ ...sent, payload: BODY }));
    for (const each of waiting) {
      clock.advance(Math.max(0, each.dueAt! - clock.now()));
      await run(each);
    }
    for (let index = 0; index < 20; index += 1) {
      clock.advance(200);
      expect(await run(message({ eventId: `new${index}` as EventId }))).toMatchObject({ outcomes: { delivered: 1 } });
    }
  });

  test('that nobody uses keeps nobody new in a line whose places are for those who will not come', async () => {
    const { ports, message, run, target, clock } = await limited(1);
    ports.subscriptions.change(target, {
      rateLimit: { perSecond: 1, spentUntil: (clock.now() - 6_000) * 1000, lineUntil: (clock.now() + 700_000) * 1000 },
    });
    expect(await run(message())).toMatchObject({ outcomes: { delivered: 1 } });
  });

  test('that refuses the line still lets go whom it let go', async () => {
    const { ports, message, run } = await limited(1);
    const advance = ports.subscriptions.advance.bind(ports.subscriptions);
    ports.rates = {
      advance: (key: never, asked: { mark: string }) =>
        asked.mark === 'lineUntil'
          ? Promise.reject(new PortUnavailable('subscriptions table', new Error('throttled')))
          : advance(key, asked as never),
    } as never;
    expect(await run(...ids(5).map((eventId) => message({ eventId })))).toMatchObject({
      outcomes: { delivered: 1, deferred: 4 },
      returned: [],
    });
  });

  test('that leaves no room for 24 hours fails the delivery, which is not counted and can be recovered', async () => {
    const { ports, message, run, target, clock } = await limited(1);
    ports.subscriptions.change(target, {
      rateLimit: { perSecond: 1, spentUntil: clock.now() * 1000, lineUntil: (clock.now() + 899_500) * 1000 },
    });
    expect(await run(message({ rateWaitedMs: 86_400_000 - 60_000 }))).toMatchObject({
      outcomes: { failed: 1 },
      latencies: [],
    });
    expect(ports.deliveries.records).toMatchObject([
      { status: 'failed', attempts: 0, reason: reason('rate-limit-exhausted') },
    ]);
    expect(ports.subscriptions.subscriptions).toMatchObject([{ count: 0, enabled: true }]);
    expect(ports.operationalEvents.names).toContain('delivery.failed');
  });

  test('does not keep the probe of a circuit in line', async () => {
    const { ports, message, run, target, clock } = await limited(1);
    ports.subscriptions.change(target, {
      circuit: { openedAt: clock.now() - 60_000, probeAt: clock.now() },
      rateLimit: { perSecond: 1, lineUntil: (clock.now() + 600_000) * 1000 },
    });
    expect(await run(message())).toMatchObject({ outcomes: { delivered: 1 } });
  });

  test('that cannot be asked lets nobody go, and gives nobody back to the queue, which would count it', async () => {
    const { ports, message, run, clock } = await limited(5);
    ports.rates = {
      advance: () => Promise.reject(new PortUnavailable('subscriptions table', new Error('throttled'))),
    } as never;
    expect(await run(message())).toMatchObject({ outcomes: { deferred: 1 }, returned: [] });
    expect(ports.endpoint.requests).toEqual([]);
    expect(ports.queues.sent[0]!.message.dueAt! - clock.now()).toBeGreaterThanOrEqual(29_000);
  });

  test('none: nothing is asked', async () => {
    const { ports, message, run } = await setUp();
    ports.rates = { advance: () => Promise.reject(new Error('asked')) } as never;
    expect(await run(message())).toMatchObject({ outcomes: { delivered: 1 } });
  });
});
