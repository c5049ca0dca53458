import type { PollerScaling } from '../../bench/isolation/assumptions';
import { EventSource } from '../../bench/isolation/event-source';
import { type Message, Queue } from '../../bench/isolation/queue';
import { Timeline } from '../../bench/isolation/timeline';

const SETTINGS = { batchSize: 10, windowSeconds: 0, visibilitySeconds: 180 };
const SCALING: PollerScaling = { atRest: 5, upASecond: 5, downASecond: 5, most: 1_250 };

const groupsOf = (batch: readonly Message[]): string[] => batch.map(({ group }) => group);

function sendMany(queue: Queue, group: string, count: number): void {
  for (let sent = 0; sent < count; sent += 1) queue.send('{}', group);
}

describe('the simulated queue', () => {
  test('fair: a quiet group passes the backlog of a noisy one', () => {
    const queue = new Queue(new Timeline(0), true);
    sendMany(queue, 'noisy', 100);
    expect(groupsOf(queue.receive(40))).toEqual(Array(40).fill('noisy'));
    queue.send('{}', 'quiet');
    expect(groupsOf(queue.receive(10))).toEqual(['quiet', ...Array<string>(9).fill('noisy')]);
  });

  test('not fair: first in, first out over all groups', () => {
    const queue = new Queue(new Timeline(0), false);
    sendMany(queue, 'noisy', 100);
    queue.receive(40);
    queue.send('{}', 'quiet');
    expect(groupsOf(queue.receive(61)).indexOf('quiet')).toBe(60);
  });

  test('fair: fewer than 30 in flight make no group noisy', () => {
    const queue = new Queue(new Timeline(0), true);
    sendMany(queue, 'one', 100);
    queue.receive(29);
    queue.send('{}', 'other');
    expect(groupsOf(queue.receive(2))).toEqual(['one', 'other']); // the thirtieth makes it noisy
  });

  test('fair: a group with over a tenth of the processing time is noisy, however few its messages', async () => {
    const timeline = new Timeline(0);
    const queue = new Queue(timeline, true);
    for (let group = 0; group < 20; group += 1) queue.send('{}', `quick-${group}`);
    queue.send('{}', 'slow');
    const [slow, ...quick] = queue.receive(21).reverse();
    await timeline.runUntil(200);
    quick.forEach((message) => queue.delete(message));
    await timeline.runUntil(10_000);
    queue.delete(slow!);
    sendMany(queue, 'slow', 5);
    queue.send('{}', 'quick-1');
    expect(groupsOf(queue.receive(2))).toEqual(['quick-1', 'slow']);
  });

  test('fair: a noisy group is quiet again when its backlog is used up', () => {
    const queue = new Queue(new Timeline(0), true);
    sendMany(queue, 'noisy', 40);
    queue.receive(40).forEach((message) => queue.delete(message));
    sendMany(queue, 'noisy', 1);
    queue.send('{}', 'quiet');
    expect(groupsOf(queue.receive(2))).toEqual(['noisy', 'quiet']);
  });

  test(
    'a delayed message is not visible before its time, and one that is given back not before its visibility ' +
      'timeout',
    async () => {
      const timeline = new Timeline(0);
      const queue = new Queue(timeline, true);
      queue.send('{}', 'group', 30);
      await timeline.runUntil(29_999);
      expect(queue.receive(1)).toEqual([]);
      await timeline.runUntil(30_000);
      const [message] = queue.receive(1);
      queue.returnToQueue(message!, 180_000);
      await timeline.runUntil(209_999);
      expect(queue.visible).toBe(0);
      await timeline.runUntil(210_000);
      expect(queue.receive(1)).toHaveLength(1);
    },
  );
});

describe('the simulated event source', () => {
  /**
   * Invocations that never end, and a queue that is never empty.
   *
   * @returns invocations under way
   */
  async function invocationsAfter(seconds: number, maximumConcurrency?: number): Promise<number> {
    const timeline = new Timeline(0);
    const queue = new Queue(timeline, true);
    const source = new EventSource(
      timeline,
      queue,
      { ...SETTINGS, ...(maximumConcurrency !== undefined && { maximumConcurrency }) },
      SCALING,
      () => new Promise(() => undefined),
    );
    sendMany(queue, 'group', 20_000);
    await timeline.runUntil(seconds * 1000 + 1);
    return source.running;
  }

  test('begins with five invocations, and while there is a backlog goes up by 300 a minute to 1,250', async () => {
    expect(await invocationsAfter(0)).toBe(5);
    expect(await invocationsAfter(60)).toBe(305);
    expect(await invocationsAfter(600)).toBe(1_250);
  });

  test('never exceeds its maximum concurrency', async () => {
    expect(await invocationsAfter(600, 10)).toBe(10);
  });

  test('comes down to what is at work, a minute later', async () => {
    const timeline = new Timeline(0);
    const queue = new Queue(timeline, true);
    const source = new EventSource(timeline, queue, SETTINGS, SCALING, () => Promise.resolve([]), 100);
    for (let second = 0; second < 90; second += 1) timeline.after(second * 1000, () => sendMany(queue, 'group', 5));
    await timeline.runUntil(90_000);
    expect(source.limit).toBe(5);
  });

  test('gathers messages for its window, unless there is a whole batch', async () => {
    const timeline = new Timeline(0);
    const queue = new Queue(timeline, true);
    const batches: [number, number][] = [];
    new EventSource(timeline, queue, { ...SETTINGS, windowSeconds: 5 }, SCALING, (batch) => {
      batches.push([timeline.now, batch.length]);
      return Promise.resolve([]);
    });
    sendMany(queue, 'group', 12);
    timeline.after(1_000, () => sendMany(queue, 'group', 1));
    await timeline.runUntil(20_000);
    expect(batches).toEqual([
      [10, 10],
      [5_010, 3],
    ]);
  });

  test('what its function returns comes back, the rest is gone', async () => {
    const timeline = new Timeline(0);
    const queue = new Queue(timeline, true);
    const received: string[] = [];
    new EventSource(timeline, queue, SETTINGS, SCALING, (batch) => {
      received.push(...batch.map(({ id }) => id));
      return Promise.resolve(received.length === 3 ? ['2'] : []);
    });
    sendMany(queue, 'group', 3);
    await timeline.runUntil(400_000);
    expect(received).toEqual(['1', '2', '3', '2']);
    expect(queue.inFlight).toBe(0);
  });
});
