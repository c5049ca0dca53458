import { HIGHEST_MEAN, meanWords, type CountedFault, type Measure } from './faults';

/** The faults of a file when it was last recorded. */
export interface Counts extends Readonly<Record<CountedFault, number>> {
  /** Words a sentence. */
  readonly mean: number;
}

/** By path. A file that is not recorded has no fault, and a mean of `HIGHEST_MEAN` at most. */
export type Baseline = Readonly<Record<string, Counts>>;

/** The counts of a file without faults. */
const CLEAN: Counts = { long: 0, semicolons: 0, banned: 0, mean: HIGHEST_MEAN };
const KINDS = ['long', 'semicolons', 'banned'] as const;

/** What `check` reports: `failures` end it with status 1. */
export interface Report {
  readonly failures: readonly string[];
  /** The files that have fewer faults than recorded. */
  readonly improved: readonly string[];
}

export function countsOf(measured: Measure): Counts {
  const count = (kind: CountedFault): number => measured.faults.filter((fault) => fault.kind === kind).length;
  return {
    long: count('long'),
    semicolons: count('semicolons'),
    banned: count('banned'),
    mean: Math.max(HIGHEST_MEAN, meanWords(measured)),
  };
}

/** Compares what was measured with what is recorded. */
export function compare(measures: ReadonlyMap<string, Measure>, baseline: Baseline): Report {
  const failures: string[] = [];
  const improved: string[] = Object.keys(baseline).filter((path) => !measures.has(path));
  for (const [path, measured] of measures) {
    const recorded = baseline[path] ?? CLEAN;
    const counts = countsOf(measured);
    for (const kind of KINDS)
      if (counts[kind] > recorded[kind]) failures.push(...grown(path, kind, measured, recorded));
    if (counts.mean > recorded.mean) {
      const grew = `${counts.mean} words a sentence on average, at most ${recorded.mean} before`;
      failures.push(`${path}: ${grew}. Better: shorter sentences`);
    }
    if ([...KINDS, 'mean' as const].some((kind) => counts[kind] < recorded[kind])) improved.push(path);
  }
  return { failures, improved: improved.sort() };
}

function grown(path: string, kind: CountedFault, { faults }: Measure, recorded: Counts): readonly string[] {
  const ofKind = faults.filter((fault) => fault.kind === kind);
  const before = recorded[kind] === 0 ? '' : ` (one of ${ofKind.length}, and ${recorded[kind]} are recorded)`;
  return ofKind.map(({ line, what, better }) => `${path}:${line}: ${what}${before}. Better: ${better}`);
}

/**
 * The baseline with each count lowered to what was measured. No count is raised, and a file that is not recorded is not
 * added.
 */
export function lowered(measures: ReadonlyMap<string, Measure>, baseline: Baseline): Baseline {
  const entries = Object.entries(baseline).flatMap(([path, recorded]) => {
    const measured = measures.get(path);
    if (measured === undefined) return [];
    const counts = countsOf(measured);
    const lower: Counts = {
      long: Math.min(counts.long, recorded.long),
      semicolons: Math.min(counts.semicolons, recorded.semicolons),
      banned: Math.min(counts.banned, recorded.banned),
      mean: Math.min(counts.mean, recorded.mean),
    };
    return isClean(lower) ? [] : [[path, lower] as const];
  });
  return Object.fromEntries(entries);
}

/** The first baseline of a project: every file's counts as they are. */
export function firstBaseline(measures: ReadonlyMap<string, Measure>): Baseline {
  const counted = [...measures].map(([path, measured]) => [path, countsOf(measured)] as const);
  return Object.fromEntries(counted.filter(([, counts]) => !isClean(counts)));
}

/** A renamed file keeps its counts. */
export function moved(baseline: Baseline, renames: ReadonlyMap<string, string>): Baseline {
  return Object.fromEntries(Object.entries(baseline).map(([path, counts]) => [renames.get(path) ?? path, counts]));
}

const isClean = (counts: Counts): boolean => KINDS.every((kind) => counts[kind] === 0) && counts.mean <= HIGHEST_MEAN;

/** JSON, sorted, with one file a line. */
export function baselineText(baseline: Baseline): string {
  const rows = Object.keys(baseline)
    .sort()
    .map((path) => {
      const { long, semicolons, banned, mean } = baseline[path]!;
      return (
        `  ${JSON.stringify(path)}: ` +
        `{ "long": ${long}, "semicolons": ${semicolons}, "banned": ${banned}, "mean": ${mean} }`
      );
    });
  return `{\n${rows.join(',\n')}\n}\n`;
}
