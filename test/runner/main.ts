// `npm test`: every suite in order, whatever the one before did, and one line at the end. `npm test -- unit e2e` runs
// these suites.
import { styleText } from 'node:util';
import { runMain } from '../../local/main';
import { abortOnSignals, Interrupted } from '../../local/shutdown';
import { parseArguments, usageError } from '../../local/options';
import { skipNotices } from './optional-tools';
import { runSuite } from './run-suite';
import { SUITES, type Suite } from './suites';
import { sum, summaryLine, type Tally } from './tally';

const USAGE = `Usage: npm test -- [SUITE ...]\nSuites: ${SUITES.map(({ name }) => name).join(', ')} (default: all)`;
const NAME_WIDTH = 14;

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};
const paint = (color: 'bold' | 'green' | 'red', text: string): string =>
  styleText(color, text, { stream: process.stdout });
const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

function chosenSuites(): readonly Suite[] {
  const names = parseArguments(process.argv.slice(2), USAGE);
  const unknown = names.find((name) => !SUITES.some((suite) => suite.name === name));
  if (unknown !== undefined) throw usageError(`There is no suite "${unknown}"`, USAGE);
  return names.length === 0 ? SUITES : SUITES.filter(({ name }) => names.includes(name));
}

async function runAll(suites: readonly Suite[], signal: AbortSignal): Promise<readonly Tally[]> {
  const tallies: Tally[] = [];
  const table: string[] = [];
  for (const [index, suite] of suites.entries()) {
    say(paint('bold', `\n── ${suite.name} (${index + 1} of ${suites.length}) ──`));
    const begun = performance.now();
    const tally = await runSuite(suite, signal);
    signal.throwIfAborted();
    const took = seconds(performance.now() - begun);
    const mark = tally.failed > 0 ? paint('red', '✗') : paint('green', '✓');
    const counts = suite.jest ? summaryLine(tally) : '';
    const line = `${mark} ${suite.name.padEnd(NAME_WIDTH)} ${took.padStart(8)}   ${counts}`.trimEnd();
    say(line);
    tallies.push(tally);
    table.push(line);
  }
  if (suites.length > 1) say(`\n${table.join('\n')}`);
  return tallies;
}

async function main(): Promise<void> {
  const suites = chosenSuites();
  const { signal } = abortOnSignals();
  const begun = performance.now();
  for (const notice of skipNotices(suites.map(({ name }) => name))) say(`Skipped: ${notice}.`);
  try {
    const total = sum(await runAll(suites, signal));
    say(`\n${seconds(performance.now() - begun)} in all`);
    say(summaryLine(total));
    process.exit(total.failed > 0 ? 1 : 0);
  } catch (error) {
    if (error instanceof Interrupted) process.exit(error.exitStatus);
    throw error;
  }
}

runMain(main);
