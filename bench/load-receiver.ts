/**
 * The measured side of the receiver's latency: the bundled receiver handler and a bare one that only returns 200, in
 * turn, one request after another, as one execution environment gets them.
 */
import { createHmac, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { ReceiverEvent } from '../lambda/receiver/lambda-event';
import { bodyOf } from './delivery-load';

export interface ReceiverLoad {
  readonly requests: number;
  readonly warmUpRequests: number;
  readonly secret: string;
}

/** Microseconds of each request. */
export interface ReceiverLatencies {
  readonly receiver: readonly number[];
  readonly bare: readonly number[];
}

type Handler = (event: ReceiverEvent) => Promise<{ readonly statusCode?: number }>;

const { requests, warmUpRequests, secret } = JSON.parse(process.env.BENCH_SETTINGS!) as ReceiverLoad;

const bare: Handler = () =>
  Promise.resolve({ statusCode: 200, headers: { 'content-type': 'application/json' }, body: '{"received":true}' });

function eventOf(index: number): ReceiverEvent {
  const body = JSON.stringify({ event_id: randomUUID(), ...(JSON.parse(bodyOf(index)) as object) });
  const time = String(Math.floor(Date.now() / 1000));
  return {
    routeKey: 'POST /webhooks',
    headers: {
      'content-type': 'application/json',
      'x-webhook-timestamp': time,
      'x-webhook-signature': createHmac('sha256', secret).update(`${time}.${body}`).digest('hex'),
    },
    body,
    isBase64Encoded: false,
    requestContext: { requestId: randomUUID() },
  };
}

async function timed(handler: Handler, event: ReceiverEvent): Promise<number> {
  const before = process.hrtime.bigint();
  const { statusCode } = await handler(event);
  const took = Number(process.hrtime.bigint() - before) / 1000;
  if (statusCode !== 200) throw new Error(`the handler answered ${statusCode}`);
  return took;
}

async function main(): Promise<void> {
  const { handler: receiver } = (await import(join(__dirname, '..', 'assets', 'receiver', 'index.js'))) as {
    handler: Handler;
  };
  const latencies = { receiver: [] as number[], bare: [] as number[] };
  for (let index = 0; index < warmUpRequests + requests; index += 1) {
    const event = eventOf(index);
    const pair = [await timed(receiver, event), await timed(bare, event)] as const;
    if (index < warmUpRequests) continue;
    latencies.receiver.push(pair[0]);
    latencies.bare.push(pair[1]);
  }
  process.send!(latencies satisfies ReceiverLatencies, () => process.exit());
}

void main();
