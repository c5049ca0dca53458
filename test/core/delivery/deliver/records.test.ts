import { type EventId } from '../../../../lambda/core/shared/identifiers';

import { answered } from '../../../fakes/endpoint';
import { setUp } from './set-up';

describe('records', () => {
  test('successes are written in groups as they end: a slow endpoint holds up nobody', async () => {
    const { ports, message, run } = await setUp();
    let release: () => void = () => undefined;
    const slow = new Promise<void>((resolve) => (release = resolve));
    ports.endpoint.results.push(async () => {
      await slow;
      return answered(200);
    });
    const running = run(
      message({ eventId: 'slow' as EventId }),
      message({ eventId: 'a' as EventId }),
      message({ eventId: 'b' as EventId }),
    );
    while (ports.deliveries.records.length < 2) await new Promise(setImmediate);
    expect(ports.deliveries.records.map(({ eventId }) => eventId)).toEqual(['a', 'b']);
    release();
    expect(await running).toMatchObject({ outcomes: { delivered: 3 } });
    expect(ports.deliveries.groups.reduce((sum, size) => sum + size, 0)).toBe(3);
  });

  test('a write that is refused after an answer is tried again', async () => {
    const { ports, message, run } = await setUp();
    ports.deliveries.faults.refuse(3);
    expect(await run(message())).toMatchObject({ outcomes: { delivered: 1 }, returned: [] });
    expect(ports.deliveries.records).toHaveLength(1);
  });

  test('what a batch write leaves unprocessed is written again, and nothing else', async () => {
    const { ports, message, run } = await setUp();
    ports.deliveries.leaveUntaken = 1;
    const ids = ['a', 'b', 'c'] as EventId[];
    expect(await run(...ids.map((eventId) => message({ eventId })))).toMatchObject({
      outcomes: { delivered: 3 },
      returned: [],
    });
    expect(ports.deliveries.records.map(({ eventId }) => eventId).sort()).toEqual(ids);
    expect(ports.deliveries.groups.reduce((sum, size) => sum + size, 0)).toBe(4);
  });

  test('a write that is refused until time runs out returns the message', async () => {
    const { ports, message, run, setRemaining } = await setUp();
    ports.deliveries.faults.refuse(Infinity);
    ports.endpoint.results.push(() => {
      setRemaining(2_000);
      return Promise.resolve(answered(200));
    });
    expect(await run(message())).toMatchObject({ latencies: [12], returned: ['m0'] });
  });
});

test('a batch of a hundred reads its subscription again in few groups and records all its successes', async () => {
  const { ports, message, run } = await setUp();
  const sent = Array.from({ length: 100 }, (_unused, index) => message({ eventId: `e${index}` as EventId }));
  expect(await run(...sent)).toMatchObject({ outcomes: { delivered: 100 }, returned: [] });
  // Once before, then once a group of up to a hundred. Groups of 25 would make five.
  expect(ports.subscriptions.calls.read).toBeLessThanOrEqual(3);
  expect(ports.deliveries.records.filter(({ status }) => status === 'delivered')).toHaveLength(100);
});
