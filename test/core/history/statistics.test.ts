import { PortUnavailable } from '../../../lambda/core/shared/errors';
import type { LogChange } from '../../../lambda/core/history/figures';
import type { SubscriptionId } from '../../../lambda/core/shared/identifiers';
import { recordFigures } from '../../../lambda/core/history/statistics';
import { TENANT } from '../../builders/subscription';
import { InMemoryFigures } from '../../fakes/figures';
import { RecordingLog } from '../../fakes/log';
import { ManualClock } from '../../fakes/time-and-random';

const HOUR = Date.parse('2026-03-19T10:00:00Z');
const delivered = (index: number): LogChange => ({
  tenantId: TENANT,
  target: `s${index}` as SubscriptionId,
  after: { status: 'delivered', settledAt: HOUR, lastAttemptAt: HOUR },
});

function setUp() {
  const ports = { clock: new ManualClock(), figures: new InMemoryFigures(), log: new RecordingLog() };
  const ofTenant = async () =>
    (await ports.figures.hourly(TENANT, undefined, HOUR, HOUR)).map((each) => each.delivered);
  return { ports, ofTenant };
}

test('a batch is written, each sum once', async () => {
  const { ports, ofTenant } = setUp();
  const batch = Array.from({ length: 60 }, (_unused, index) => delivered(index));
  expect(await recordFigures(batch, ports)).toEqual({ written: 121, lost: 0 });
  expect(await ofTenant()).toEqual([60]);
  for (let index = 0; index < 60; index += 1)
    expect(await ports.figures.hourly(TENANT, `s${index}` as SubscriptionId, HOUR, HOUR)).toMatchObject([
      { delivered: 1 },
    ]);
  expect((await ports.figures.lastTriggered(TENANT, 's0' as SubscriptionId, 's9' as SubscriptionId)).size).toBe(60);
});

test('what is refused is tried again, and nothing else is', async () => {
  const { ports, ofTenant } = setUp();
  ports.figures.faults.refuse(2);
  expect(await recordFigures([delivered(1), delivered(2)], ports)).toEqual({ written: 5, lost: 0 });
  expect(await ofTenant()).toEqual([2]);
});

test('what stays refused is given up: a batch that came again would count the rest twice', async () => {
  const { ports } = setUp();
  const apply = ports.figures.apply.bind(ports.figures);
  ports.figures.apply = (update) =>
    update.target === 's1' && update.kind === 'hour'
      ? Promise.reject(new PortUnavailable('counters table', new Error('throttled')))
      : apply(update);
  expect(await recordFigures([delivered(1), delivered(2)], ports)).toEqual({ written: 4, lost: 1 });
  expect(ports.log.lines).toMatchObject([
    { level: 'warn', message: 'dropped statistics updates', fields: { lost: 1, written: 4 } },
  ]);
});

test('a batch of which nothing could be written comes again', async () => {
  const { ports, ofTenant } = setUp();
  ports.figures.faults.refuse(1_000);
  await expect(recordFigures([delivered(1), delivered(2)], ports)).rejects.toThrow(PortUnavailable);
  ports.figures.faults.refuse(0);
  expect(await ofTenant()).toEqual([]);
});

test('a batch that says nothing writes nothing', async () => {
  const { ports } = setUp();
  expect(await recordFigures([], ports)).toEqual({ written: 0, lost: 0 });
});

test('an error that no repetition mends is its own', async () => {
  const { ports } = setUp();
  const denied = new Error('AccessDenied');
  ports.figures.faults.refuse(1, () => denied);
  await expect(recordFigures([delivered(1)], ports)).rejects.toBe(denied);
});
