import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../local/free-port';
import { Platform } from './platform';
import { Receiver } from './receiver';
import { parseDeliveryMessage } from '../../lambda/core/delivery/delivery-message';

jest.setTimeout(120_000);

const platform = new Platform();
const receiver = new Receiver({ now: () => platform.now() });
afterAll(() => receiver.close());

const POLL_MS = 50;
/** A circuit lets its first probe through after 30 s. */
const WITHIN_THE_FIRST_SECONDS = 13;
/** All that was deferred has come back, and what was tried several times as well. */
const COME_BACK_SECONDS = 600;
/** Each that was refused is tried again 10 to 12 s later. */
const NEXT_ATTEMPT_SECONDS = 12;

const eventsOf = (tenant: string, count: number) =>
  Array.from({ length: count }, () => ({
    event_id: randomUUID(),
    event_type: 'job.completed',
    tenant_id: tenant,
    payload: {},
  }));

/**
 * Waits until a circuit is open; five failures open one when one process sees them, so the same events are tried again
 * where several shared them.
 */
async function circuitOpened(tenant: string, id: string): Promise<void> {
  for (let round = 1; ; round += 1) {
    for (const end = performance.now() + 2_000; performance.now() < end; await sleep(POLL_MS)) {
      if (await platform.isCircuitOpen(tenant, id)) return;
    }
    if (round === 4) throw new Error('no circuit was opened');
    await platform.moveClock(NEXT_ATTEMPT_SECONDS);
  }
}

test('an endpoint that refuses connections is left alone; when back, it gets each event once', async () => {
  const port = await freePort();
  const tenant = platform.newTenant();
  const { id } = await platform.subscribe(tenant, `http://127.0.0.1:${port}/hook`, ['job.completed']);
  const early = eventsOf(tenant, 8);
  await platform.publish(early.map((event) => JSON.stringify(event)));
  await platform.attempted(tenant, early.length);
  await circuitOpened(tenant, id);

  await receiver.listen(port);
  const late = eventsOf(tenant, 4);
  await platform.publish(late.map((event) => JSON.stringify(event)));
  await platform.settled(tenant);
  await platform.moveClock(WITHIN_THE_FIRST_SECONDS);
  const deferred = (await platform.queued(tenant))
    .map(({ body }) => parseDeliveryMessage(body))
    .filter(({ deferredMs = 0 }) => deferredMs > 0);
  expect(
    deferred
      .filter(({ attempt }) => attempt === 1)
      .map(({ eventId }) => eventId)
      .sort(),
  ).toEqual(late.map(({ event_id }) => event_id).sort());
  expect(receiver.connections).toBe(0);

  await platform.moveClock(COME_BACK_SECONDS);
  const arrived = receiver.at('/hook').map(({ headers }) => headers['webhook-id'] as string);
  expect(arrived.sort()).toEqual([...early, ...late].map(({ event_id }) => event_id).sort());
  const records = await platform.deliveries(tenant);
  expect(records.map(({ status }) => status)).toEqual(Array<string>(early.length + late.length).fill('delivered'));
  expect(records.filter(({ attempts }) => attempts === 1)).toHaveLength(late.length); // a deferral is no attempt
  expect(await platform.isCircuitOpen(tenant, id)).toBe(false);
  expect(await platform.queued(tenant)).toEqual([]);
});
