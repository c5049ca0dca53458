/**
 * The outcome table: what follows the first attempt, by what the endpoint does, for each profile. Every case has a
 * tenant and a listener of its own.
 */
import { reason, reasonText } from '../../lambda/core/shared/reason';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { QueuedMessage } from '../../local/queued-messages';
import { makeCertificates } from '../adapters/http/certificates';
import { BEHAVIORS, type Behavior, type HostileEndpoint, HostileReceiver } from './hostile-receiver';
import { Platform } from './platform';
import { type DeliveryMessage, parseDeliveryMessage } from '../../lambda/core/delivery/delivery-message';
import type { DeliveryRecord } from '../../lambda/core/delivery/delivery-record';

jest.setTimeout(90_000);

/** `delivered`; `retried`: pending until the next attempt; `final`: failed. */
type Follows = 'delivered' | 'retried' | 'final';
type Profile = 'leapocr' | 'rekognita';

interface Case {
  readonly title: string;
  readonly behavior: Behavior;
  readonly follows: Readonly<Record<Profile, Follows>>;
  /** What the log says of the attempt: the status, or one sentence. */
  readonly log: number | string;
  /** How often the endpoint is connected to. */
  readonly dialled: number;
}

const STATUSES: readonly (readonly [number, Follows, Follows])[] = [
  //     LeapOCR      Rekognita
  [200, 'delivered', 'delivered'],
  [201, 'delivered', 'delivered'],
  [202, 'delivered', 'delivered'],
  [204, 'delivered', 'delivered'],
  [299, 'delivered', 'delivered'],
  [301, 'final', 'retried'],
  [302, 'final', 'retried'],
  [303, 'final', 'retried'],
  [304, 'final', 'retried'],
  [307, 'final', 'retried'],
  [308, 'final', 'retried'],
  [400, 'final', 'retried'],
  [401, 'final', 'retried'],
  [403, 'final', 'retried'],
  [404, 'final', 'retried'],
  [405, 'final', 'retried'],
  [408, 'retried', 'retried'],
  [409, 'final', 'retried'],
  [410, 'final', 'retried'],
  [413, 'final', 'retried'],
  [422, 'final', 'retried'],
  [425, 'final', 'retried'],
  [429, 'retried', 'retried'],
  [451, 'final', 'retried'],
  [499, 'final', 'retried'],
  [500, 'retried', 'retried'],
  [501, 'retried', 'retried'],
  [502, 'retried', 'retried'],
  [503, 'retried', 'retried'],
  [504, 'retried', 'retried'],
  [599, 'retried', 'retried'],
];

const NOT_PUBLIC = 'The host resolves to an address that is not on the public internet.';
const CUT_OFF = 'The connection was closed before the whole response arrived.';
const NO_ANSWER = 'The connection was closed before a response arrived.';

const HOSTILITIES: readonly (readonly [keyof typeof BEHAVIORS, Follows, Follows, number | string, number])[] = [
  // what it does, LeapOCR, Rekognita, what the log says, how often it is connected to
  ['refuses the connection', 'retried', 'retried', 'The connection was refused.', 0],
  ['closes the connection at once', 'retried', 'retried', NO_ANSWER, 1],
  ['resets the connection before it answers', 'retried', 'retried', NO_ANSWER, 1],
  ['resets the connection in the middle of the body', 'retried', 'retried', CUT_OFF, 1],
  ['closes the connection in the middle of the headers', 'retried', 'retried', NO_ANSWER, 1],
  ['closes the connection in the middle of a chunked body', 'retried', 'retried', CUT_OFF, 1],
  ['has a self-signed certificate', 'retried', 'retried', "The server's certificate is self-signed.", 1],
  ['has an expired certificate', 'retried', 'retried', "The server's certificate expired ", 1],
  ['has a certificate of an unknown authority', 'retried', 'retried', 'issued by an unknown authority', 1],
  ['speaks plain HTTP where TLS is asked for', 'retried', 'retried', 'The server does not use TLS on this port.', 1],
  ['has a name that stands for a loopback address', 'delivered', 'delivered', 200, 1],
  ['has a name that does not exist', 'retried', 'retried', 'The host name does not exist.', 0],
  [
    'has a name that its name server cannot resolve',
    'retried',
    'retried',
    'The host name could not be resolved (ESERVFAIL).',
    0,
  ],
  [
    'has a name that no name server answers for',
    'retried',
    'retried',
    'No name server answered for the host name in time.',
    0,
  ],
  ['has a name that stands for a private address', 'final', 'final', NOT_PUBLIC, 0],
  ['has a name that stands for an allowed address and a private one', 'final', 'final', NOT_PUBLIC, 0],
  ['has a name that stands for the metadata service', 'final', 'final', NOT_PUBLIC, 0],
  ['never answers the TLS handshake', 'retried', 'retried', 'The 10 s deadline passed during the TLS handshake.', 1],
  [
    'never answers',
    'retried',
    'retried',
    'The 10 s deadline passed while waiting for the response status and headers.',
    1,
  ],
  [
    'sends its headers a byte a second',
    'retried',
    'retried',
    'The 10 s deadline passed while waiting for the response status and headers.',
    1,
  ],
  [
    'never ends its body',
    'retried',
    'retried',
    'The 10 s deadline passed while reading the response body. The status had arrived.',
    1,
  ],
  [
    'sends its body a byte a second',
    'retried',
    'retried',
    'The 10 s deadline passed while reading the response body. The status had arrived.',
    1,
  ],
  [
    'answers 500 and sends its body a byte a second',
    'retried',
    'retried',
    'The 10 s deadline passed while reading the response body. The status had arrived.',
    1,
  ],
  ['answers 200 with an endless body', 'delivered', 'delivered', 200, 1],
  ['answers 200 with a body of 64 MiB', 'delivered', 'delivered', 200, 1],
  ['answers 404 with an endless body', 'final', 'retried', 404, 1],
  ['answers 500 with an endless body', 'retried', 'retried', 500, 1],
  ['answers 200 after three 103', 'delivered', 'delivered', 200, 1],
  [
    'storms with 1xx',
    'retried',
    'retried',
    'The response is not valid HTTP/1.1 (more than 20 informational responses before the final one).',
    1,
  ],
  ['switches protocols', 'retried', 'retried', 'The response is not valid HTTP/1.1 (unexpected upgrade).', 1],
  ['answers with what is no HTTP', 'retried', 'retried', 'The response is not valid HTTP/1.1', 1],
  ['answers with two different lengths', 'retried', 'retried', 'The response is not valid HTTP/1.1', 1],
  ['answers with a chunk of no size', 'retried', 'retried', 'The response is not valid HTTP/1.1', 1],
  ['answers with headers over 16 KiB', 'retried', 'retried', 'The response headers are larger than 16 KiB.', 1],
];

const receiver = new HostileReceiver(makeCertificates('localhost'));
let trap: HostileEndpoint;

const CASES: readonly Case[] = [
  ...STATUSES.map(([status, leapocr, rekognita]): Case => ({
    title: `answers ${status}`,
    behavior: (hostile) => hostile.answers(status, status >= 300 && status < 400 ? { location: trap.url } : {}),
    follows: { leapocr, rekognita },
    log: status,
    dialled: 1,
  })),
  ...HOSTILITIES.map(([title, leapocr, rekognita, log, dialled]): Case => ({
    title,
    behavior: BEHAVIORS[title],
    follows: { leapocr, rekognita },
    log,
    dialled,
  })),
];

/** What was seen of a case once its first attempt was on record. */
interface Observed {
  readonly record: DeliveryRecord;
  readonly queued: readonly {
    readonly message: DeliveryMessage;
    readonly queueName: string;
    readonly visibleAt: number;
  }[];
  readonly connections: number;
  readonly endpoint: HostileEndpoint;
}

/** The retry schedules' first step, in milliseconds, and how much later it may be by jitter. */
const FIRST_STEP: Readonly<Record<Profile, { readonly ms: number; readonly jitterMs: number }>> = {
  leapocr: { ms: 10_000, jitterMs: 2_000 },
  rekognita: { ms: 30_000, jitterMs: 0 },
};
/** Start and latency are whole milliseconds, each rounded for itself. */
const ROUNDING_MS = 2;
/**
 * Between the end of an attempt and the reckoning of the next one's time, on a machine that is busy with all these at
 * once.
 */
const RECKONING_MS = 3_000;
/** SQS delays by whole seconds. */
const SECOND_MS = 1_000;
const POLL_MS = 100;

const event = (tenant: string, event_type: string, more: object = {}) =>
  JSON.stringify({ event_id: randomUUID(), event_type, tenant_id: tenant, payload: { hostile: true }, ...more });

class Trial {
  readonly observed = new Map<string, Observed>();
  private readonly endpoints = new Map<string, { readonly title: string; readonly endpoint: HostileEndpoint }>();

  constructor(
    readonly profile: Profile,
    readonly platform = new Platform(profile),
  ) {}

  /**
   * One event to each case's endpoint, all at once, and what is on record and in the queues when its first attempt has
   * ended.
   */
  async run(): Promise<void> {
    const events = await Promise.all(CASES.map((each) => this.prepare(each)));
    await this.platform.publish(events);
    for (const end = Date.now() + 60_000; this.observed.size < CASES.length; await sleep(POLL_MS)) {
      if (Date.now() > end)
        throw new Error(
          `${this.profile}: no attempt on record where the endpoint ${CASES.filter(
            ({ title }) => !this.observed.has(title),
          )
            .map(({ title }) => title)
            .join('; ')}`,
        );
      await this.look();
    }
  }

  private async prepare({ title, behavior }: Case): Promise<string> {
    const endpoint = await behavior(receiver);
    const tenant = this.platform.newTenant();
    this.endpoints.set(tenant, { title, endpoint });
    if (this.profile === 'rekognita') return event(tenant, 'document.completed', { webhook_url: endpoint.url });
    await this.platform.subscribe(tenant, endpoint.url, ['job.completed']);
    return event(tenant, 'job.completed');
  }

  private async look(): Promise<void> {
    const records = (await this.platform.log()).filter(({ attempts }) => attempts > 0);
    const messages = await this.platform.allQueued();
    for (const record of records) {
      const { title, endpoint } = this.endpoints.get(record.tenantId) ?? {};
      if (title === undefined || endpoint === undefined || this.observed.has(title)) continue;
      this.observed.set(title, {
        record,
        endpoint,
        connections: endpoint.connections(),
        queued: messages.filter(({ body }) => body.includes(record.tenantId)).map(asDelivery),
      });
    }
  }
}

const asDelivery = ({ body, queueName, visibleAt }: QueuedMessage) => ({
  message: parseDeliveryMessage(body),
  queueName,
  visibleAt,
});

const trials = { leapocr: new Trial('leapocr'), rekognita: new Trial('rekognita') };

beforeAll(async () => {
  trap = await receiver.answers(200);
  await Promise.all(Object.values(trials).map((trial) => trial.run()));
});

/**
 * The second attempts are none of this file's, and so many endpoints that cannot be reached look like a fault of our
 * own to what runs within a minute.
 */
afterAll(async () => {
  for (const { platform } of Object.values(trials)) await platform.forgetRetries();
  await trials.leapocr.platform.moveClock(61);
  receiver.close();
});

describe.each(['leapocr', 'rekognita'] as const)('%s: the endpoint', (profile) => {
  test.each(CASES.map((each) => ({ ...each, expected: each.follows[profile] })))(
    '$title: $expected',
    ({ title, expected, log, dialled }) => {
      const { record, queued, connections, endpoint } = trials[profile].observed.get(title)!;
      const [attempt, ...others] = record.history;
      expect(others).toEqual([]);
      const told = attempt!.error === undefined ? attempt!.status : reasonText(attempt!.error);
      expect(told).toEqual(typeof log === 'number' ? log : expect.stringContaining(log));
      expect(connections).toBe(dialled);
      const why = typeof log === 'number' ? reason('endpoint-responded', { status: log }) : attempt!.error!;
      switch (expected) {
        case 'delivered':
        case 'final':
          expect(record).toMatchObject(
            expected === 'final'
              ? { status: 'failed', attempts: 1, reason: why }
              : { status: 'delivered', attempts: 1 },
          );
          expect(queued.filter(({ message }) => message.attempt > 1)).toEqual([]);
          expect(endpoint.connections()).toBe(dialled); // long after
          break;
        case 'retried': {
          const { ms, jitterMs } = FIRST_STEP[profile];
          const waitMs = record.dueAt! - (attempt!.at + attempt!.latencyMs);
          expect(record).toMatchObject({ status: 'pending', attempts: 1 });
          expect(waitMs).toBeGreaterThanOrEqual(ms - ROUNDING_MS);
          expect(waitMs).toBeLessThanOrEqual(ms + jitterMs + RECKONING_MS);
          const retries = queued.filter(({ message }) => message.attempt === 2);
          expect(retries).toMatchObject([
            {
              queueName: expect.stringContaining('RetryTier1') as string,
              message: { dueAt: record.dueAt, chain: record.chain, deliveryId: record.deliveryId },
            },
          ]);
          expect(retries[0]!.visibleAt * 1000).toBeGreaterThan(record.dueAt! - SECOND_MS);
          expect(retries[0]!.visibleAt * 1000).toBeLessThan(record.dueAt! + 2 * SECOND_MS);
        }
      }
    },
  );

  test('is never called where a redirect leads', () => {
    expect(trap.connections()).toBe(0);
  });
});

describe('rekognita: an event whose own URL the policy forbids has failed at once', () => {
  test.each([
    ['a private address', 'http://10.0.0.1/hook', NOT_PUBLIC],
    ['the metadata service', 'http://169.254.169.254/latest/meta-data/', NOT_PUBLIC],
    ['a private address in another spelling', 'http://0x0a.1/hook', NOT_PUBLIC],
    ['a private address within IPv6', 'http://[::ffff:10.0.0.1]/hook', NOT_PUBLIC],
    ['another scheme', 'ftp://127.0.0.1/hook', 'The endpoint URL must start with https:// or http://.'],
    [
      'a user and a password',
      'https://user:password@hooks.acme.com/',
      'The endpoint URL must not contain a user name or password. Verify the signature instead.',
    ],
  ])('%s', async (_what, url, words) => {
    const { platform } = trials.rekognita;
    const tenant = platform.newTenant();
    await platform.publish([event(tenant, 'document.completed', { webhook_url: url })]);
    await platform.recorded(tenant, 1);
    const [record, ...others] = await platform.deliveries(tenant);
    expect(others).toEqual([]);
    expect(record).toMatchObject({ status: 'failed', attempts: 1 });
    expect(reasonText(record!.reason!)).toBe(words);
    await platform.settled(tenant);
    expect(await platform.queued(tenant)).toEqual([]);
  });
});
