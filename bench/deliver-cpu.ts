/**
 * CPU time a delivery: the deliver function against a bare loop that signs and POSTs. The two run in turn, several times, and the middle of each is
 * compared, so that the machine's noise meets both. `npm run bench`; the method is in docs/performance.md.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { bundle } from '../build/bundle';
import { KeyRing } from '../lambda/core/key-ring';
import { formatSecret } from '../lambda/core/secret';
import { secretOwner } from '../lambda/core/subscription';
import { LEAPOCR_PROFILE } from '../test/builders/profile';
import { subscription } from '../test/builders/subscription';
import { SeededChance } from '../test/fakes/time-and-chance';
import { BATCH, BODY_BYTES, type LoadResult, type LoadSettings } from './delivery-load';

const ROUNDS = 5;
const BATCHES = 600;
const WARM_UP_BATCHES = 150;
const LONGEST_RUN_MS = 120_000;

const SIDES = { handler: 'load-handler.ts', bare: 'load-bare.ts' } as const;
type Side = keyof typeof SIDES;

function start(file: string, env: Record<string, string>): ChildProcess {
  return fork(join(__dirname, file), { execArgv: ['--import', 'tsx'], env: { ...process.env, NODE_OPTIONS: '', ...env }, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
}

/** What a child says first. @throws Error when it ends, or takes too long, without saying anything */
async function firstMessage(child: ChildProcess, what: string): Promise<unknown> {
  const timer = setTimeout(() => child.kill('SIGKILL'), LONGEST_RUN_MS);
  try {
    const ended = once(child, 'exit').then(([code]) => {
      throw new Error(`${what} ended with ${String(code)} before it had a result`);
    });
    return (await Promise.race([once(child, 'message'), ended]) as [unknown])[0];
  } finally {
    clearTimeout(timer);
  }
}

async function measure(side: Side, settings: LoadSettings): Promise<number> {
  const child = start(SIDES[side], {
    BENCH_SETTINGS: JSON.stringify(settings),
    AWS_ENDPOINT_URL: settings.stubUrl,
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'bench',
    AWS_SECRET_ACCESS_KEY: 'bench',
    WEBHOOK_SERVICE: 'bench',
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

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

async function main(): Promise<void> {
  await bundle();
  const rootSecret = JSON.stringify({ version: 1, current: 'k1', k1: 'b'.repeat(64) });
  const secret = formatSecret(new SeededChance('bench').bytes(32));
  const target = subscription();
  const sealed = KeyRing.parse(rootSecret).seal(secret, secretOwner(target), new SeededChance('iv').bytes(12));
  const item = {
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
  };
  const stub = start('aws-stub.ts', { STUB_SETTINGS: JSON.stringify({ rootSecret, subscription: item }) });
  const results: Record<Side, number[]> = { handler: [], bare: [] };
  try {
    const stubUrl = (await firstMessage(stub, 'aws-stub.ts')) as string;
    const settings: LoadSettings = { batches: BATCHES, warmUpBatches: WARM_UP_BATCHES, stubUrl, tenant: target.tenantId, subscriptionId: target.id, secret };
    for (let round = 1; round <= ROUNDS; round += 1) {
      for (const side of ['bare', 'handler'] as const) results[side].push(await measure(side, settings));
      console.error(`round ${round} of ${ROUNDS}: bare ${results.bare.at(-1)!.toFixed(1)} us, deliver function ${results.handler.at(-1)!.toFixed(1)} us`);
    }
  } finally {
    stub.disconnect();
  }
  const [handler, bare] = [middle(results.handler), middle(results.bare)];
  const report = {
    benchmark: 'deliver-cpu',
    bodyBytes: BODY_BYTES,
    batch: BATCH,
    rounds: ROUNDS,
    deliveriesPerRound: BATCHES * BATCH,
    microsecondsPerDelivery: { handler: round1(handler), bare: round1(bare) },
    ratio: Math.round((handler / bare) * 100) / 100,
    node: process.version,
    cpu: cpus()[0]?.model,
    at: new Date().toISOString(),
  };
  const folder = join(__dirname, '..', '.local', 'bench');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'deliver-cpu.json'), `${JSON.stringify(report, undefined, 2)}\n`);
  console.log('CPU time a delivery (1 KiB body, batch of 10, warm)');
  console.log(`  bare loop: one HMAC, POST by undici           ${bare.toFixed(1).padStart(7)} us`);
  console.log(`  deliver function: three signatures, AWS calls ${handler.toFixed(1).padStart(7)} us`);
  console.log(`  ratio                                         ${report.ratio.toFixed(2).padStart(7)}`);
}

function round1(value: number): number {
  return Math.round(value * 10) / 10;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
