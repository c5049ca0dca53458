/**
 * What the receiver adds to a request: its handler beside a bare one that only returns 200. AWS answers at once here,
 * so this is the receiver's own time, and the calls it makes are named beside it.
 */
import { formatSecret } from '../lambda/core/signing/secret';
import { SeededRandom } from '../test/fakes/time-and-random';
import type { StubSettings } from './aws-stub';
import type { ReceiverLatencies, ReceiverLoad } from './load-receiver';
import { firstMessage, startProcess, stubEnvironment } from './measured-process';
import { machine, percentile, rounded, type Section } from './section';

const REQUESTS = 3_000;
const WARM_UP_REQUESTS = 1_000;
/** The lease, the message and the mark: what each request waits for, one after another. */
const CALLS = ['DynamoDB PutItem', 'SQS SendMessage', 'DynamoDB PutItem'];

export async function receiverLatency(): Promise<Section> {
  const secret = formatSecret(new SeededRandom('bench').bytes(32));
  const stub = startProcess('aws-stub.ts', { STUB_SETTINGS: JSON.stringify({ secret } satisfies StubSettings) });
  try {
    const stubUrl = (await firstMessage(stub, 'aws-stub.ts')) as string;
    const settings = {
      version: 1,
      deduplicationSeconds: 86_400,
      sources: [
        {
          path: '/webhooks',
          scheme: { kind: 'leapOcr' },
          secret: 'secret',
          target: { kind: 'queue', address: `${stubUrl}/queue` },
          maxBodyBytes: 1_000_000,
          toleranceSeconds: 300,
        },
      ],
    };
    const load: ReceiverLoad = { requests: REQUESTS, warmUpRequests: WARM_UP_REQUESTS, secret };
    const child = startProcess('load-receiver.ts', {
      ...stubEnvironment(stubUrl),
      BENCH_SETTINGS: JSON.stringify(load),
      RECEIVER_SETTINGS: JSON.stringify(settings),
      RECEPTIONS_TABLE: 'receptions',
    });
    const latencies = (await firstMessage(child, 'load-receiver.ts')) as ReceiverLatencies;
    const of = (side: keyof ReceiverLatencies) => ({
      p50: rounded(percentile(latencies[side], 0.5)),
      p99: rounded(percentile(latencies[side], 0.99)),
    });
    const [receiver, bare] = [of('receiver'), of('bare')];
    const overhead = { p50: rounded(receiver.p50 - bare.p50), p99: rounded(receiver.p99 - bare.p99) };
    const row = (name: string, { p50, p99 }: typeof receiver) => [name, p50.toFixed(1), p99.toFixed(1)];
    return {
      name: 'receiver-latency',
      title: `Time of a request in the receiver's handler (1 KiB body, warm; ${CALLS.join(', ')} answered at once)`,
      table: [
        ['', 'p50 us', 'p99 us'],
        row('bare handler: returns 200', bare),
        row('receiver: verifies, leases, hands over, marks', receiver),
        row('overhead', overhead),
      ],
      json: { requests: REQUESTS, calls: CALLS, microseconds: { receiver, bare, overhead }, ...machine() },
    };
  } finally {
    stub.disconnect();
  }
}
