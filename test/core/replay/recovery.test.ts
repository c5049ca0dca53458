import { reason } from '../../../lambda/core/shared/reason';
import { Conflict, NotFound, PortUnavailable } from '../../../lambda/core/shared/errors';
import {
  deliveryId,
  type DeliveryId,
  type EventId,
  type SubscriptionId,
} from '../../../lambda/core/shared/identifiers';
import { recover, type RecoverySettings, STALLED_MS, startRecovery } from '../../../lambda/core/replay/recovery';
import {
  formatRecoveryStep,
  type RecoveryJob,
  type RecoveryStep,
  stepOf,
} from '../../../lambda/core/replay/recovery-job';
import { REPLAYS_MAX } from '../../../lambda/core/replay/replay';
import { LEAPOCR_PROFILE } from '../../builders/profile';
import { subscription, TENANT } from '../../builders/subscription';
import { retrying, settled, untried } from '../../contracts/delivery-records';
import { InMemoryDeliveryHistory } from '../../fakes/delivery-history';
import { InMemoryDeliveryLog } from '../../fakes/delivery-log';
import { InMemoryFigures } from '../../fakes/figures';
import { RecordingLog } from '../../fakes/log';
import { InMemoryDeliveryQueues, InMemoryRecoveryQueue } from '../../fakes/queues';
import { InMemoryRecoveryJobs } from '../../fakes/recovery-jobs';
import { InMemorySubscriptionStore } from '../../fakes/subscription-store';
import { ManualClock, SeededRandom } from '../../fakes/time-and-random';
import type { DeliveryRecord } from '../../../lambda/core/delivery/delivery-record';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

async function setUp(changes: Partial<RecoverySettings> = {}) {
  const settings: RecoverySettings = {
    ...LEAPOCR_PROFILE,
    plans: LEAPOCR_PROFILE.plans,
    tiers: 7,
    page: 3,
    ...changes,
  };
  const clock = new ManualClock();
  const target = subscription();
  const deliveries = new InMemoryDeliveryLog();
  const ports = {
    clock,
    random: new SeededRandom('recovery'),
    subscriptions: new InMemorySubscriptionStore(deliveries),
    deliveries,
    history: new InMemoryDeliveryHistory(deliveries, clock),
    queues: new InMemoryDeliveryQueues(),
    jobs: new InMemoryRecoveryJobs(),
    recoveries: new InMemoryRecoveryQueue(),
    figures: new InMemoryFigures(),
    log: new RecordingLog(),
  };
  await ports.subscriptions.create(target);
  const key = { tenantId: TENANT, subscriptionId: target.id };
  let events = 0;
  /** An original, of an event that arrived then. */
  const put = (
    status: DeliveryRecord['status'],
    arrivedAt = clock.now(),
    more: Partial<DeliveryRecord> = {},
  ): DeliveryRecord => {
    const eventId = `evt_${(events += 1)}` as EventId;
    const start = untried({
      ...key,
      eventId,
      url: target.destination.url,
      deliveryId: deliveryId({ time: arrivedAt, tenantId: TENANT, eventId, target: target.id }),
      expiresAt: clock.now() / 1000 + 40 * 86_400,
      ...more,
    });
    const record = status === 'pending' ? retrying(start, 1) : settled(start, status);
    deliveries.put(record);
    return record;
  };
  const start = (since = clock.now() - DAY_MS) => startRecovery(key, since, settings, ports);
  const begin = async (since?: number): Promise<RecoveryJob> => {
    const { job } = await start(since);
    return job;
  };
  const run = (...steps: readonly RecoveryStep[]) =>
    recover(
      steps.map((step, index) => ({ messageId: `m${index}`, body: formatRecoveryStep(step) })),
      settings,
      ports,
    );
  /** Message after message, until there is none. */
  const runAll = async (): Promise<number> => {
    for (let pages = 0; ; pages += 1) {
      const [next] = ports.recoveries.sent.splice(0, 1);
      if (next === undefined) return pages;
      clock.advance(next.delaySeconds * 1000);
      expect((await run(next.step)).returned).toEqual([]);
    }
  };
  const job = () => ports.jobs.stored(key)!;
  const resent = () => ports.queues.sent.map(({ message }) => message.replayOf!).sort();
  const ids = (records: readonly DeliveryRecord[]) => records.map(({ deliveryId: id }) => id).sort();
  /** A replay of it, as another retry or recovery left it. */
  const replay = async (
    original: DeliveryRecord,
    status: DeliveryRecord['status'] | 'absent',
    replayId = 'earlier',
  ): Promise<DeliveryId> => {
    const id = deliveryId({
      time: clock.now(),
      tenantId: TENANT,
      eventId: original.eventId,
      target: target.id,
      replayId,
    });
    await deliveries.markReplay(original, id, REPLAYS_MAX);
    const record = untried({
      ...key,
      eventId: original.eventId,
      deliveryId: id,
      replayId,
      replayOf: original.deliveryId,
      expiresAt: original.expiresAt,
    });
    if (status !== 'absent') deliveries.put(status === 'pending' ? retrying(record, 1) : settled(record, status));
    return id;
  };
  return { ports, clock, target, key, settings, put, start, begin, run, runAll, job, resent, ids, replay };
}

describe('asking for a recovery', () => {
  test('puts a job on record and its first message in the queue, a moment later than the index is behind', async () => {
    const { ports, clock, key, start } = await setUp();
    const since = clock.now() - HOUR_MS;
    const { kind, job } = await start(since);
    expect(kind).toBe('started');
    expect(job).toEqual({
      ...key,
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      since,
      createdAt: clock.now(),
      status: 'running',
      shard: 0,
      page: 0,
      examined: 0,
      resent: 0,
      skipped: 0,
      estimate: 0,
      updatedAt: clock.now(),
    });
    expect(ports.jobs.stored(key)).toEqual(job);
    expect(ports.recoveries.sent).toEqual([{ step: { ...key, jobId: job.id, page: 0 }, delaySeconds: 2 }]);
  });

  test('estimates by the figures of its hours how many deliveries there are, and does without them', async () => {
    const { ports, clock, key, begin } = await setUp();
    const hour = Math.floor(clock.now() / HOUR_MS) * HOUR_MS;
    for (const hours of [0, 1, 30])
      await ports.figures.apply({
        kind: 'hour',
        tenantId: TENANT,
        target: key.subscriptionId,
        hour: hour - hours * HOUR_MS,
        delivered: 1000,
        failed: 10,
        cancelled: hours,
      });
    expect((await begin(clock.now() - 2 * HOUR_MS)).estimate).toBe(21);
    ports.jobs.delete(key);
    ports.figures.faults.refuse(1);
    expect((await begin()).estimate).toBeUndefined();
  });

  test.each([
    ['in the future', 1],
    ['that is none', NaN],
  ])('for a time %s is refused', async (_what, offset) => {
    const { clock, start, ports, key } = await setUp();
    const work = start(clock.now() + offset);
    await expect(work).rejects.toThrow(Conflict);
    await expect(work).rejects.toThrow(/future/);
    expect(ports.jobs.stored(key)).toBeUndefined();
  });

  test('for a time longer ago than events are kept is for all that is kept', async () => {
    const { clock, start } = await setUp();
    expect((await start(clock.now() - 40 * DAY_MS)).job.since).toBe(clock.now() - 39 * DAY_MS);
  });

  test('of a subscription that is not there, or is disabled, is refused', async () => {
    const { clock, ports, target, start } = await setUp();
    await expect(
      startRecovery(
        { tenantId: TENANT, subscriptionId: 'none' as SubscriptionId },
        clock.now(),
        LEAPOCR_PROFILE,
        ports,
      ),
    ).rejects.toThrow(NotFound);
    ports.subscriptions.change(target, { enabled: false });
    await expect(start()).rejects.toThrow(Conflict);
    expect(ports.recoveries.sent).toEqual([]);
  });

  test('while one is running gives that one', async () => {
    const { ports, start, clock } = await setUp();
    const { job } = await start();
    clock.advance(STALLED_MS - 1);
    expect(await start()).toEqual({ kind: 'running', job });
    expect(ports.recoveries.sent).toHaveLength(1);
  });

  test('again when it has not moved for 15 minutes sends its message again and changes nothing else', async () => {
    const { ports, start, clock, key } = await setUp();
    const { job } = await start();
    clock.advance(STALLED_MS);
    expect(await start(clock.now())).toEqual({ kind: 'resumed', job });
    expect(ports.recoveries.sent[1]).toEqual({ step: stepOf(job), delaySeconds: 0 });
    expect(ports.jobs.stored(key)).toEqual(job);
  });

  test('when the last one is over begins another', async () => {
    const { start, runAll, job } = await setUp();
    const first = await start();
    await runAll();
    expect(job().status).toBe('completed');
    const second = await start();
    expect(second.kind).toBe('started');
    expect(second.job.id).not.toBe(first.job.id);
    expect(job()).toEqual(second.job);
  });

  test('twice at the same moment begins one', async () => {
    const { ports, start } = await setUp();
    const [one, other] = await Promise.all([start(), start()]);
    expect([one.kind, other.kind].sort()).toEqual(['running', 'started']);
    expect(one.job.id).toBe(other.job.id);
    expect(ports.recoveries.sent).toHaveLength(1);
  });

  test.each([
    ['goes on refusing', ['refused', 'refused', 'refused', 'refused'] as const],
    ['does not answer', ['unanswered'] as const],
  ])('leaves no job where the queue %s', async (_what, answers) => {
    const { ports, start, key } = await setUp();
    ports.recoveries.answers.push(...answers);
    await expect(start()).rejects.toThrow(PortUnavailable);
    expect(ports.jobs.stored(key)).toBeUndefined();
    expect(ports.recoveries.answers).toEqual([]);
  });

  test('has begun one where the message was taken without an answer, and is worked on already', async () => {
    const { ports, start, run, key } = await setUp();
    ports.recoveries.send = async (step) => {
      ports.recoveries.send = () => Promise.resolve('sent');
      await run(step);
      return 'unanswered';
    };
    expect((await start()).kind).toBe('started');
    expect(ports.jobs.stored(key)?.status).toBe('completed');
  });
});

describe('a recovery resends', () => {
  test('what failed or was canceled since, each once, page by page, and nothing else', async () => {
    const { ports, clock, target, key, put, begin, runAll, job, ids } = await setUp();
    const now = clock.now();
    const wanted = Array.from({ length: 20 }, (_unused, index) =>
      put(index % 2 === 0 ? 'failed' : 'cancelled', now - index * 60_000),
    );
    put('delivered', now - 1000);
    put('pending', now - 1000);
    put('failed', now - HOUR_MS - 1);
    const started = await begin(now - HOUR_MS);
    put('failed', now + 1); // arrived after it
    const pages = await runAll();
    const messages = ports.queues.sent.map(({ message }) => message);
    expect(messages.map(({ replayOf }) => replayOf!).sort()).toEqual(ids(wanted));
    for (const { message, queue, delaySeconds } of ports.queues.sent) {
      expect({ queue, delaySeconds }).toEqual({ queue: { kind: 'tier', tier: 0 }, delaySeconds: 0 });
      expect(message).toMatchObject({ ...key, attempt: 1, arrivedAt: now, replayId: started.id });
      expect(message.deliveryId).toBe(
        deliveryId({ time: now, tenantId: TENANT, eventId: message.eventId, target: target.id, replayId: started.id }),
      );
      expect(message.dueAt ?? message.payload ?? message.url).toBeUndefined();
    }
    expect(job()).toMatchObject({
      status: 'completed',
      shard: 4,
      page: pages,
      examined: 20,
      resent: 20,
      skipped: 0,
      updatedAt: clock.now(),
    });
    expect(pages).toBeGreaterThan(20 / 3);
    expect(clock.now() - now).toBe(2_000 + (pages - 1) * 1_000); // a page a second
  });

  test('and each can be seen at once, and is known to its original', async () => {
    const { ports, put, begin, runAll, target, settings } = await setUp();
    const original = put('failed');
    const { id, createdAt } = await begin();
    await runAll();
    const [message] = ports.queues.sent.map((outgoing) => outgoing.message);
    expect(ports.deliveries.stored(message!)).toMatchObject({
      status: 'pending',
      attempts: 0,
      chain: message!.chain,
      url: target.destination.url,
      replayId: id,
      replayOf: original.deliveryId,
    });
    expect(ports.deliveries.stored(message!)!.expiresAt).toBe(
      Math.ceil((createdAt + 2_000) / 1000) + settings.deliveryTtlSeconds,
    );
    expect(ports.deliveries.stored(original)!.replays).toEqual([message!.deliveryId]);
  });

  test.each([
    ['failed', true],
    ['cancelled', true],
    ['absent', true], // marked and never sent, or a manual retry at this very moment
    ['pending', false],
    ['delivered', false],
  ] as const)('what was replayed before by a delivery that is %s: %s', async (status, again) => {
    const { put, begin, runAll, replay, resent, job } = await setUp();
    const original = put('failed');
    await replay(original, status);
    await begin();
    await runAll();
    expect(resent()).toEqual(again ? [original.deliveryId] : []);
    expect(job()).toMatchObject({ resent: again ? 1 : 0, skipped: again ? 0 : 1 });
  });

  test('nothing of which any replay was delivered, whatever became of the others', async () => {
    const { put, begin, runAll, replay, resent } = await setUp();
    const original = put('failed');
    for (const [index, status] of (['failed', 'delivered', 'cancelled'] as const).entries())
      await replay(original, status, `r${index}`);
    await begin();
    await runAll();
    expect(resent()).toEqual([]);
  });

  test('no replay, though it failed itself', async () => {
    const { put, begin, runAll, replay, resent, job } = await setUp();
    const original = put('cancelled');
    await replay(original, 'failed');
    await begin();
    await runAll();
    expect(resent()).toEqual([original.deliveryId]);
    expect(job()).toMatchObject({ examined: 2, resent: 1, skipped: 0 });
  });

  test('nothing whose payload is kept no longer', async () => {
    const { put, begin, runAll, resent, job, clock, settings } = await setUp();
    const old = put('failed', clock.now() - settings.eventTtlSeconds * 1000 + 2_000);
    const kept = put('failed', clock.now() - settings.eventTtlSeconds * 1000 + 60_000);
    await begin(clock.now() - settings.eventTtlSeconds * 1000);
    await runAll();
    expect(resent()).toEqual([kept.deliveryId]);
    expect(resent()).not.toContain(old.deliveryId);
    expect(job()).toMatchObject({ resent: 1, skipped: 1 });
  });

  test('nothing that the log has as delivered, and nothing that cannot be read', async () => {
    const { put, begin, runAll, resent, job, ports } = await setUp();
    const [since, odd, oddReplay, fine] = [put('delivered'), put('failed'), put('failed'), put('failed')];
    ports.history.indexed.set(since.deliveryId, { ...since, status: 'failed' });
    ports.history.unreadable.add(odd.deliveryId);
    const id = deliveryId({ time: 1, tenantId: TENANT, eventId: oddReplay.eventId, target: 'x' });
    ports.deliveries.put(
      settled(untried({ ...oddReplay, deliveryId: id, replayId: 'r', replayOf: oddReplay.deliveryId }), 'failed'),
    );
    await ports.deliveries.markReplay(oddReplay, id, REPLAYS_MAX);
    ports.history.unreadable.add(id);
    await begin();
    await runAll();
    expect(resent()).toEqual([fine.deliveryId]);
    expect(job()).toMatchObject({ resent: 1, skipped: 3 });
  });

  test('nothing that was replayed as often as a record can hold', async () => {
    const { put, begin, runAll, resent, job } = await setUp();
    put('failed', undefined, {
      replays: Array.from({ length: REPLAYS_MAX }, (_unused, index) => `r${index}` as DeliveryId),
    });
    await begin();
    await runAll();
    expect(resent()).toEqual([]);
    expect(job()).toMatchObject({ status: 'completed', skipped: 1 });
  });

  test('by the delivery queue, where the schedule has no retries', async () => {
    const { put, begin, runAll, ports } = await setUp({ tiers: 0 });
    put('failed');
    await begin();
    await runAll();
    expect(ports.queues.sent.map(({ queue }) => queue)).toEqual([{ kind: 'delivery' }]);
  });

  test('what failed after one recovery with the next', async () => {
    const { put, begin, runAll, resent, ports, ids } = await setUp();
    const first = put('failed');
    await begin();
    await runAll();
    ports.deliveries.put(settled(ports.deliveries.stored(ports.queues.sent[0]!.message)!, 'delivered'));
    const second = put('failed');
    await begin();
    await runAll();
    expect(resent()).toEqual(ids([first, second]));
  });
});

describe('a page', () => {
  /** Three originals of one shard: a page. */
  const onePage = async () => {
    const world = await setUp();
    const originals: DeliveryRecord[] = [];
    while (originals.length < 3) {
      const record = world.put('failed');
      if (parseInt(record.deliveryId.slice(-1), 16) % 4 === 0) originals.push(record);
      else world.ports.deliveries.put({ ...settled(record, 'failed'), status: 'delivered' });
    }
    const started = await world.begin();
    const [{ step }] = world.ports.recoveries.sent.splice(0) as [{ step: RecoveryStep; delaySeconds: number }];
    return { ...world, originals, started, step };
  };
  const sentIds = (queues: InMemoryDeliveryQueues) => queues.sent.map(({ message }) => message.deliveryId);

  test('of which a queue refuses a delivery is done again, and sends nothing twice that it had sent', async () => {
    const { ports, step, run, job, originals } = await onePage();
    ports.queues.answers.push('sent', 'refused', 'sent', 'refused', 'refused', 'refused');
    expect(await run(step)).toMatchObject({ returned: ['m0'], resent: 0 });
    expect(job()).toMatchObject({ page: 0, resent: 0 });
    expect(ports.recoveries.sent).toEqual([]);
    expect(await run(step)).toMatchObject({ returned: [], resent: 3 });
    expect(new Set(sentIds(ports.queues)).size).toBe(3);
    expect(ports.queues.sent).toHaveLength(3);
    expect(job()).toMatchObject({ page: 1, resent: 3, examined: 3 });
    for (const original of originals) expect(ports.deliveries.stored(original)!.replays).toHaveLength(1);
  });

  test.each(
    (
      [
        ['marks an original', 'deliveries', 'markReplay'],
        ['sends', 'queues', 'send'],
        ['puts a record', 'deliveries', 'claim'],
        ['puts its checkpoint', 'jobs', 'advance'],
        ['sends for the next page', 'recoveries', 'send'],
      ] as const
    ).flatMap(([what, port, name]) => [
      [`before it ${what}`, port, name, true] as const,
      [`when it has done so: ${what}`, port, name, false] as const,
    ]),
  )('whose worker dies %s is done again, and resends each original once', async (_when, port, name, before) => {
    const { ports, step, run, runAll, job, resent, ids, originals } = await onePage();
    const owner = ports[port] as unknown as Record<string, (...args: unknown[]) => Promise<unknown>>;
    const call = owner[name]!.bind(owner);
    const dead = new Promise<never>(() => undefined);
    owner[name] = async (...args) => {
      owner[name] = call;
      if (!before) await call(...args);
      return dead;
    };
    void run(step);
    await new Promise(setImmediate); // what the fakes answer, they answer before this
    await run(step);
    await runAll();
    expect([...new Set(resent())]).toEqual(ids(originals));
    expect(new Set(sentIds(ports.queues)).size).toBe(3);
    expect(job()).toMatchObject({ status: 'completed', resent: 3 });
  });

  test(
    'that two workers do at the same time makes the same deliveries; one of them goes on, the other gives its ' +
      'message back',
    async () => {
      const { ports, step, run, job } = await onePage();
      const reports = await Promise.all([run(step), run(step)]);
      expect(reports.flatMap(({ returned }) => returned)).toEqual(['m0']);
      expect(new Set(sentIds(ports.queues)).size).toBe(3);
      expect(ports.recoveries.sent).toHaveLength(1);
      expect(job()).toMatchObject({ page: 1, resent: 3 });
    },
  );

  test("that is done already only sends the next page's message: who did it may have died before", async () => {
    const { ports, step, run } = await onePage();
    await run(step);
    const [first] = ports.recoveries.sent.splice(0);
    expect(await run(step)).toMatchObject({ resent: 0, returned: [] });
    expect(ports.recoveries.sent).toEqual([first]);
    expect(ports.queues.sent).toHaveLength(3);
  });

  test('that two workers have by one message goes on, even if the winner never learns that it won', async () => {
    const { ports, step, run, runAll, job } = await onePage();
    const advance = ports.jobs.advance.bind(ports.jobs);
    ports.jobs.advance = async (...args) => {
      ports.jobs.advance = advance;
      await advance(...args);
      throw new PortUnavailable('recovery jobs', new Error('no answer'));
    };
    const reports = await Promise.all([run(step), run(step)]);
    expect(reports.map(({ returned }) => returned)).toEqual([['m0'], ['m0']]); // so nobody deletes it
    await run(step);
    await runAll();
    expect(job()).toMatchObject({ status: 'completed', resent: 3 });
  });

  test('long done, of a job that is over, replaced or gone is dropped', async () => {
    const { ports, step, run, runAll, start, key } = await onePage();
    await run(step);
    await runAll();
    const sends = ports.queues.sent.length;
    await run(step);
    ports.jobs.delete(key);
    await run(step);
    await start();
    ports.recoveries.sent.splice(0);
    expect(await run(step)).toMatchObject({ returned: [], resent: 0 });
    expect(ports.queues.sent).toHaveLength(sends);
    expect(ports.recoveries.sent).toEqual([]);
  });

  test('whose next message is refused goes back, and then sends only that', async () => {
    const { ports, step, run, job } = await onePage();
    ports.recoveries.answers.push('refused', 'refused', 'refused', 'refused');
    expect(await run(step)).toMatchObject({ returned: ['m0'] });
    expect(job().page).toBe(1);
    expect(await run(step)).toMatchObject({ returned: [], resent: 0 });
    expect(ports.recoveries.sent).toEqual([{ step: { ...step, page: 1 }, delaySeconds: 1 }]);
  });

  test.each([
    ['subscriptions', 1],
    ['jobs', 1],
    ['history', 1],
    ['deliveries', 1],
  ] as const)('that is refused by the %s goes back whole', async (port, times) => {
    const { ports, step, run, job } = await onePage();
    ports[port].faults.refuse(times);
    expect(await run(step)).toMatchObject({ returned: ['m0'] });
    expect(job().page).toBe(0);
    expect(ports.log.lines).toMatchObject([{ level: 'warn', message: 'recovery returned to the queue' }]);
  });

  test('in a format to come goes back', async () => {
    const { settings, ports } = await setUp();
    expect(await recover([{ messageId: 'm', body: '{"v":2}' }], settings, ports)).toMatchObject({ returned: ['m'] });
    expect(ports.log.lines).toMatchObject([{ level: 'error' }]);
  });
});

describe('a job stops', () => {
  test('when its subscription is disabled, and says so', async () => {
    const { ports, target, put, begin, runAll, job } = await setUp();
    put('failed');
    await begin();
    ports.subscriptions.change(target, { enabled: false });
    expect(await runAll()).toBe(1);
    expect(job()).toMatchObject({
      status: 'stopped',
      reason: reason('recovery-webhook-disabled'),
      resent: 0,
    });
    expect(ports.queues.sent).toEqual([]);
  });

  test('where it is: what it had gone through stays said', async () => {
    const { ports, target, put, begin, run, job } = await setUp({ page: 1 });
    for (let index = 0; index < 30; index += 1) put('failed');
    await begin();
    for (let page = 0; page < 3; page += 1) await run(stepOf(job()));
    const before = job();
    expect(before.after).toBeDefined();
    ports.subscriptions.change(target, { enabled: false });
    await run(stepOf(before));
    expect(job()).toMatchObject({
      status: 'stopped',
      shard: before.shard,
      after: before.after,
      examined: 3,
      resent: 3,
    });
  });

  test('when its subscription was deleted, and the job is there nevertheless', async () => {
    const { ports, target, put, begin, runAll, job } = await setUp();
    put('failed');
    await begin();
    ports.subscriptions.delete(target);
    await runAll();
    expect(job()).toMatchObject({ status: 'stopped', reason: reason('webhook-deleted') });
  });

  test('when the plan of its tenant has no webhooks any more', async () => {
    const { ports, put, begin, runAll, job } = await setUp();
    put('failed');
    await begin();
    await ports.subscriptions.setPlan(TENANT, 'free');
    await runAll();
    expect(job()).toMatchObject({ status: 'stopped', reason: reason('plan-without-webhooks', { plan: 'free' }) });
    expect(ports.queues.sent).toEqual([]);
  });

  test('is counted as stopped', async () => {
    const { ports, target, begin, run } = await setUp();
    const started = await begin();
    ports.subscriptions.change(target, { enabled: false });
    expect(await run(stepOf(started))).toEqual({ resent: 0, skipped: 0, completed: 0, stopped: 1, returned: [] });
  });
});
