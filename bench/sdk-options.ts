/**
 * What an AWS call costs in CPU time, and which options of the SDK make it cheaper: each alone against a client as it
 * comes, in turn, by the share of each round.
 */
import { withStub } from './load-process';
import { VARIANTS } from './sdk-variants';
import { machine, middle, rounded, type Section } from './section';

const ROUNDS = 5;
const BATCHES = 200;
const WARM_UP_BATCHES = 150;
/** Records of a write. */
const BATCH = 10;
/** Two reads of a subscription and a write of the records: what deliver asks for. */
const CALLS = 3;

export async function sdkOptions(): Promise<Section> {
  const rounds = await withStub(1, async (measure) => {
    const all: number[][] = [];
    for (let round = 1; round <= ROUNDS; round += 1) {
      const microseconds = [];
      for (const { name } of VARIANTS)
        microseconds.push(
          ((await measure('load-sdk-calls.ts', {
            batch: BATCH,
            batches: BATCHES,
            warmUpBatches: WARM_UP_BATCHES,
            fanOut: 1,
            handler: '',
            variant: name,
          })) *
            BATCH) /
            CALLS,
        );
      console.error(
        `round ${round} of ${ROUNDS}: ${microseconds[0]!.toFixed(0)} us a call as the client comes, ` +
          `${microseconds[1]!.toFixed(0)} us as ours`,
      );
      all.push(microseconds);
    }
    return all;
  });
  const results = VARIANTS.map(({ name }, index) => ({
    name,
    microsecondsACall: rounded(middle(rounds.map((round) => round[index]!))),
    change: rounded(middle(rounds.map((round) => round[index]! / round[0]!)) - 1, 3),
  }));
  return {
    name: 'sdk-options',
    title: 'CPU time of an AWS call, by options of the SDK',
    table: [
      ['', 'us a call', 'change'],
      ...results.map(({ name, microsecondsACall, change }, index) => [
        name,
        microsecondsACall.toFixed(0),
        index === 0 ? '' : `${change > 0 ? '+' : ''}${(100 * change).toFixed(0)} %`,
      ]),
    ],
    json: { rounds: ROUNDS, callsPerRound: BATCHES * CALLS, results, ...machine() },
  };
}
