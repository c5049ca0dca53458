/**
 * CPU time a delivery: the deliver function against a bare loop that signs and POSTs, and against the floor of what has
 * to be asked of AWS; and dispatch against its floor. All run in turn, several times; ratios are those of a round, and
 * the middle one counts, so that the machine's noise meets all.
 */
import { join } from 'node:path';
import { deployedFunctions } from './deployed-functions';
import { BODY_BYTES } from './delivery-load';
import { withStub } from './load-process';
import { machine, middle, rounded, type Section } from './section';

interface Case {
  /** Of the row, and of the JSON. */
  readonly name: string;
  readonly handler: 'deliver' | 'dispatch';
  readonly batch: number;
  readonly fanOut: number;
  readonly rounds: number;
  readonly batches: number;
}

const CASES: readonly Case[] = [
  { name: 'deliver, batch of 10', handler: 'deliver', batch: 10, fanOut: 1, rounds: 5, batches: 600 },
  { name: 'deliver, batch of 100', handler: 'deliver', batch: 100, fanOut: 1, rounds: 3, batches: 60 },
  { name: 'dispatch, fan-out 1, batch of 10', handler: 'dispatch', batch: 10, fanOut: 1, rounds: 3, batches: 150 },
  { name: 'dispatch, fan-out 1, batch of 100', handler: 'dispatch', batch: 100, fanOut: 1, rounds: 3, batches: 15 },
  { name: 'dispatch, fan-out 10, batch of 10', handler: 'dispatch', batch: 10, fanOut: 10, rounds: 3, batches: 100 },
];
/** Of the measured batches, before them: what a warm function has been through. */
const WARM_UP_SHARE = 0.25;

const SIDES = {
  deliver: { bare: 'load-bare.ts', floor: 'load-floor.ts', function: 'load-handler.ts' },
  dispatch: { floor: 'load-dispatch-floor.ts', function: 'load-dispatch.ts' },
} as const satisfies Record<string, Partial<Record<Side, string>>>;
type Side = 'bare' | 'floor' | 'function';

/** Microseconds of one message, which is a delivery or an event, by round. */
type Rounds = Readonly<Partial<Record<Side, readonly number[]>> & Record<'floor' | 'function', readonly number[]>>;

function measureCase({ name, handler, batch, fanOut, rounds, batches }: Case, code: string): Promise<Rounds> {
  return withStub(fanOut, async (measure) => {
    const load = {
      batch,
      fanOut,
      batches,
      warmUpBatches: Math.ceil(batches * WARM_UP_SHARE),
      handler: join(code, 'index.js'),
    };
    const results = { floor: [], function: [] } as Partial<Record<Side, number[]>> &
      Record<'floor' | 'function', number[]>;
    for (let round = 1; round <= rounds; round += 1) {
      for (const [side, file] of Object.entries(SIDES[handler]) as [Side, string][])
        (results[side] ??= []).push(await measure(file, load));
      console.error(
        `${name}, round ${round} of ${rounds}: ${Object.entries(results)
          .map(([side, values]) => `${side} ${values.at(-1)!.toFixed(1)} us`)
          .join(', ')}`,
      );
    }
    return results;
  });
}

/** The function's times to another side's. */
function ratioTo(side: readonly number[] | undefined, { function: own }: Rounds): number | undefined {
  return side === undefined
    ? undefined
    : rounded(middle(own.map((microseconds, round) => microseconds / side[round]!)), 2);
}

export async function deliverCpu(): Promise<Section> {
  const code = new Map(deployedFunctions().map(({ handler, codeFolder }) => [handler, codeFolder]));
  const measured = [];
  for (const each of CASES) {
    const rounds = await measureCase(each, code.get(each.handler)!);
    const [bare, floor, own] = [rounds.bare, rounds.floor, rounds.function].map((times) =>
      times === undefined ? undefined : rounded(middle(times)),
    );
    measured.push({
      ...each,
      microseconds: { bare, floor, function: own },
      ratio: { toBare: ratioTo(rounds.bare, rounds), toFloor: ratioTo(rounds.floor, rounds) },
    });
  }
  return {
    name: 'deliver-cpu',
    title: 'CPU time of a delivery, and of an event in dispatch (1 KiB, warm; microseconds)',
    table: [
      ['', 'bare', 'floor', 'function', 'to bare', 'to floor'],
      ...measured.map(({ name, microseconds, ratio }) => [
        name,
        ...[microseconds.bare, microseconds.floor, microseconds.function].map((each) => each?.toFixed(1) ?? ''),
        ...[ratio.toBare, ratio.toFloor].map((each) => each?.toFixed(2) ?? ''),
      ]),
    ],
    json: { bodyBytes: BODY_BYTES, cases: measured, ...machine() },
  };
}
