/** The simulator's command: `npm run simulate -- --help`. */
import { runMain } from '../../local/main';
import { parseOptions, usageError } from '../../local/options';
import { campaign, report } from './campaign';
import { ALL_FAULTS, EXCUSING_FAULTS, type FaultMix, FREE_FAULTS, parseFaultMix } from './faults';
import { simulate } from './simulate';

const USAGE = `Plays the delivery protocol on a simulated world, from seeds, and checks
invariants 1 to 5 of docs/architecture.md.

  --seed N          plays one run again, and prints what is wrong in it
  --trace           with --seed: prints all of its trace; with --about NAME, that of a
                    delivery (t1.e2>s1) or a subscription (s1)
  --seeds N         plays so many runs (default: 1000)
  --from N          from this seed (default: 1)
  --seconds N       ends after so long, whatever is left
  --faults MIX      none; free (a mix of those that excuse nothing); all (a mix of all, the
                    default); or names, joined by commas
  --findings N      ends after so many runs with violations (default: 1)
  --json            prints what came out as one line of JSON

Faults that excuse nothing: ${FREE_FAULTS.join(', ')}
Faults that excuse what they strike: ${EXCUSING_FAULTS.join(', ')}`;

const PROGRESS_MS = 10_000;

const OPTIONS = {
  seed: { type: 'string' },
  trace: { type: 'boolean', default: false },
  about: { type: 'string' },
  seeds: { type: 'string', default: '1000' },
  from: { type: 'string', default: '1' },
  seconds: { type: 'string' },
  faults: { type: 'string', default: 'all' },
  findings: { type: 'string', default: '1' },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

type Values = ReturnType<typeof parseOptions<typeof OPTIONS>>;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

async function playOne(seed: number, mix: FaultMix, values: Values): Promise<boolean> {
  const result = await simulate(seed, mix, true);
  if (values.trace)
    (values.about === undefined ? result.trace.lines : result.trace.about(values.about)).forEach((line) => say(line));
  else if (result.violations.length > 0) say(await report(seed, mix));
  say(
    `seed ${seed}: ${result.violations.length} violations, ${result.steps} steps, ${result.attempts} attempts, ` +
      `profile ${result.profile}, trace ${result.trace.hash().slice(0, 16)}`,
  );
  return result.violations.length === 0;
}

async function playMany(mix: FaultMix, values: Values): Promise<boolean> {
  const begun = performance.now();
  let spoken = begun;
  const result = await campaign({
    mix,
    from: Number(values.from),
    seeds: Number(values.seeds),
    mostFindings: Number(values.findings),
    onFinding: async ({ seed }) => {
      if (!values.json) say(await report(seed, mix));
    },
    goesOn: (done) => {
      const now = performance.now();
      if (now - spoken > PROGRESS_MS && !values.json) {
        spoken = now;
        say(`${done} runs, ${Math.round(done / ((now - begun) / 1000))} a second`);
      }
      return values.seconds === undefined || now - begun < Number(values.seconds) * 1000;
    },
  });
  const seconds = (performance.now() - begun) / 1000;
  if (values.json)
    say(
      JSON.stringify({
        runs: result.runs,
        seconds,
        findings: result.findings.map(({ seed, violations }) => ({ seed, violations })),
      }),
    );
  else {
    const struck = ALL_FAULTS.flatMap((fault) =>
      result.struck.has(fault) ? [`${fault} ${result.struck.get(fault)}`] : [],
    );
    say(
      `${result.runs} runs with faults ${values.faults}, seeds from ${values.from}: ${result.findings.length} ` +
        `with violations; ${result.attempts} attempts, ${result.steps} steps, ${seconds.toFixed(1)} s, ` +
        `${Math.round(result.runs / seconds)} runs a second`,
    );
    if (struck.length > 0) say(`faults struck: ${struck.join(', ')}`);
  }
  return result.findings.length === 0;
}

function mixOf(text: string): FaultMix {
  try {
    return parseFaultMix(text);
  } catch (error) {
    throw usageError((error as Error).message, USAGE);
  }
}

async function main(): Promise<void> {
  const values = parseOptions(process.argv.slice(2), OPTIONS, USAGE);
  if (values.help) return say(USAGE);
  const mix = mixOf(values.faults);
  const fine = await (values.seed === undefined ? playMany(mix, values) : playOne(Number(values.seed), mix, values));
  process.exitCode = fine ? 0 : 1;
}

runMain(main);
