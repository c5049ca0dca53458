/**
 * Checks the prose of pages and comments: no file may have more long sentences, joining semicolons and banned
 * constructions than `baseline.json` records of it, and a file that is not recorded may have none. `--update` lowers
 * the recorded counts to what is found. It never raises one. Without a baseline, `--update` writes the first.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../local/paths';
import { gitPaths, projectFiles } from '../project-files';
import { baselineText, compare, firstBaseline, lowered, moved, type Baseline } from './baseline';
import { hasProse, meanWords, measure, type Measure } from './faults';

const BASELINE = 'build/prose/baseline.json';
const baselineFile = join(projectRoot, BASELINE);
/** Made by a command. */
const GENERATED = new Set(['dashboard/api/schema.d.ts']);

/** Renames since the baseline was last committed, old path to new: Git knows those that are staged. */
function renamesSinceBaseline(): ReadonlyMap<string, string> {
  const [commit] = gitPaths('log', '-1', '-z', '--format=%H', '--', BASELINE);
  if (commit === undefined) return new Map();
  const listed = gitPaths('diff', '--find-renames', '--diff-filter=R', '--name-status', '-z', commit.trim());
  const renames = new Map<string, string>();
  for (let at = 0; at + 2 < listed.length; at += 3) renames.set(listed[at + 1]!, listed[at + 2]!);
  return renames;
}

function main(): void {
  const measures = new Map<string, Measure>();
  for (const path of projectFiles()) {
    if (!hasProse(path) || GENERATED.has(path)) continue;
    measures.set(path, measure(path, readFileSync(join(projectRoot, path), 'utf8')));
  }
  const update = process.argv.includes('--update');
  if (!existsSync(baselineFile)) {
    if (!update) throw new Error(`${BASELINE} is missing; restore it from Git`);
    writeFileSync(baselineFile, baselineText(firstBaseline(measures)));
  }
  const recorded = JSON.parse(readFileSync(baselineFile, 'utf8')) as Baseline;
  const baseline = moved(recorded, renamesSinceBaseline());
  const { failures, improved } = compare(measures, baseline);
  for (const failure of failures) process.stdout.write(`${failure}\n`);
  if (update) writeFileSync(baselineFile, baselineText(lowered(measures, baseline)));
  else if (improved.length > 0) {
    process.stdout.write(`Fewer faults than recorded: ${improved.join(', ')}.\n`);
    process.stdout.write('Run "tsx build/prose/check.ts --update" to record it.\n');
  }
  process.stdout.write(`${summary(measures)}\n`);
  if (failures.length > 0) process.exitCode = 1;
}

function summary(measures: ReadonlyMap<string, Measure>): string {
  const all = [...measures.values()];
  const faults = all.flatMap((measured) => measured.faults);
  const count = (kind: string): number => faults.filter((fault) => fault.kind === kind).length;
  const sentences = all.reduce((sum, measured) => sum + measured.sentences, 0);
  const words = all.reduce((sum, measured) => sum + measured.words, 0);
  return (
    `${sentences} sentences, ${meanWords({ words, sentences })} words each; ${count('long')} too long, ` +
    `${count('semicolons')} joining semicolons, ${count('banned')} banned constructions`
  );
}

main();
