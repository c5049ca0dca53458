/**
 * One run on the embedded AWS, to check the simulation by: a hundred endpoints, events at a rate that it stands, with
 * five that hang and with none.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { clientConfig } from '../local/aws-client';
import { startEmulator } from '../local/emulator';
import { freePort } from '../local/free-port';
import { localFolder } from '../local/paths';
import { deploy } from '../local/stack';
import { subscribe } from '../local/subscribe';
import { ENDPOINTS, WARM_UP_MS } from './isolation/assumptions';
import { answerMs } from './isolation/endpoints';
import { type Latencies, latenciesOf } from './isolation/measurements';
import { HEALTHY, type Scenario } from './isolation/scenario';
import { Random } from '../test/simulation/random';

const RATE_PER_SECOND = 10;
const SECONDS = 40;
const WARM_UP = 100;
const HANGING = 5;
/**
 * Of MiniStack, which is the emulator: of an event source without a bound of its own. It neither scales nor has fair
 * queues.
 */
const EMULATOR_CONCURRENCY = 5;
/** What the emulator's run is beside it, simulated with its rules, often enough to see what one run may come to. */
export const SIMULATED: Scenario = {
  ...HEALTHY,
  repeats: 20,
  eventsPerSecond: RATE_PER_SECOND,
  endMs: WARM_UP_MS + SECONDS * 1000,
  fairQueues: false,
  scaling: { atRest: EMULATOR_CONCURRENCY, upASecond: 0, most: EMULATOR_CONCURRENCY },
};
export const SIMULATED_HANGING: Scenario = { ...SIMULATED, hanging: HANGING };
const ANSWERED_LIMIT_MS = 120_000;

/** Receivers on one server, an endpoint a path: healthy ones answer after the simulation's time, hanging ones never. */
class Receivers {
  hanging = 0;
  private readonly answered = new Map<string, number>();
  private readonly random = new Random(1);
  readonly server = createServer((request, response) => {
    const endpoint = Number(request.url!.slice(1));
    const mark = String(request.headers['webhook-id']);
    request.resume();
    if (endpoint < this.hanging) return;
    setTimeout(() => {
      if (!this.answered.has(mark)) this.answered.set(mark, performance.now());
      response.writeHead(200).end('ok');
    }, answerMs(this.random));
  });

  async all(marks: readonly string[]): Promise<ReadonlyMap<string, number>> {
    for (const end = Date.now() + ANSWERED_LIMIT_MS; !marks.every((mark) => this.answered.has(mark)); await sleep(50)) {
      if (Date.now() > end)
        throw new Error(
          `${marks.filter((mark) => !this.answered.has(mark)).length} of ${marks.length} events were not ` +
            `answered within ${ANSWERED_LIMIT_MS} ms`,
        );
    }
    return this.answered;
  }
}

export interface EmulatorResult {
  readonly ratePerSecond: number;
  readonly events: number;
  readonly healthy: { readonly alone: Latencies; readonly besideHanging: Latencies };
}

export async function emulatorIsolation(): Promise<EmulatorResult> {
  const folder = join(localFolder, `bench-isolation-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  const receivers = new Receivers();
  await new Promise<void>((resolve) => receivers.server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(receivers.server.address() as AddressInfo).port}`;
  const emulator = await startEmulator({ port: await freePort(), folder });
  try {
    const { leapocr } = await deploy(emulator, {
      stacks: ['leapocr'],
      endpointPolicy: 'development',
      folder,
      step: (_label, work) => work(),
    });
    for (let endpoint = 0; endpoint < ENDPOINTS; endpoint += 1) {
      await subscribe({
        local: emulator,
        stack: leapocr!,
        tenant: tenantOf(endpoint),
        url: `${url}/${endpoint}`,
        events: ['job.completed'],
      });
    }
    const sqs = new SQSClient({ ...clientConfig(emulator), md5: false });
    const send = (count: number, run: string): Promise<Latencies> =>
      paced(sqs, leapocr!.eventQueueUrl, count, run, receivers);
    await send(WARM_UP, 'warm-up');
    const alone = await send(RATE_PER_SECOND * SECONDS, 'alone');
    receivers.hanging = HANGING;
    const besideHanging = await send(RATE_PER_SECOND * SECONDS, 'hanging');
    return { ratePerSecond: RATE_PER_SECOND, events: RATE_PER_SECOND * SECONDS, healthy: { alone, besideHanging } };
  } finally {
    await emulator.stop();
    receivers.server.closeAllConnections();
    receivers.server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * One message at a time, at a steady rate, each to an endpoint by chance.
 *
 * @returns milliseconds from SendMessage to the answer, of the healthy ones
 */
async function paced(
  sqs: SQSClient,
  queueUrl: string,
  count: number,
  run: string,
  receivers: Receivers,
): Promise<Latencies> {
  const random = new Random(count);
  const sent = new Map<string, number>();
  const sends: Promise<unknown>[] = [];
  const began = performance.now();
  for (let index = 0; index < count; index += 1) {
    await sleep(Math.max(0, began + (index * 1000) / RATE_PER_SECOND - performance.now()));
    const [mark, endpoint] = [`${run}-${index}`, random.below(ENDPOINTS)];
    if (endpoint >= receivers.hanging) sent.set(mark, performance.now());
    const body = JSON.stringify({
      event_id: mark,
      event_type: 'job.completed',
      tenant_id: tenantOf(endpoint),
      payload: { mark },
    });
    sends.push(
      sqs.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: body,
          MessageGroupId: tenantOf(endpoint).replace('/', '_'),
        }),
      ),
    );
  }
  await Promise.all(sends);
  const answered = await receivers.all([...sent.keys()]);
  return latenciesOf([...sent].map(([mark, at]) => answered.get(mark)! - at));
}

function tenantOf(endpoint: number): string {
  return `org_${endpoint}/team_1`;
}
