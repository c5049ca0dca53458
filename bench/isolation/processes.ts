/** Plays scenarios in processes of their own, as many at a time as there are cores. */
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { startProcess } from '../measured-process';
import type { DeployedSender } from './deployed-queues';
import type { RunResult } from './measurements';
import type { RunSettings } from './run';
import type { Scenario } from './scenario';

/** A run makes much that is soon forgotten: with room for it, collecting it takes a third of the time. */
const NODE_OPTIONS = '--max-semi-space-size=128';
const MOST_PROCESSES = 4;

export interface Job {
  readonly name: string;
  readonly scenario: Scenario;
}

/**
 * @returns by the jobs' names
 * @throws Error when a run fails
 */
export async function playAll(jobs: readonly Job[], deployed: DeployedSender): Promise<ReadonlyMap<string, RunResult>> {
  const results = new Map<string, RunResult>();
  // The longest first, so that no core waits for the other at the end.
  const left = [...jobs].sort((one, other) => sizeOf(other.scenario) - sizeOf(one.scenario));
  const work = async (): Promise<void> => {
    for (let job = left.shift(); job !== undefined; job = left.shift()) {
      const result = await play(job, deployed);
      results.set(job.name, result);
      console.error(
        `${job.name}: ${result.virtualSeconds} s and ${result.deliveries} deliveries simulated in ` +
          `${result.cpuSeconds.toFixed(0)} s of CPU time`,
      );
    }
  };
  await Promise.all(Array.from({ length: Math.min(availableParallelism(), MOST_PROCESSES) }, work));
  return results;
}

async function play({ name, scenario }: Job, deployed: DeployedSender): Promise<RunResult> {
  const child = startProcess('isolation/run.ts', {
    BENCH_SETTINGS: JSON.stringify({ scenario, deployed } satisfies RunSettings),
    NODE_OPTIONS,
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`the simulation of "${name}" ended with ${String(code)} before it had a result`);
  });
  return ((await Promise.race([once(child, 'message'), ended])) as [RunResult])[0];
}

function sizeOf({ eventsPerSecond, endMs, repeats }: Scenario): number {
  return eventsPerSecond * endMs * repeats;
}
