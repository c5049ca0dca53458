import { createHmac } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import fc from 'fast-check';
import { PortUnavailable, SettingsError } from '../../../lambda/core/shared/errors';
import { LEASE_MS, receive, type ReceivePorts } from '../../../lambda/core/receiving/receive';
import type { ReceivedEvent } from '../../../lambda/core/receiving/received-event';
import type { ReceiverSource } from '../../../lambda/core/receiving/receiver-settings';
import { Faults } from '../../fakes/faults';
import { RecordingLog } from '../../fakes/log';
import { InMemoryReceptions } from '../../fakes/receptions';
import { ManualClock } from '../../fakes/time-and-random';

const SECRET = 'whsec_dGhlIHNlY3JldCBvZiB0aGUgdGVzdHMgYW5kIG9mIG5vYm9keSE=';
const OLD_SECRET = 'whsec_dGhlIHNlY3JldCBiZWZvcmUgdGhhdCBvbmUsIGFuZCBubyBtb3JlIQ==';
const BODY = JSON.stringify({ event_type: 'job.completed', event_id: 'evt_1', job_id: 'j' });
const KEY = { source: '/webhooks', identity: 'evt_1' };
const WEEK_MS = 7 * 86_400_000;

const SOURCE: ReceiverSource = {
  path: '/webhooks',
  scheme: { kind: 'leapOcr' },
  secret: 's',
  target: { kind: 'queue', address: 'q' },
  maxBodyBytes: 10_000,
  toleranceSeconds: 300,
};

const ANY: ReceiverSource['scheme'] = {
  kind: 'hmac',
  header: 'X-Signature',
  encoding: 'hex',
  event: { idHeader: 'X-Id' },
};
const hmacSigned = (body: string, id = 'evt_1') => ({
  'x-id': id,
  'x-signature': createHmac('sha256', SECRET).update(body).digest('hex'),
});

/** A queue that takes what it is given, unless it is told not to. */
class FakeTarget {
  maxBytes = 20_000;
  readonly faults = new Faults();
  readonly events: ReceivedEvent[] = [];

  send(event: ReceivedEvent): Promise<void> {
    return new Promise((resolve) => {
      this.faults.check();
      this.events.push(event);
      resolve();
    });
  }
}

class World {
  readonly clock = new ManualClock();
  readonly log = new RecordingLog();
  readonly receptions = new InMemoryReceptions();
  readonly target = new FakeTarget();
  kept: readonly string[] | Error = [SECRET];
  refreshed: readonly string[] | Error | undefined;
  private invocations = 0;

  readonly secrets = {
    value: (refresh?: boolean): Promise<readonly string[]> => {
      const value = refresh === true ? (this.refreshed ?? this.kept) : this.kept;
      return value instanceof Error ? Promise.reject(value) : Promise.resolve(value);
    },
  };

  ports(): ReceivePorts {
    this.invocations += 1;
    return {
      clock: this.clock,
      log: this.log,
      secrets: this.secrets,
      receptions: this.receptions,
      target: this.target,
      owner: `invocation ${this.invocations}`,
    };
  }

  signed(body = BODY, secret = SECRET, at = this.clock.now()): Record<string, string> {
    const time = String(Math.floor(at / 1000));
    return {
      'content-type': 'application/json',
      'x-webhook-timestamp': time,
      'x-webhook-signature': createHmac('sha256', secret).update(`${time}.${body}`).digest('hex'),
    };
  }

  receive(
    headers: Record<string, string> = this.signed(),
    body: string | Uint8Array = BODY,
    source: Partial<ReceiverSource> = {},
  ) {
    return receive({ headers, body: Buffer.from(body) }, { ...SOURCE, ...source }, WEEK_MS, this.ports());
  }
}

let world: World;
beforeEach(() => {
  world = new World();
});

describe('an event that is signed', () => {
  test('is with the target and marked before its sender is told so', async () => {
    expect(await world.receive()).toEqual({ outcome: 'received', eventId: 'evt_1' });
    expect(world.target.events).toHaveLength(1);
    expect(JSON.parse(world.target.events[0]!.message)).toEqual({
      version: 1,
      source: '/webhooks',
      scheme: 'leapOcr',
      event_id: 'evt_1',
      event_type: 'job.completed',
      received_at: '2026-03-19T10:21:44.000Z',
      content_type: 'application/json',
      event: JSON.parse(BODY) as unknown,
    });
    expect(world.receptions.isReceived(KEY)).toBe(true);
  });

  test('is handed over once, however often it comes, until it is forgotten', async () => {
    await world.receive();
    world.clock.advance(WEEK_MS - 1);
    expect(await world.receive()).toEqual({ outcome: 'duplicate', eventId: 'evt_1' });
    expect(world.target.events).toHaveLength(1);
    world.clock.advance(1);
    expect(await world.receive()).toEqual({ outcome: 'received', eventId: 'evt_1' });
  });

  test('is known within its source alone', async () => {
    await world.receive();
    expect(await world.receive(undefined, undefined, { path: '/other' })).toMatchObject({ outcome: 'received' });
  });

  test('is answered with success though its mark cannot be written: the target has it', async () => {
    world.receptions.markFaults.refuse(99);
    expect(await world.receive()).toEqual({ outcome: 'received', eventId: 'evt_1' });
    expect(world.log.lines).toEqual([
      expect.objectContaining({ level: 'error', message: 'failed to mark event as received' }),
    ]);
    world.receptions.markFaults.refuse(0);
    world.clock.advance(LEASE_MS);
    expect(await world.receive()).toMatchObject({ outcome: 'received' });
    expect(world.target.events).toHaveLength(2);
  });

  test('has its mark written at a second or third try', async () => {
    world.receptions.markFaults.refuse(2);
    await world.receive();
    expect(world.receptions.isReceived(KEY)).toBe(true);
    expect(world.log.lines).toEqual([]);
  });
});

describe('an id that is not signed', () => {
  test('makes no event a copy of another: who has one signed request cannot have those to come dropped', async () => {
    const receive = (body: string, id: string) => world.receive(hmacSigned(body, id), body, { scheme: ANY });
    expect(await receive('{"old":true}', '1002')).toEqual({ outcome: 'received', eventId: '1002' });
    expect(await receive('{"genuine":true}', '1002')).toEqual({ outcome: 'received', eventId: '1002' });
    expect(await receive('{"genuine":true}', '1002')).toEqual({ outcome: 'duplicate', eventId: '1002' });
  });

  test('is told from one that is: Standard Webhooks signs its own', async () => {
    const send = (body: string) => {
      const time = String(Math.floor(world.clock.now() / 1000));
      const signature = createHmac('sha256', Buffer.from(SECRET.slice(6), 'base64'))
        .update(`msg_1.${time}.${body}`)
        .digest('base64');
      return world.receive(
        { 'webhook-id': 'msg_1', 'webhook-timestamp': time, 'webhook-signature': `v1,${signature}` },
        body,
        { scheme: { kind: 'standardWebhooks' } },
      );
    };
    expect(await send('{"a":1}')).toMatchObject({ outcome: 'received' });
    expect(await send('{"a":2}')).toMatchObject({ outcome: 'duplicate' });
  });
});

describe('a target that does not take an event', () => {
  test("leaves no mark and no lease: the sender's next try brings it in", async () => {
    world.target.faults.refuse(1);
    expect(await world.receive()).toMatchObject({ outcome: 'unavailable', status: 503, retryAfterSeconds: 10 });
    expect(world.receptions.isReceived(KEY)).toBe(false);
    expect(await world.receive()).toEqual({ outcome: 'received', eventId: 'evt_1' });
  });

  test('is no better for an error that is not of its own', async () => {
    world.target.faults.refuse(1, () => new TypeError('a fault of ours'));
    expect(await world.receive()).toMatchObject({ outcome: 'unavailable', status: 503 });
    expect(await world.receive()).toMatchObject({ outcome: 'received' });
  });

  test('leaves a lease that ends by itself, where it cannot be freed', async () => {
    world.target.faults.refuse(1);
    world.receptions.freeFaults.refuse(1);
    expect(await world.receive()).toMatchObject({ outcome: 'unavailable', status: 503 });
    expect(await world.receive()).toMatchObject({ outcome: 'overlapping', status: 503, retryAfterSeconds: 30 });
    world.clock.advance(LEASE_MS);
    expect(await world.receive()).toMatchObject({ outcome: 'received' });
    expect(world.target.events).toHaveLength(1);
  });

  test('leaves no lease either, where it was the lease whose answer was lost', async () => {
    const { receptions } = world;
    jest.spyOn(receptions, 'lease').mockImplementationOnce(async (...args) => {
      await InMemoryReceptions.prototype.lease.apply(receptions, args);
      throw new PortUnavailable('fake', new Error('socket hang up'));
    });
    expect(await world.receive()).toMatchObject({ outcome: 'unavailable', status: 503 });
    expect(await world.receive()).toMatchObject({ outcome: 'received' });
  });

  test('neither does a table that cannot be written', async () => {
    world.receptions.leaseFaults.refuse(1);
    expect(await world.receive()).toMatchObject({ outcome: 'unavailable', status: 503 });
    expect(world.target.events).toEqual([]);
  });
});

describe('a copy that comes while the first is being taken', () => {
  test('waits 5 s for it, and is then told for how long it is not worth coming', async () => {
    await world.receptions.lease(KEY, 'another', world.clock.now(), world.clock.now() + LEASE_MS);
    const before = world.clock.now();
    expect(await world.receive()).toMatchObject({ outcome: 'overlapping', status: 503, retryAfterSeconds: 30 });
    expect(world.clock.now() - before).toBe(5_000);
    expect(world.target.events).toEqual([]);
  });

  test('is a copy as soon as the first is marked', async () => {
    const { receptions, clock } = world;
    await receptions.lease(KEY, 'another', clock.now(), clock.now() + LEASE_MS);
    jest.spyOn(clock, 'sleep').mockImplementationOnce(async (milliseconds) => {
      clock.advance(milliseconds);
      await receptions.mark(KEY, 'another', clock.now() + WEEK_MS);
    });
    expect(await world.receive()).toEqual({ outcome: 'duplicate', eventId: 'evt_1' });
  });

  test('takes it over as soon as the first has failed', async () => {
    const { receptions, clock } = world;
    await receptions.lease(KEY, 'another', clock.now(), clock.now() + LEASE_MS);
    jest.spyOn(clock, 'sleep').mockImplementationOnce(async (milliseconds) => {
      clock.advance(milliseconds);
      await receptions.free(KEY, 'another');
    });
    expect(await world.receive()).toEqual({ outcome: 'received', eventId: 'evt_1' });
  });
});

describe('what is refused', () => {
  test.each<[string, 400 | 401, (signed: Record<string, string>) => Record<string, string>]>([
    ['without a signature', 400, () => ({})],
    ['signed by another', 401, () => world.signed(BODY, 'another')],
    ['with half a signature', 401, (signed) => ({ ...signed, 'x-webhook-signature': 'abc' })],
    ['of another body', 401, () => world.signed(`${BODY} `)],
    ['signed too long ago', 401, () => world.signed(BODY, SECRET, world.clock.now() - 301_000)],
    ['signed too far ahead', 401, () => world.signed(BODY, SECRET, world.clock.now() + 301_000)],
  ])('a request %s: %s', async (_what, status, headers) => {
    const reception = await world.receive(headers(world.signed()));
    expect(reception).toMatchObject({ outcome: 'refused', status });
    expect(world.target.events).toEqual([]);
    expect(JSON.stringify([reception, world.log.lines])).not.toContain('job.completed');
  });

  test('a body over the limit, before anything of it is read', async () => {
    expect(await world.receive({}, 'x'.repeat(SOURCE.maxBodyBytes + 1))).toEqual({
      outcome: 'refused',
      status: 413,
      code: 'body_too_large',
      reason: 'The body is too large. At most 10000 bytes are accepted.',
    });
    const body = `{"a":"${'\u0439'.repeat((SOURCE.maxBodyBytes - 8) / 2)}"}`;
    expect(await world.receive(world.signed(body), body)).toMatchObject({ outcome: 'received' });
  });

  test('a body that is too large as a message by its escapes', async () => {
    const body = '\u0001'.repeat(SOURCE.maxBodyBytes);
    expect(await world.receive(hmacSigned(body), body, { scheme: ANY })).toMatchObject({
      outcome: 'refused',
      status: 413,
    });
    expect(world.target.events).toEqual([]);
  });

  test.each(['leapOcr', 'rekognita', 'stripe'] as const)(
    'what %s would never send, though it is signed: its newer signature is also that of another body',
    async (kind) => {
      const time = String(Math.floor(world.clock.now() / 1000));
      const body = `${time}.${BODY}`;
      const digest = createHmac('sha256', SECRET).update(body).digest('hex');
      const stripe = createHmac('sha256', SECRET).update(`${time}.${body}`).digest('hex');
      const headers = {
        'x-r2-signature': digest,
        'x-rekognita-signature': digest,
        'stripe-signature': `t=${time},v1=${stripe}`,
      };
      expect(await world.receive(headers, body, { scheme: { kind } })).toMatchObject({
        outcome: 'refused',
        status: 400,
      });
      expect(world.target.events).toEqual([]);
    },
  );

  test('a time is measured by the tolerance of its source', async () => {
    const headers = world.signed(BODY, SECRET, world.clock.now() - 400_000);
    expect(await world.receive(headers, BODY, { toleranceSeconds: 400 })).toMatchObject({ outcome: 'received' });
  });
});

describe('secrets', () => {
  test('two are accepted during a rotation', async () => {
    world.kept = [SECRET, OLD_SECRET];
    expect(await world.receive(world.signed(BODY, OLD_SECRET))).toMatchObject({ outcome: 'received' });
    expect(await world.receive(world.signed())).toMatchObject({ outcome: 'duplicate' });
  });

  test('a new one works at once: where a signature does not match, they are read again', async () => {
    world.kept = [OLD_SECRET];
    world.refreshed = [SECRET];
    expect(await world.receive()).toMatchObject({ outcome: 'received' });
  });

  test('an old one is worth nothing as soon as that is known', async () => {
    world.kept = [OLD_SECRET];
    world.refreshed = [SECRET];
    expect(await world.receive(world.signed(BODY, 'neither'))).toMatchObject({ outcome: 'refused', status: 401 });
  });

  test("that cannot be read are no fault of the sender's: it comes again", async () => {
    world.kept = new PortUnavailable('receiver secret', new Error('throttled'));
    expect(await world.receive()).toMatchObject({ outcome: 'unavailable', status: 503, retryAfterSeconds: 10 });
  });

  test("that cannot be used are a fault of the receiver's own, and said to nobody", async () => {
    world.kept = new SettingsError('the secret is neither a text nor a JSON list of one or two texts');
    expect(await world.receive()).toEqual({
      outcome: 'unavailable',
      status: 500,
      code: 'invalid_secret',
      reason: 'The receiver is not set up. Its secret cannot be used.',
    });
    world.kept = ['whsec_???'];
    expect(await world.receive(undefined, undefined, { scheme: { kind: 'standardWebhooks' } })).toMatchObject({
      outcome: 'unavailable',
      status: 500,
    });
    expect(world.log.lines).toEqual([
      expect.objectContaining({ message: 'secret cannot be used' }),
      expect.objectContaining({ message: 'secret cannot be used' }),
    ]);
    expect(JSON.stringify(world.log.lines)).not.toContain('???');
  });
});

test("another sender's signed time is measured, too", async () => {
  const scheme: ReceiverSource['scheme'] = {
    kind: 'hmac',
    header: 'X-Signature',
    encoding: 'base64',
    prefix: 'v1=',
    timestampHeader: 'X-Time',
    event: {},
  };
  const at = (ms: number) => {
    const time = String(Math.floor(ms / 1000));
    return world.receive(
      {
        'x-time': time,
        'x-signature': `v1=${createHmac('sha256', SECRET).update(`${time}.${BODY}`).digest('base64')}`,
      },
      BODY,
      { scheme },
    );
  };
  expect(await at(world.clock.now() - 301_000)).toMatchObject({ outcome: 'refused', status: 401 });
  expect(await at(world.clock.now())).toMatchObject({ outcome: 'received' });
});

test('what Slack sends to verify a URL is answered, and goes nowhere', async () => {
  const body = '{"type":"url_verification","challenge":"abc"}';
  const time = String(Math.floor(world.clock.now() / 1000));
  const headers = {
    'x-slack-request-timestamp': time,
    'x-slack-signature': `v0=${createHmac('sha256', SECRET).update(`v0:${time}:${body}`).digest('hex')}`,
  };
  expect(await world.receive(headers, body, { scheme: { kind: 'slack' } })).toEqual({
    outcome: 'challenge',
    challenge: 'abc',
  });
  expect(
    await world.receive({ ...headers, 'x-slack-signature': `v0=${'0'.repeat(64)}` }, body, {
      scheme: { kind: 'slack' },
    }),
  ).toMatchObject({ outcome: 'refused', status: 401 });
  expect(world.target.events).toEqual([]);
  const event = JSON.stringify({ type: 'event_callback', event_id: 'Ev1', challenge: 'abc' });
  const signed = {
    ...headers,
    'x-slack-signature': `v0=${createHmac('sha256', SECRET).update(`v0:${time}:${event}`).digest('hex')}`,
  };
  expect(await world.receive(signed, event, { scheme: { kind: 'slack' } })).toEqual({
    outcome: 'received',
    eventId: 'Ev1',
  });
});

/**
 * Copies of one event at the same time, in every order of their steps, with calls that fail and invocations that are
 * killed. Never one that was told success and is not with the target; never two on the target, unless a send was
 * answered by an error, a mark was not written, or an invocation died.
 */
test('copies at once, in any order of their steps and under faults', async () => {
  const fault = fc.constantFrom<
    'none' | 'target' | 'lease' | 'mark' | 'free' | 'killed after sending' | 'killed after leasing'
  >('none', 'none', 'none', 'target', 'lease', 'mark', 'free', 'killed after sending', 'killed after leasing');
  await fc.assert(
    fc.asyncProperty(fc.scheduler(), fc.array(fault, { minLength: 2, maxLength: 6 }), async (scheduler, faults) => {
      const own = new World();
      const results = await playedOut(
        Promise.all(faults.map((each, index) => copy(own, each, index, scheduler))),
        scheduler,
      );
      const succeeded = results.filter((each) => each === 'received' || each === 'duplicate').length;
      const sent = own.target.events.length;
      if (succeeded > 0) expect(sent).toBeGreaterThanOrEqual(1);
      if (faults.every((each) => each === 'none')) expect(sent).toBe(1);
      const excuses = faults.filter((each) => each === 'killed after sending' || each === 'mark').length;
      expect(sent).toBeLessThanOrEqual(1 + excuses);
      // Whatever happened: once nobody is at work any more, the sender's next try brings it in, and the one after is a
      // copy.
      own.clock.advance(LEASE_MS);
      expect((await own.receive()).outcome).toMatch(/^(received|duplicate)$/);
      expect(await own.receive()).toMatchObject({ outcome: 'duplicate' });
    }),
    { numRuns: 300 },
  );
});

/**
 * Takes one step after the other, of whomever, until all have ended. WebCrypto works outside of the scheduler: where
 * there is no step, one will come.
 */
async function playedOut<T>(work: Promise<T>, scheduler: fc.Scheduler): Promise<T> {
  let ended = false;
  const end = work.finally(() => {
    ended = true;
  });
  while (!ended) {
    if (scheduler.count() > 0) await scheduler.waitOne();
    await nextTurn();
  }
  return end;
}

/** @returns the outcome, or nothing where it was killed */
async function copy(world: World, fault: string, index: number, scheduler: fc.Scheduler): Promise<string | undefined> {
  const { receptions, target, clock } = world;
  const refusal = () => Promise.reject(new PortUnavailable('fake', new Error('throttled')));
  const dead = new Promise<never>(() => undefined);
  let killed: (() => void) | undefined;
  const death = new Promise<undefined>((resolve) => {
    killed = () => resolve(undefined);
  });
  const step = <T>(work: () => Promise<T>): Promise<T> => scheduler.schedule(Promise.resolve(undefined)).then(work);
  const ports: ReceivePorts = {
    ...world.ports(),
    owner: `copy ${index}`,
    clock: {
      now: () => clock.now(),
      sleep: (milliseconds) =>
        step(() => {
          clock.advance(milliseconds);
          return Promise.resolve();
        }),
    },
    receptions: {
      lease: (...args) =>
        step(async () => {
          if (fault === 'lease') return refusal();
          const lease = await receptions.lease(...args);
          if (fault !== 'killed after leasing' || lease.state !== 'leased') return lease;
          killed!();
          return dead;
        }),
      mark: (...args) => step(() => (fault === 'mark' ? refusal() : receptions.mark(...args))),
      free: (...args) => step(() => (fault === 'free' ? refusal() : receptions.free(...args))),
    },
    target: {
      maxBytes: target.maxBytes,
      send: (event) =>
        step(async () => {
          if (fault === 'target' || fault === 'free') return refusal();
          await target.send(event);
          if (fault !== 'killed after sending') return;
          killed!();
          return dead;
        }),
    },
  };
  const done = receive(
    { headers: world.signed(), body: Buffer.from(BODY) },
    { ...SOURCE, toleranceSeconds: 86_400 },
    WEEK_MS,
    ports,
  ).then(({ outcome }) => outcome);
  return Promise.race([done, death]);
}
