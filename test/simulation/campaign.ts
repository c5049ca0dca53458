/** Many runs, one after the other, and what they found. */
import { type FaultMix, type FaultName } from './faults';
import { type RunResult, simulate } from './simulate';

export interface CampaignSettings {
  readonly mix: FaultMix;
  readonly from: number;
  readonly seeds: number;
  /** Ends the campaign after so many runs with violations. */
  readonly mostFindings: number;
  /** Told of each run with violations, at once. */
  readonly onFinding?: (result: RunResult) => Promise<void>;
  /** Asked before each run. */
  readonly goesOn?: (done: number) => boolean;
}

export interface CampaignResult {
  readonly runs: number;
  readonly steps: number;
  readonly attempts: number;
  readonly struck: ReadonlyMap<FaultName, number>;
  readonly findings: readonly RunResult[];
}

export async function campaign({
  mix,
  from,
  seeds,
  mostFindings,
  onFinding = () => Promise.resolve(),
  goesOn = () => true,
}: CampaignSettings): Promise<CampaignResult> {
  const struck = new Map<FaultName, number>();
  const findings: RunResult[] = [];
  let [runs, steps, attempts] = [0, 0, 0];
  while (runs < seeds && findings.length < mostFindings && goesOn(runs)) {
    const result = await simulate(from + runs, mix);
    runs += 1;
    steps += result.steps;
    attempts += result.attempts;
    for (const [fault, times] of result.struck) struck.set(fault, (struck.get(fault) ?? 0) + times);
    if (result.violations.length === 0) continue;
    findings.push(result);
    await onFinding(result);
  }
  return { runs, steps, attempts, struck, findings };
}

/** What was wrong in a run, with the trace of what it was about and the command that plays it again. */
export async function report(seed: number, mix: FaultMix): Promise<string> {
  const result = await simulate(seed, mix, true);
  const [first] = result.violations;
  if (first === undefined) return `seed ${seed}: nothing is wrong`;
  return [
    ...result.violations.map(({ invariant, about, what }) => `seed ${seed}: invariant ${invariant}: ${about}: ${what}`),
    ...result.trace.about(first.about),
    `faults: ${[...result.faults].join(', ') || 'none'}`,
    `again: npm run simulate -- --seed ${seed} --faults ${typeof mix === 'string' ? mix : mix.join(',')} --trace`,
  ].join('\n');
}
