import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Platform } from './platform';
import { Receiver } from './receiver';
import { killWorker, type Worker, workers } from './workers';

jest.setTimeout(180_000);

const EVENTS = 2_000;
const TENANTS = 4;
/** A batch of messages dies with the process that works on it. */
const BATCH = 10;
/**
 * Events are published in waves; with each a process that dispatches is killed, and one that delivers whenever so many
 * deliveries have arrived.
 */
const WAVE = 200;
const KILL_EVERY_ARRIVED = 160;
/** Above the visibility timeout of the queues (180 s) and the delay of a repeated fan-out's copies (90 s). */
const COME_BACK_SECONDS = 300;
/** A message that dies with five processes goes to the dead-letter queue. */
const ROUNDS = 5;

/**
 * Nothing arrives for so long, and nothing waits to be received: what is still in flight is so in a process that has
 * died.
 */
const QUIET_MS = 1_500;
const POLL_MS = 50;
const platform = new Platform();

type Function = 'dispatch' | 'deliver';

/** Kills processes of this stack's functions, at random. */
class Killer {
  /** At each kill, the processes of the function that were running, the victim among them. */
  private readonly runningAt: Record<Function, (readonly number[])[]> = { dispatch: [], deliver: [] };

  /** One that works for the function, if there is one. */
  kill(what: Function): void {
    const running = this.running(what);
    const victim = running[randomInt(Math.max(running.length, 1))];
    if (victim !== undefined && killWorker(victim)) this.runningAt[what].push(running.map(({ pid }) => pid));
  }

  kills(what: Function): number {
    return this.runningAt[what].length;
  }

  /** How many processes are gone: the emulator ends all of a function's when one dies that was still starting. */
  deaths(what: Function): number {
    const alive = new Set(this.running(what).map(({ pid }) => pid));
    return new Set(this.runningAt[what].flat().filter((pid) => !alive.has(pid))).size;
  }

  private running(what: Function): Worker[] {
    const name = what === 'dispatch' ? platform.stack.dispatchFunction : platform.stack.deliverFunction;
    return workers(platform.local).filter(({ functionName }) => functionName === name);
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

/** This test's messages in any queue, delayed ones too; others may have left retries there. */
async function queuedOf(tenants: readonly string[]) {
  return (await platform.allQueued()).filter(({ body }) => tenants.some((tenant) => body.includes(tenant)));
}

/** Waits until the processes that live have done what they can. */
async function quiet(tenants: readonly string[], withinMs = 90_000): Promise<void> {
  for (const end = performance.now() + withinMs; ; await sleep(POLL_MS)) {
    const visible = (await queuedOf(tenants)).filter(({ visibleAt }) => visibleAt <= platform.now());
    if (visible.length === 0 && performance.now() - lastArrival > QUIET_MS) return;
    if (performance.now() > end) throw new Error(`${visible.length} messages were not received within ${withinMs} ms`);
  }
}

const payloadOf = (id: string, index: number) => ({
  event_type: 'job.completed',
  id,
  index,
  name: `\u0440\u0430\u0445\u0443\u043d\u043e\u043a ${index}`,
  filling: 'x'.repeat(index % 100 === 0 ? 20_000 : index % 700),
});

test(
  `processes are killed during ${EVENTS} deliveries and more: none is lost, and only batches that died are ` +
    'delivered again',
  async () => {
    const subscribers = await Promise.all(
      Array.from({ length: TENANTS }, async (_unused, number) => {
        const tenant = platform.newTenant();
        const paths = number === 0 ? [`/${number}/first`, `/${number}/second`] : [`/${number}/first`];
        for (const path of paths) await platform.subscribe(tenant, receiver.url(path), ['job.completed']);
        return { tenant, paths, bodies: new Map<string, string>() };
      }),
    );
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
    const tenants = subscribers.map(({ tenant }) => tenant);
    await quiet(tenants);
    const before = receiver.arrivals.length;
    const died = { dispatch: killer.deaths('dispatch'), deliver: killer.deaths('deliver') };
    for (let round = 1; (await queuedOf(tenants)).length > 0; round += 1) {
      expect(round).toBeLessThanOrEqual(ROUNDS);
      await platform.moveClock(COME_BACK_SECONDS);
    }

    const deliveries = subscribers.flatMap(({ paths, bodies }) => paths.map((path) => ({ path, bodies })));
    const expected = deliveries.reduce((sum, { bodies }) => sum + bodies.size, 0);
    const duplicates = receiver.arrivals.length - expected;
    process.stdout.write(
      `${expected} deliveries; ${died.dispatch} dispatch and ${died.deliver} deliver processes died; ` +
        `${expected - before + duplicates} deliveries arrived after that; ${duplicates} were duplicates\n`,
    );

    expect(killer.kills('dispatch')).toBeGreaterThanOrEqual(4);
    expect(killer.kills('deliver')).toBeGreaterThanOrEqual(10);
    for (const { path, bodies } of deliveries) {
      const arrivals = receiver.at(path);
      expect(new Set(arrivals.map(({ headers }) => headers['webhook-id']))).toEqual(new Set(bodies.keys()));
      expect(
        arrivals.filter(({ headers, body }) => body.toString() !== bodies.get(headers['webhook-id'] as string)),
      ).toEqual([]);
    }
    expect(duplicates).toBeLessThanOrEqual(died.deliver * BATCH); // a batch dies with its process, and no more
    const log = (await platform.log()).filter(({ tenantId }) => subscribers.some(({ tenant }) => tenant === tenantId));
    expect(log).toHaveLength(expected);
    expect(log.filter(({ status }) => status !== 'delivered')).toEqual([]);
    for (const { tenant } of subscribers) expect(await platform.deadLetters(tenant)).toEqual([]);
  },
);
