import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Platform } from './platform';
import { type Arrival, Receiver } from './receiver';
import { killWorker, workers } from './workers';

jest.setTimeout(180_000);

const EVENTS = 2_000;
const TENANTS = 4;
/** A batch of messages dies with the process that works on it. */
const BATCH = 10;
/** Events are published in waves; with each a process that dispatches is killed, and one that delivers whenever so many deliveries have arrived. */
const WAVE = 200;
const KILL_EVERY_ARRIVED = 160;
/** Above the visibility timeout of the queues (180 s) and the delay of a repeated fan-out's copies (90 s). */
const COME_BACK_SECONDS = 300;
/** A message that dies with five processes goes to the dead-letter queue. */
const ROUNDS = 5;

/** Nothing arrives for so long, and nothing waits to be received: what is still in flight is so in a process that has died. */
const QUIET_MS = 1_500;
const POLL_MS = 50;
/** What five processes at once (the emulator's default) have on its way: what one of them sent before it was killed may arrive after so much of the others'. */
const ON_ITS_WAY = 5 * BATCH;

const platform = new Platform();

/** Kills processes of this stack's functions, at random. */
class Killer {
  /** After how many arrivals. */
  readonly killed = { dispatch: [] as number[], deliver: [] as number[] };
  private readonly functions = { dispatch: platform.stack.dispatchFunction, deliver: platform.stack.deliverFunction };

  /** One that works for the function, if there is one. */
  kill(what: 'dispatch' | 'deliver'): void {
    const running = workers(platform.local).filter(({ functionName }) => functionName === this.functions[what]);
    const victim = running[randomInt(Math.max(running.length, 1))];
    if (victim !== undefined && killWorker(victim)) this.killed[what].push(receiver.arrivals.length);
  }
}

const killer = new Killer();
let lastArrival = 0;
const receiver = new Receiver({
  answersAfterMs: 5,
  onArrival: (count) => {
    lastArrival = performance.now();
    if (count % KILL_EVERY_ARRIVED === 0 && count < EVENTS) killer.kill('deliver');
  },
});
beforeAll(() => receiver.listen());
afterAll(() => receiver.close());

/** Waits until the processes that live have done what they can. */
async function quiet(withinMs = 90_000): Promise<void> {
  for (const end = performance.now() + withinMs; ; await sleep(POLL_MS)) {
    const visible = (await platform.allQueued()).filter(({ visibleAt }) => visibleAt <= platform.now());
    if (visible.length === 0 && performance.now() - lastArrival > QUIET_MS) return;
    if (performance.now() > end) throw new Error(`${visible.length} messages were not received within ${withinMs} ms`);
  }
}

/** Which arrivals, by number, were not the last of their delivery: attempts that nobody recorded. */
function attemptsMadeAgain(arrivals: readonly Arrival[]): number[] {
  const last = new Map(arrivals.map(({ path, headers }, number) => [`${path} ${headers['webhook-id'] as string}`, number]));
  const lasts = new Set(last.values());
  return [...arrivals.keys()].filter((number) => !lasts.has(number));
}

/** Those of the attempts that no process took with it: each that was killed took a batch at most, of what arrived shortly before it. */
function unexplained(attempts: readonly number[], kills: readonly number[]): number[] {
  const victims = kills.map((at) => ({ at, left: BATCH }));
  return attempts.filter((number) => {
    const victim = victims.find(({ at, left }) => left > 0 && number < at + ON_ITS_WAY && number > at - KILL_EVERY_ARRIVED);
    if (victim !== undefined) victim.left -= 1;
    return victim === undefined;
  });
}

const payloadOf = (id: string, index: number) => ({ event_type: 'job.completed', id, index, name: `\u0440\u0430\u0445\u0443\u043d\u043e\u043a ${index}`, filling: 'x'.repeat(index % 100 === 0 ? 20_000 : index % 700) });

test(`processes are killed during ${EVENTS} deliveries and more: none is lost, and only batches that died are delivered again`, async () => {
  const subscribers = await Promise.all(Array.from({ length: TENANTS }, async (_unused, number) => {
    const tenant = platform.newTenant();
    const paths = number === 0 ? [`/${number}/first`, `/${number}/second`] : [`/${number}/first`];
    for (const path of paths) await platform.subscribe(tenant, receiver.url(path), ['job.completed']);
    return { tenant, paths, bodies: new Map<string, string>() };
  }));
  const messages = Array.from({ length: EVENTS }, (_unused, index) => {
    const { tenant, bodies } = subscribers[index % TENANTS]!;
    const event_id = randomUUID();
    const payload = payloadOf(event_id, index);
    bodies.set(event_id, JSON.stringify(payload));
    return JSON.stringify({ event_id, event_type: 'job.completed', tenant_id: tenant, payload });
  });
  for (let start = 0; start < messages.length; start += WAVE) {
    await platform.publish(messages.slice(start, start + WAVE));
    if (start > 0) killer.kill('dispatch'); // with the first wave there is none yet, or it is only starting
    await receiver.arrivedInAll((start + WAVE) / 2); // the wave before, at least
  }
  await quiet();
  const before = receiver.arrivals.length;
  for (let round = 1; (await platform.allQueued()).length > 0; round += 1) {
    expect(round).toBeLessThanOrEqual(ROUNDS);
    await platform.moveClock(COME_BACK_SECONDS);
  }

  const { dispatch, deliver } = killer.killed;
  const repeated = attemptsMadeAgain(receiver.arrivals);
  const deliveries = subscribers.flatMap(({ paths, bodies }) => paths.map((path) => ({ path, bodies })));
  const expected = deliveries.reduce((sum, { bodies }) => sum + bodies.size, 0);
  const duplicates = receiver.arrivals.length - expected;
  process.stdout.write(`crash: ${expected} deliveries, ${dispatch.length} dispatch and ${deliver.length} deliver processes killed, ${expected - before + duplicates} arrivals after that, ${duplicates} duplicates\n`);

  expect(dispatch.length).toBeGreaterThanOrEqual(4);
  expect(deliver.length).toBeGreaterThanOrEqual(10);
  for (const { path, bodies } of deliveries) {
    const arrivals = receiver.at(path);
    expect(new Set(arrivals.map(({ headers }) => headers['webhook-id']))).toEqual(new Set(bodies.keys()));
    expect(arrivals.filter(({ headers, body }) => body.toString() !== bodies.get(headers['webhook-id'] as string))).toEqual([]);
  }
  expect(repeated).toHaveLength(duplicates);
  expect(unexplained(repeated, deliver)).toEqual([]);
  const log = (await platform.log()).filter(({ tenantId }) => subscribers.some(({ tenant }) => tenant === tenantId));
  expect(log).toHaveLength(expected);
  expect(log.filter(({ status }) => status !== 'delivered')).toEqual([]);
  for (const { tenant } of subscribers) expect(await platform.deadLetters(tenant)).toEqual([]);
});
