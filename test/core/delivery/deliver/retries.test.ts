import { reason } from '../../../../lambda/core/shared/reason';
import { type ChainId } from '../../../../lambda/core/shared/identifiers';
import { REKOGNITA_PROFILE } from '../../../builders/profile';
import { answered } from '../../../fakes/endpoint';
import { setUp, stored } from './set-up';

describe('a retry', () => {
  test('is in its tier, with a chain of its own, before the record says that the attempt was made', async () => {
    const { ports, message, run, clock } = await setUp();
    ports.endpoint.results.push(answered(500));
    const first = message();
    expect(await run(first)).toMatchObject({ outcomes: { retried: 1 }, returned: [] });
    const [next] = ports.queues.sent;
    expect(next).toMatchObject({
      queue: { kind: 'tier', tier: 0 },
      message: { deliveryId: first.deliveryId, attempt: 2, arrivedAt: first.arrivedAt },
    });
    expect(next!.message.payload).toBeUndefined();
    expect(next!.message.chain).not.toBe(first.chain);
    expect(next!.message.dueAt! - clock.now()).toBeGreaterThanOrEqual(10_000);
    expect(next!.message.dueAt! - clock.now()).toBeLessThanOrEqual(12_000);
    expect(ports.deliveries.records).toMatchObject([
      {
        status: 'pending',
        attempts: 1,
        chain: next!.message.chain,
        dueAt: next!.message.dueAt,
        history: [{ status: 500 }],
      },
    ]);
  });

  test('follows the schedule until the last attempt has failed', async () => {
    const { ports, message, run, runNext, clock } = await setUp(REKOGNITA_PROFILE);
    await stored(ports, clock);
    ports.endpoint.results.push(...Array.from({ length: 5 }, () => answered(503)));
    const start = clock.now();
    await run(message());
    for (let attempt = 2; attempt <= 5; attempt += 1) await runNext();
    const [record] = ports.deliveries.records;
    expect(record!.history.map(({ at }) => (at - start) / 1000)).toEqual([0, 30, 330, 2130, 9330]);
    expect(record).toMatchObject({
      status: 'failed',
      attempts: 5,
      reason: reason('last-attempt-failed', { cause: reason('endpoint-responded', { status: 503 }) }),
    });
    expect(ports.queues.sent).toEqual([]);
  });

  test('that succeeds ends the delivery', async () => {
    const { ports, message, run, runNext, clock } = await setUp();
    await stored(ports, clock);
    ports.endpoint.results.push(answered(500));
    await run(message());
    expect(await runNext()).toMatchObject({ outcomes: { delivered: 1 } });
    expect(ports.deliveries.records).toMatchObject([
      { status: 'delivered', attempts: 2, history: [{ status: 500 }, { status: 200 }] },
    ]);
  });

  test('that comes early is put back as it is, without an attempt', async () => {
    const { ports, message, run, clock } = await setUp();
    ports.endpoint.results.push(answered(500));
    await run(message());
    const [next] = ports.queues.sent.splice(0);
    clock.advance(5_000);
    expect(await run(next!.message)).toMatchObject({ outcomes: { deferred: 1 }, latencies: [] });
    expect(ports.queues.sent).toMatchObject([{ message: next!.message, queue: { kind: 'tier', tier: 0 } }]);
  });

  test('whose message comes twice makes one attempt', async () => {
    const { ports, message, run, clock } = await setUp();
    await stored(ports, clock);
    ports.endpoint.results.push(answered(500), answered(500));
    await run(message());
    const [next] = ports.queues.sent.splice(0);
    clock.advance(20_000);
    expect(await run(next!.message, next!.message)).toMatchObject({ outcomes: { retried: 1, dropped: 1 } });
    clock.advance(20_000);
    expect(await run(next!.message)).toMatchObject({ outcomes: { dropped: 1 } });
    expect(ports.endpoint.requests).toHaveLength(2);
  });

  test('that overtook the record of the attempt before it goes ahead', async () => {
    const { ports, message, run, clock } = await setUp();
    await stored(ports, clock);
    expect(await run(message({ attempt: 3, chain: 'c3' as ChainId, dueAt: clock.now() }))).toMatchObject({
      outcomes: { delivered: 1 },
    });
    expect(ports.endpoint.requests).toHaveLength(1);
  });

  test('waits as long as a Retry-After asks', async () => {
    const { ports, message, run, clock } = await setUp();
    ports.endpoint.results.push({ kind: 'answered', status: 429, latencyMs: 1, answer: '', retryAfter: '7200' });
    await run(message());
    expect(ports.queues.sent).toMatchObject([
      { queue: { kind: 'wait' }, delaySeconds: 900, message: { dueAt: clock.now() + 7_200_000 } },
    ]);
  });
});

describe('a re-enqueue that is refused', () => {
  test('is tried again', async () => {
    const { ports, message, run } = await setUp();
    ports.endpoint.results.push(answered(500));
    ports.queues.answers.push('refused', 'refused');
    expect(await run(message())).toMatchObject({ outcomes: { retried: 1 } });
    expect(ports.queues.sent).toHaveLength(1);
  });

  test.each(['refused', 'unanswered'] as const)(
    'to the end (%s) is owed by the record, and the message that comes back only sends it',
    async (answer) => {
      const { ports, message, run, clock } = await setUp();
      await stored(ports, clock);
      ports.endpoint.results.push(answered(500));
      ports.queues.answers.push(...Array.from({ length: 4 }, () => answer));
      const first = message();
      expect((await run(first)).returned).toEqual(['m0']);
      const [owing] = ports.deliveries.records;
      expect(owing).toMatchObject({ status: 'pending', attempts: 1, unsentBy: first.chain });
      ports.queues.answers.length = 0;
      clock.advance(180_000);
      expect(await run(first)).toMatchObject({ outcomes: { retried: 1 }, latencies: [] });
      expect(ports.queues.sent).toMatchObject([{ message: { attempt: 2, chain: owing!.chain, dueAt: owing!.dueAt } }]);
      expect(ports.deliveries.records[0]!.unsentBy).toBeUndefined();
      expect(await run(ports.queues.sent.splice(0)[0]!.message)).toMatchObject({ outcomes: { delivered: 1 } });
      expect(ports.endpoint.requests).toHaveLength(2);
    },
  );
});
