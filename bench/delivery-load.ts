/** What both sides of the CPU benchmark send: the same bodies, to the same receiver, in batches of ten at once. */
export const BATCH = 10;
export const BODY_BYTES = 1024;

/** Handed from the bench to the process that it measures. */
export interface LoadSettings {
  readonly batches: number;
  readonly warmUpBatches: number;
  readonly stubUrl: string;
  readonly tenant: string;
  readonly subscriptionId: string;
  readonly secret: string;
}

export interface LoadResult {
  /** CPU time of the process, user and system, for the measured batches. */
  readonly cpuMicroseconds: number;
  readonly deliveries: number;
}

/** 1 KiB of ordinary JSON. */
export function bodyOf(index: number): string {
  const rest = JSON.stringify({ event_type: 'job.completed', index, file_name: 'invoice.pdf', text: '' });
  return JSON.stringify({ event_type: 'job.completed', index, file_name: 'invoice.pdf', text: 'x'.repeat(BODY_BYTES - rest.length) });
}

/** Runs batches one after another, as a warm function does, and tells the parent what the measured ones took. */
export async function measureBatches({ batches, warmUpBatches }: LoadSettings, prepare: (batch: number) => unknown, run: (prepared: unknown) => Promise<void>): Promise<void> {
  const prepared = Array.from({ length: warmUpBatches + batches }, (_unused, batch) => prepare(batch));
  for (let batch = 0; batch < warmUpBatches; batch += 1) await run(prepared[batch]);
  const before = process.cpuUsage();
  for (let batch = warmUpBatches; batch < prepared.length; batch += 1) await run(prepared[batch]);
  const { user, system } = process.cpuUsage(before);
  const result: LoadResult = { cpuMicroseconds: user + system, deliveries: batches * BATCH };
  process.send!(result);
}

export function settingsFromEnvironment(): LoadSettings {
  return JSON.parse(process.env.BENCH_SETTINGS!) as LoadSettings;
}
