/** What both sides of the CPU benchmark send: the same bodies, to the same receiver, a batch at once. */
export const BODY_BYTES = 1024;
/**
 * So many sockets the deliver function keeps to an origin (`connectionsPerOrigin` of
 * lambda/adapters/http/endpoint-client.ts), and so many the bare loop.
 */
export const CONNECTIONS = 16;

/** Handed from the bench to the process that it measures. */
export interface LoadSettings {
  readonly batches: number;
  readonly warmUpBatches: number;
  /** Messages of a batch. */
  readonly batch: number;
  readonly stubUrl: string;
  readonly tenant: string;
  readonly subscriptionId: string;
  readonly secret: string;
  /** Subscriptions that an event matches; of dispatch alone. */
  readonly fanOut: number;
  /** The bundled function. */
  readonly handler: string;
  /** Of the SDK's client; where that is what is measured. */
  readonly variant?: string;
}

export interface LoadResult {
  /** CPU time of the process, user and system, for the measured batches. */
  readonly cpuMicroseconds: number;
  /** Messages that the measured batches had. */
  readonly messages: number;
}

/** 1 KiB of ordinary JSON. */
export function bodyOf(index: number): string {
  const rest = JSON.stringify({ event_type: 'job.completed', index, file_name: 'invoice.pdf', text: '' });
  return JSON.stringify({
    event_type: 'job.completed',
    index,
    file_name: 'invoice.pdf',
    text: 'x'.repeat(BODY_BYTES - rest.length),
  });
}

/** Runs batches one after another, as a warm function does, and tells the parent what the measured ones took. */
export async function measureBatches<T>(
  { batches, warmUpBatches, batch: messages }: LoadSettings,
  prepare: (batch: number) => T,
  run: (prepared: T) => Promise<void>,
): Promise<void> {
  const prepared = Array.from({ length: warmUpBatches + batches }, (_unused, batch) => prepare(batch));
  for (let batch = 0; batch < warmUpBatches; batch += 1) await run(prepared[batch]!);
  const before = process.cpuUsage();
  for (let batch = warmUpBatches; batch < prepared.length; batch += 1) await run(prepared[batch]!);
  const { user, system } = process.cpuUsage(before);
  process.send!({ cpuMicroseconds: user + system, messages: batches * messages } satisfies LoadResult);
  process.disconnect();
  process.exit();
}

export function settingsFromEnvironment(): LoadSettings {
  return JSON.parse(process.env.BENCH_SETTINGS!) as LoadSettings;
}
