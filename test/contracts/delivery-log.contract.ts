import { reason } from '../../lambda/core/shared/reason';
import type { DeliveryId } from '../../lambda/core/shared/identifiers';
import { TENANT } from '../builders/subscription';
import { answer500, AT, chain, retrying, settled, untried } from './delivery-records';
import { type DeliveryLog, PUT_GROUP } from '../../lambda/core/delivery/delivery-log';
import type { ReplayMarks } from '../../lambda/core/replay/replay';
import type { DeliveryRecord } from '../../lambda/core/delivery/delivery-record';

/** What every delivery log does, the fake and the real one alike. */
export function deliveryLogContract(create: () => DeliveryLog & ReplayMarks): void {
  let log: DeliveryLog & ReplayMarks;
  beforeAll(() => {
    log = create();
  });
  const taken = async (changes: Partial<DeliveryRecord> = {}): Promise<DeliveryRecord> => {
    const record = untried(changes);
    expect(await log.claim(record)).toBe(true);
    return record;
  };

  test('a record is taken once, by its chain', async () => {
    const record = untried();
    expect(await log.read(record)).toBeUndefined();
    expect(await log.claim(record)).toBe(true);
    expect(await log.claim({ ...record, chain: chain('c2') })).toBe(false);
    expect(await log.claim(record)).toBe(true); // again after an answer that was lost
    expect(await log.read(record)).toEqual(record);
  });

  test('of messages that take a record at the same time, one has it', async () => {
    const record = untried();
    const takes = await Promise.all(
      Array.from({ length: 8 }, (_unused, index) => log.claim({ ...record, chain: chain(`c${index}`) })),
    );
    expect(takes.filter(Boolean)).toHaveLength(1);
    expect((await log.read(record))!.chain).toBe(`c${takes.indexOf(true)}`);
  });

  test('a taken record is settled once, and keeps its end', async () => {
    const record = await taken();
    const delivered = settled(record, 'delivered');
    expect(await log.settle(delivered, 1)).toEqual({ written: true });
    expect(await log.settle(settled(record, 'failed', { settledAt: AT + 200 }), 1)).toEqual({
      written: false,
      stored: delivered,
    });
    expect(await log.settle(delivered, 1)).toEqual({ written: true }); // again after an answer that was lost
    expect(await log.read(record)).toEqual(delivered);
  });

  test('a record that was never taken is settled, too', async () => {
    const failed = settled(untried(), 'failed', { reason: reason('endpoint-responded', { status: 500 }), epoch: 3 });
    expect(await log.settle(failed, 1)).toEqual({ written: true });
    expect(await log.read(failed)).toEqual(failed);
    expect(await log.claim(untried({ deliveryId: failed.deliveryId }))).toBe(false);
  });

  test('a failure does not go over a pending record that is as far, a success does', async () => {
    const record = await taken({ attempts: 1 });
    expect(await log.settle(settled(record, 'failed'), 1)).toEqual({ written: false, stored: record });
    expect(await log.settle(settled(record, 'failed', { attempts: 2 }), 2)).toEqual({ written: true });
    const other = await taken({ attempts: 1 });
    expect(await log.settle(settled(other, 'delivered'), 1)).toEqual({ written: true });
  });

  describe('a retry to come', () => {
    test('is recorded where there is nothing yet', async () => {
      const record = retrying(untried(), 1);
      expect(await log.settle(record, 1)).toEqual({ written: true });
      expect(await log.read(record)).toEqual(record);
    });

    test('is recorded over fewer attempts, and adds to their history', async () => {
      const first = await taken();
      for (const attempt of [1, 2, 3])
        expect(await log.settle(retrying(first, attempt), attempt)).toEqual({ written: true });
      expect(await log.read(first)).toEqual(retrying(first, 3, { history: [1, 2, 3].map(answer500) }));
    });

    test('is recorded over a record that is more than one attempt behind', async () => {
      const first = await taken();
      expect(await log.settle(retrying(first, 3), 3)).toEqual({ written: true });
      expect(await log.read(first)).toEqual(retrying(first, 3));
    });

    test.each([
      ['as many', 2],
      ['more', 3],
    ])('is refused over %s attempts, and is shown what stands', async (_what, attempts) => {
      const first = untried();
      const stands = retrying(first, attempts, { chain: chain('another'), dueAt: AT + 99_000 });
      await log.settle(stands, attempts);
      expect(await log.settle(retrying(first, 2), 2)).toEqual({ written: false, stored: stands });
      expect(await log.read(first)).toEqual(stands);
    });

    test('written again after an answer that was lost is written once', async () => {
      const record = retrying(await taken(), 1);
      await log.settle(record, 1);
      expect(await log.settle(record, 1)).toEqual({ written: true });
      expect((await log.read(record))!.history).toEqual([answer500(1)]);
    });

    test("is not another's because it is as far: its chain says whose it is", async () => {
      const record = retrying(await taken(), 1);
      await log.settle(record, 1);
      expect(await log.settle({ ...record, chain: chain('c2 of another') }, 1)).toEqual({
        written: false,
        stored: record,
      });
    });

    test.each(['delivered', 'failed', 'cancelled'] as const)(
      'never goes over a record that is %s, however many attempts it has made',
      async (status) => {
        const end = settled(untried(), status);
        await log.settle(end, 1);
        expect(await log.settle(retrying(end, 4), 4)).toEqual({ written: false, stored: end });
        expect(await log.settle(settled(end, 'delivered', { attempts: 4, settledAt: AT + 500 }), 4)).toEqual({
          written: false,
          stored: end,
        });
        expect(await log.read(end)).toEqual(end);
      },
    );

    test.each([
      ['another retry', (from: DeliveryRecord) => retrying(from, 2)],
      ['a success', (from: DeliveryRecord) => settled(from, 'delivered', { attempts: 2 })],
      [
        'a failure',
        (from: DeliveryRecord) =>
          settled(from, 'failed', { attempts: 2, reason: reason('endpoint-responded', { status: 500 }) }),
      ],
    ])('leaves nothing of its chain, due time and debt once %s is written', async (_what, next) => {
      const owing = retrying(untried(), 1, { unsentBy: chain('c1') });
      await log.settle(owing, 1);
      expect(await log.read(owing)).toEqual(owing);
      const later = next(owing);
      expect(await log.settle(later, 2)).toEqual({ written: true });
      expect(await log.read(owing)).toEqual({ ...later, history: [...owing.history, ...later.history] });
    });

    test('keeps the URL when the next state no longer knows it, and takes over its time of expiry', async () => {
      const first = retrying(untried(), 1);
      await log.settle(first, 1);
      const { url: _gone, ...cancelled } = settled(first, 'cancelled', {
        attempts: 1,
        history: [],
        reason: reason('webhook-deleted'),
        expiresAt: first.expiresAt + 60,
      });
      expect(await log.settle(cancelled, 2)).toEqual({ written: true });
      expect(await log.read(first)).toEqual({ ...cancelled, url: first.url, history: first.history });
    });
  });

  test('a success goes over a pending record with more attempts', async () => {
    const ahead = retrying(untried(), 3);
    await log.settle(ahead, 3);
    const delivered = settled(ahead, 'delivered', { attempts: 1 });
    expect(await log.settle(delivered, 1)).toEqual({ written: true });
    expect(await log.read(ahead)).toEqual({ ...delivered, history: [...ahead.history, ...delivered.history] });
  });

  test('an end written again after an answer that was lost is known by its settled time', async () => {
    const failed = settled(untried(), 'failed');
    await log.settle(failed, 1);
    expect(await log.settle(failed, 1)).toEqual({ written: true });
    expect(await log.settle({ ...failed, settledAt: failed.settledAt! + 1 }, 1)).toEqual({
      written: false,
      stored: failed,
    });
    expect((await log.read(failed))!.history).toEqual(failed.history);
  });

  test('history is added to, never replaced', async () => {
    const record = await taken({
      attempts: 1,
      history: [{ at: AT - 10_000, latencyMs: 9_999, error: reason('connection-refused') }],
    });
    await log.settle(settled(record, 'delivered', { attempts: 2 }), 2);
    expect((await log.read(record))!.history).toEqual([
      { at: AT - 10_000, latencyMs: 9_999, error: reason('connection-refused') },
      { at: AT, latencyMs: 12, status: 200, answer: 'ok' },
    ]);
  });

  test('of writes of one attempt at the same time, one is written, and the others are shown it', async () => {
    const record = await taken();
    const writes = await Promise.all(
      Array.from({ length: 8 }, (_unused, index) =>
        log.settle(retrying(record, 1, { chain: chain(`c2 of ${index}`) }), 1),
      ),
    );
    const winner = writes.findIndex(({ written }) => written);
    const stored = retrying(record, 1, { chain: chain(`c2 of ${winner}`) });
    expect(writes).toEqual(
      writes.map((_write, index) => (index === winner ? { written: true } : { written: false, stored })),
    );
    expect(await log.read(record)).toEqual(stored);
  });

  describe('a debt', () => {
    const owing = async (): Promise<DeliveryRecord> => {
      const record = retrying(untried(), 1, { unsentBy: chain('c1') });
      await log.settle(record, 1);
      return record;
    };

    test('is cleared once it is paid, and nothing else of the record is', async () => {
      const record = await owing();
      await log.clearUnsent(record);
      await log.clearUnsent(record);
      const { unsentBy: _paid, ...rest } = record;
      expect(await log.read(record)).toEqual(rest);
    });

    test.each([
      ['of another chain', { chain: chain('another') }],
      ['of more attempts', { attempts: 2 }],
    ])('of a record that is one %s by now stays', async (_what, changes) => {
      const record = await owing();
      await log.clearUnsent({ ...record, ...changes });
      expect(await log.read(record)).toEqual(record);
    });

    test('that nobody has makes no record', async () => {
      const record = retrying(untried(), 1, { unsentBy: chain('c1') });
      await log.clearUnsent(record);
      expect(await log.read(record)).toBeUndefined();
    });
  });

  describe('that what follows from a failure is done', () => {
    test('is marked, however often', async () => {
      const failed = settled(untried(), 'failed');
      await log.settle(failed, 1);
      expect((await log.read(failed))!.published).toBeUndefined();
      await log.markPublished(failed);
      await log.markPublished(failed);
      expect(await log.read(failed)).toEqual({ ...failed, published: true });
    });

    test('is no reason to write the failure again', async () => {
      const failed = settled(untried(), 'failed');
      await log.settle(failed, 1);
      await log.markPublished(failed);
      expect(await log.settle(failed, 1)).toEqual({ written: true });
      expect(await log.settle(settled(failed, 'failed', { settledAt: AT + 200 }), 1)).toEqual({
        written: false,
        stored: { ...failed, published: true },
      });
    });

    test.each([
      ['pending', retrying(untried(), 1)],
      ['delivered', settled(untried(), 'delivered')],
      ['cancelled', settled(untried(), 'cancelled')],
    ])('is not marked on a record that is %s', async (_status, record) => {
      await log.settle(record, 1);
      await log.markPublished(record);
      expect(await log.read(record)).toEqual(record);
    });

    test('makes no record where there is none', async () => {
      const record = untried();
      await log.markPublished(record);
      expect(await log.read(record)).toBeUndefined();
    });
  });

  test("a replay's record says what it is of, through all its states", async () => {
    const replay = await taken({ replayId: 'replay 1', replayOf: 'original' as DeliveryId });
    expect(await log.read(replay)).toEqual(replay);
    const { replayId: _id, replayOf: _of, ...olderFunctions } = retrying(replay, 1);
    await log.settle(olderFunctions, 1);
    expect(await log.read(replay)).toMatchObject({ attempts: 1, replayId: 'replay 1', replayOf: 'original' });
    await log.settle(settled(replay, 'failed', { attempts: 2 }), 2);
    expect(await log.read(replay)).toMatchObject({ status: 'failed', replayId: 'replay 1', replayOf: 'original' });
  });

  describe('that a replay is made', () => {
    const replays = ['r1', 'r2', 'r3'] as DeliveryId[];
    const [first, second, third] = replays as [DeliveryId, DeliveryId, DeliveryId];

    test.each(['delivered', 'failed', 'cancelled'] as const)(
      'is noted on a record that is %s, once each, in order',
      async (status) => {
        const original = settled(untried(), status);
        await log.settle(original, 1);
        for (const replay of [first, second, first]) expect(await log.markReplay(original, replay, 3)).toBe('marked');
        expect(await log.read(original)).toEqual({ ...original, replays: [first, second] });
      },
    );

    test('is noted by each of those who make one at the same time', async () => {
      const original = settled(untried(), 'failed');
      await log.settle(original, 1);
      expect(await Promise.all(replays.map((replay) => log.markReplay(original, replay, 50)))).toEqual([
        'marked',
        'marked',
        'marked',
      ]);
      expect([...(await log.read(original))!.replays!].sort()).toEqual(replays);
    });

    test('is refused when there are as many already, unless it is one of them', async () => {
      const original = settled(untried(), 'failed');
      await log.settle(original, 1);
      for (const replay of [first, second]) await log.markReplay(original, replay, 2);
      expect(await log.markReplay(original, third, 2)).toBe('full');
      expect(await log.markReplay(original, second, 2)).toBe('marked');
      expect((await log.read(original))!.replays).toEqual([first, second]);
    });

    test('makes no record where there is none', async () => {
      const original = untried();
      expect(await log.markReplay(original, first, 50)).toBe('gone');
      expect(await log.read(original)).toBeUndefined();
    });

    test('stays noted when the failure is completed, and is no reason to write it again', async () => {
      const original = settled(untried(), 'failed');
      await log.settle(original, 1);
      await log.markReplay(original, first, 50);
      expect(await log.settle(original, 1)).toEqual({ written: true });
      await log.markPublished(original);
      expect(await log.read(original)).toEqual({ ...original, published: true, replays: [first] });
    });
  });

  test('a group of successes is written at once, over whatever is there', async () => {
    const before = [await taken(), retrying(untried(), 2), settled(untried(), 'failed')];
    for (const record of before.slice(1)) await log.settle(record, record.attempts);
    const records = [...before, ...Array.from({ length: PUT_GROUP - before.length }, () => untried())].map((record) =>
      settled(record, 'delivered'),
    );
    expect(await log.putDelivered(records)).toEqual([]);
    for (const record of records) expect(await log.read(record)).toEqual(record);
  });

  test("another tenant's key does not name it", async () => {
    const record = await taken();
    const theirs = { ...record, tenantId: 'org_123/other' as typeof TENANT };
    expect(await log.read(theirs)).toBeUndefined();
    expect(await log.claim(theirs)).toBe(true);
    await log.settle(settled(theirs, 'failed'), 1);
    expect(await log.read(record)).toEqual(record);
  });
}
