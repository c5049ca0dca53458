/** A process that plays one scenario and tells its parent what came of it. */
import type { DeployedSender } from './deployed-queues';
import type { Scenario } from './scenario';
import { simulate } from './simulate';

export interface RunSettings {
  readonly scenario: Scenario;
  readonly deployed: DeployedSender;
}

const { scenario, deployed } = JSON.parse(process.env.BENCH_SETTINGS!) as RunSettings;

// Nobody waits for it any more.
process.once('disconnect', () => process.exit(1));

simulate(scenario, deployed).then(
  (result) => process.send!(result, () => process.exit()),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
