/**
 * CPU time a delivery: the deliver function against a bare loop that signs and POSTs. The two run in turn, several times, and the middle of each is
 * compared, so that the machine's noise meets both.
 */
import { KeyRing } from '../lambda/core/key-ring';
import { formatSecret } from '../lambda/core/secret';
import { secretOwner } from '../lambda/core/subscription';
import { LEAPOCR_PROFILE } from '../test/builders/profile';
import { subscription } from '../test/builders/subscription';
import { SeededChance } from '../test/fakes/time-and-chance';
import type { StubSettings } from './aws-stub';
import { BATCH, BODY_BYTES, type LoadResult, type LoadSettings } from './delivery-load';
import { firstMessage, startProcess, stubEnvironment } from './measured-process';
import { machine, middle, rounded, type Section } from './section';

const ROUNDS = 5;
const BATCHES = 600;
const WARM_UP_BATCHES = 150;

const SIDES = { bare: 'load-bare.ts', floor: 'load-floor.ts', handler: 'load-handler.ts' } as const;
type Side = keyof typeof SIDES;

async function measure(side: Side, settings: LoadSettings): Promise<number> {
  const child = startProcess(SIDES[side], {
    ...stubEnvironment(settings.stubUrl),
    BENCH_SETTINGS: JSON.stringify(settings),
    WEBHOOK_PROFILE: JSON.stringify({ ...LEAPOCR_PROFILE, endpoints: { kind: 'development' } }),
    SUBSCRIPTIONS_TABLE: 'subscriptions',
    EVENTS_TABLE: 'events',
    DELIVERIES_TABLE: 'deliveries',
    PAYLOAD_BUCKET: 'payloads',
    ROOT_KEY_SECRET: 'root',
    WAIT_QUEUE_URL: `${settings.stubUrl}/wait`,
    TIER_QUEUE_URLS: JSON.stringify(LEAPOCR_PROFILE.retry.delays.map((_delay, tier) => `${settings.stubUrl}/tier${tier}`)),
    EVENT_BUS: 'bus',
    NAME_SERVERS: '[]',
  });
  const { cpuMicroseconds, deliveries } = (await firstMessage(child, SIDES[side])) as LoadResult;
  return cpuMicroseconds / deliveries;
}

export async function deliverCpu(): Promise<Section> {
  const rootSecret = JSON.stringify({ version: 1, current: 'k1', k1: 'b'.repeat(64) });
  const secret = formatSecret(new SeededChance('bench').bytes(32));
  const target = subscription();
  const sealed = KeyRing.parse(rootSecret).seal(secret, secretOwner(target), new SeededChance('iv').bytes(12));
  const stubSettings: StubSettings = {
    secret: rootSecret,
    subscription: {
      pk: { S: `T#${target.tenantId}` },
      sk: { S: `S#${target.id}` },
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
  const stub = startProcess('aws-stub.ts', { STUB_SETTINGS: JSON.stringify(stubSettings) });
  const results: Record<Side, number[]> = { bare: [], floor: [], handler: [] };
  try {
    const stubUrl = (await firstMessage(stub, 'aws-stub.ts')) as string;
    const settings: LoadSettings = { batches: BATCHES, warmUpBatches: WARM_UP_BATCHES, stubUrl, tenant: target.tenantId, subscriptionId: target.id, secret };
    for (let round = 1; round <= ROUNDS; round += 1) {
      for (const side of Object.keys(SIDES) as Side[]) results[side].push(await measure(side, settings));
      console.error(`round ${round} of ${ROUNDS}: ${Object.entries(results).map(([side, values]) => `${side} ${values.at(-1)!.toFixed(1)} us`).join(', ')}`);
    }
  } finally {
    stub.disconnect();
  }
  const [bare, floor, handler] = [middle(results.bare), middle(results.floor), middle(results.handler)];
  const ratio = { floorToBare: rounded(floor / bare, 2), handlerToBare: rounded(handler / bare, 2), handlerToFloor: rounded(handler / floor, 2) };
  return {
    name: 'deliver-cpu',
    title: 'CPU time a delivery (1 KiB body, batch of 10, warm)',
    table: [
      ['', 'us', 'to bare', 'to floor'],
      ['bare loop: one HMAC, POST by undici', bare.toFixed(1), '1.00', ''],
      ['floor: the same and the AWS calls, by the bare SDK', floor.toFixed(1), ratio.floorToBare.toFixed(2), '1.00'],
      ['deliver function: three signatures, guard, log', handler.toFixed(1), ratio.handlerToBare.toFixed(2), ratio.handlerToFloor.toFixed(2)],
    ],
    json: { bodyBytes: BODY_BYTES, batch: BATCH, rounds: ROUNDS, deliveriesPerRound: BATCHES * BATCH, microsecondsPerDelivery: { bare: rounded(bare), floor: rounded(floor), handler: rounded(handler) }, ratio, ...machine() },
  };
}
