/** Processes that put a load on the functions, and the stub that answers them as the receiver and as AWS. */
import { once } from 'node:events';
import { KeyRing } from '../lambda/core/signing/key-ring';
import { formatSecret } from '../lambda/core/signing/secret';
import { LEAPOCR_PROFILE } from '../test/builders/profile';
import { subscription } from '../test/builders/subscription';
import { SeededRandom } from '../test/fakes/time-and-random';
import type { StubSettings } from './aws-stub';
import type { LoadResult, LoadSettings } from './delivery-load';
import { firstMessage, startProcess, stubEnvironment } from './measured-process';
import { secretOwner } from '../lambda/core/subscriptions/subscription';

const ROOT_SECRET = JSON.stringify({ version: 1, current: 'k1', k1: 'b'.repeat(64) });
const SECRET = formatSecret(new SeededRandom('bench').bytes(32));
const TARGET = subscription();

/** What differs from load to load. */
export type Load = Pick<LoadSettings, 'batches' | 'warmUpBatches' | 'batch' | 'fanOut' | 'handler' | 'variant'>;

/**
 * @param file of this folder
 * @param profiles where it leaves a CPU profile, if anywhere
 * @returns CPU time in microseconds of one message of the load
 */
export type Measure = (file: string, load: Load, profiles?: string) => Promise<number>;

/** @param routes subscriptions that an event matches */
export async function withStub<T>(routes: number, run: (measure: Measure) => Promise<T>): Promise<T> {
  const stub = startProcess('aws-stub.ts', { STUB_SETTINGS: JSON.stringify(stubSettings(routes)) });
  try {
    const stubUrl = (await firstMessage(stub, 'aws-stub.ts')) as string;
    return await run((file, load, profiles) =>
      measure(file, { ...load, stubUrl, tenant: TARGET.tenantId, subscriptionId: TARGET.id, secret: SECRET }, profiles),
    );
  } finally {
    stub.disconnect();
  }
}

async function measure(file: string, settings: LoadSettings, profiles?: string): Promise<number> {
  const child = startProcess(
    file,
    {
      ...stubEnvironment(settings.stubUrl),
      ...functionEnvironment(settings.stubUrl),
      BENCH_SETTINGS: JSON.stringify(settings),
    },
    profiles,
  );
  const ended = once(child, 'exit'); // a profile is written when its process ends
  const { cpuMicroseconds, messages } = (await firstMessage(child, file)) as LoadResult;
  await ended;
  return cpuMicroseconds / messages;
}

/** What dispatch and deliver read. */
function functionEnvironment(stubUrl: string): Record<string, string> {
  return {
    WEBHOOK_PROFILE: JSON.stringify({ ...LEAPOCR_PROFILE, endpoints: { kind: 'development' } }),
    SUBSCRIPTIONS_TABLE: 'subscriptions',
    EVENTS_TABLE: 'events',
    DELIVERIES_TABLE: 'deliveries',
    PAYLOAD_BUCKET: 'payloads',
    ROOT_KEY_SECRET: 'root',
    WAIT_QUEUE_URL: `${stubUrl}/wait`,
    TIER_QUEUE_URLS: JSON.stringify(LEAPOCR_PROFILE.retry.delays.map((_delay, tier) => `${stubUrl}/tier${tier}`)),
    EVENT_BUS: 'bus',
    NAME_SERVERS: '[]',
    DELIVERY_QUEUE_URL: `${stubUrl}/delivery`,
    EVENT_DEAD_LETTER_QUEUE_URL: `${stubUrl}/dead-letters`,
    DELIVER_TIMEOUT_SECONDS: '30',
  };
}

function stubSettings(routes: number): StubSettings {
  const sealed = KeyRing.parse(ROOT_SECRET).seal(SECRET, secretOwner(TARGET), new SeededRandom('iv').bytes(12));
  return {
    secret: ROOT_SECRET,
    routes,
    subscription: {
      pk: { S: `T#${TARGET.tenantId}` },
      sk: { S: `S#${TARGET.id}` },
      v: { N: '1' },
      events: { L: [{ S: 'job.completed' }] },
      enabled: { BOOL: true },
      epoch: { N: '1' },
      count: { N: '0' },
      forgiven: { N: '0' },
      secret: { S: sealed },
      created: { N: '1' },
      updated: { N: '1' },
    },
  };
}
