/**
 * From SendMessage to arrival, on the embedded AWS: the whole stack beside a bare one (a queue, a function that POSTs),
 * on the same emulator in the same run. What the emulator's queues and workers take is in both; ours has two queues and
 * two functions to the bare one's one.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { clientConfig } from '../local/aws-client';
import { runCdk } from '../local/cdk';
import { startEmulator } from '../local/emulator';
import { freePort } from '../local/free-port';
import { localFolder } from '../local/paths';
import { deploy } from '../local/stack';
import { subscribe } from '../local/subscribe';
import { machine, percentile, rounded, type Section } from './section';

const TENANT = 'org_1/team_1';
const RATE_PER_SECOND = 20;
const PACED = 400;
const BURST = 2_000;
const BURST_SENDERS = 8;
const WARM_UP = 100;
const BATCH = 10;
const DEPLOY_LIMIT_MS = 120_000;
const ARRIVAL_LIMIT_MS = 60_000;

type Side = 'bare' | 'ours';

/** Arrivals at the receiver: when each number of a run came first. */
class Arrivals {
  private readonly came = new Map<string, number>();
  readonly server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const now = performance.now();
      const { mark } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { mark: string };
      if (!this.came.has(mark)) this.came.set(mark, now);
      response.writeHead(200).end('ok');
    });
  });

  at(mark: string): number | undefined {
    return this.came.get(mark);
  }

  async all(marks: readonly string[]): Promise<void> {
    for (const end = Date.now() + ARRIVAL_LIMIT_MS; !marks.every((mark) => this.came.has(mark)); await sleep(20)) {
      if (Date.now() > end)
        throw new Error(
          `${marks.filter((mark) => !this.came.has(mark)).length} of ${marks.length} events did not arrive ` +
            `within ${ARRIVAL_LIMIT_MS} ms`,
        );
    }
  }
}

interface Target {
  readonly side: Side;
  readonly queueUrl: string;
  readonly bodyOf: (mark: string) => string;
}

const filler = 'x'.repeat(900);
const BODIES: Readonly<Record<Side, (mark: string) => string>> = {
  bare: (mark) => JSON.stringify({ mark, filler }),
  ours: (mark) =>
    JSON.stringify({ event_id: mark, event_type: 'job.completed', tenant_id: TENANT, payload: { mark, filler } }),
};

let runs = 0;
const marksOf = (side: Side, count: number): string[] => {
  runs += 1;
  return Array.from({ length: count }, (_unused, index) => `${side}-${runs}-${index}`);
};

/**
 * One message at a time, at a steady rate.
 *
 * @returns milliseconds from SendMessage to arrival, of each
 */
async function paced(
  sqs: SQSClient,
  { side, queueUrl, bodyOf }: Target,
  count: number,
  arrivals: Arrivals,
): Promise<number[]> {
  const marks = marksOf(side, count);
  const sent = new Map<string, number>();
  const sends: Promise<unknown>[] = [];
  const began = performance.now();
  for (const [index, mark] of marks.entries()) {
    await sleep(Math.max(0, began + (index * 1000) / RATE_PER_SECOND - performance.now()));
    sent.set(mark, performance.now());
    sends.push(sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: bodyOf(mark) })));
  }
  await Promise.all(sends);
  await arrivals.all(marks);
  return marks.map((mark) => arrivals.at(mark)! - sent.get(mark)!);
}

/**
 * As fast as it goes.
 *
 * @returns events a second, from the first send to the last arrival
 */
async function burst(sqs: SQSClient, { side, queueUrl, bodyOf }: Target, arrivals: Arrivals): Promise<number> {
  const marks = marksOf(side, BURST);
  const batches = Array.from({ length: BURST / BATCH }, (_unused, index) =>
    marks.slice(index * BATCH, (index + 1) * BATCH),
  );
  const began = performance.now();
  await Promise.all(
    Array.from({ length: BURST_SENDERS }, async () => {
      for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
        await sqs.send(
          new SendMessageBatchCommand({
            QueueUrl: queueUrl,
            Entries: batch.map((mark, index) => ({ Id: String(index), MessageBody: bodyOf(mark) })),
          }),
        );
      }
    }),
  );
  await arrivals.all(marks);
  return BURST / ((Math.max(...marks.map((mark) => arrivals.at(mark)!)) - began) / 1000);
}

export async function endToEnd(): Promise<Section> {
  const folder = join(localFolder, `bench-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  const arrivals = new Arrivals();
  await new Promise<void>((resolve) => arrivals.server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(arrivals.server.address() as AddressInfo).port}`;
  const emulator = await startEmulator({ port: await freePort(), folder });
  try {
    const quietly = <T>(_label: string, work: () => Promise<T>): Promise<T> => work();
    const { leapocr } = await deploy(emulator, {
      stacks: ['leapocr'],
      endpointPolicy: 'development',
      folder,
      step: quietly,
    });
    const outputsFile = join(folder, 'bare-outputs.json');
    await runCdk(
      ['deploy', '--all', '--require-approval', 'never', '--outputs-file', outputsFile, '--context', `url=${url}/bare`],
      { ...emulator, folder: join(folder, 'bare'), appFolder: join(__dirname, 'bare-app') },
      DEPLOY_LIMIT_MS,
    );
    const outputs = JSON.parse(readFileSync(outputsFile, 'utf8')) as Record<string, { QueueUrl: string }>;
    await subscribe({
      local: emulator,
      stack: leapocr!,
      tenant: TENANT,
      url: `${url}/ours`,
      events: ['job.completed'],
    });
    const targets: Target[] = [
      { side: 'bare', queueUrl: outputs['cdk-webhooks-bench-bare']!.QueueUrl, bodyOf: BODIES.bare },
      { side: 'ours', queueUrl: leapocr!.eventQueueUrl, bodyOf: BODIES.ours },
    ];
    const sqs = new SQSClient({ ...clientConfig(emulator), md5: false });
    for (const target of targets) await paced(sqs, target, WARM_UP, arrivals);
    const results = [];
    for (const target of targets) {
      const latencies = await paced(sqs, target, PACED, arrivals);
      results.push({
        side: target.side,
        milliseconds: {
          p50: rounded(percentile(latencies, 0.5)),
          p95: rounded(percentile(latencies, 0.95)),
          p99: rounded(percentile(latencies, 0.99)),
        },
        eventsPerSecond: 0,
      });
    }
    for (const [index, target] of targets.entries())
      results[index]!.eventsPerSecond = rounded(await burst(sqs, target, arrivals), 0);
    const [bare, ours] = [results[0]!, results[1]!];
    const ratio = {
      p50: rounded(ours.milliseconds.p50 / bare.milliseconds.p50, 2),
      throughput: rounded(ours.eventsPerSecond / bare.eventsPerSecond, 2),
    };
    return {
      name: 'end-to-end',
      title:
        `From SendMessage to arrival on the embedded AWS (1 KiB; ${PACED} at ${RATE_PER_SECOND}/s, then ${BURST} ` +
        'as fast as it goes)',
      table: [
        ['', 'p50 ms', 'p95 ms', 'p99 ms', 'events/s'],
        ...[bare, ours].map(({ side, milliseconds: { p50, p95, p99 }, eventsPerSecond }) => [
          side === 'bare' ? 'bare: queue, function that POSTs' : 'ours: two queues, two functions, three tables',
          p50.toFixed(1),
          p95.toFixed(1),
          p99.toFixed(1),
          String(eventsPerSecond),
        ]),
        ['ours to bare', ratio.p50.toFixed(2), '', '', ratio.throughput.toFixed(2)],
      ],
      json: { ratePerSecond: RATE_PER_SECOND, paced: PACED, burst: BURST, results, ratio, ...machine() },
    };
  } finally {
    await emulator.stop();
    arrivals.server.closeAllConnections();
    arrivals.server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
