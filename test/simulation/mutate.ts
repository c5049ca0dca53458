/** Runs the simulator on a copy of the source with one deliberate bug in it. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { build, type Plugin } from 'esbuild';
import type { Mutation } from './mutations';

const ROOT = join(__dirname, '..', '..');
const MOST_SEEDS = 6_000;
const LONGEST_MS = 60_000;

export interface MutationResult {
  /** The first seed that shows it; undefined when none of those tried did. */
  readonly seed: number | undefined;
  readonly runs: number;
  readonly seconds: number;
  readonly violations: readonly { readonly invariant: string; readonly about: string; readonly what: string }[];
}

/** What main.ts says with --json. */
interface Told {
  readonly runs: number;
  readonly seconds: number;
  readonly findings: readonly { readonly seed: number; readonly violations: MutationResult['violations'] }[];
}

/** @throws Error when the mutation's text does not stand in its file exactly once */
export async function runMutation(mutation: Mutation): Promise<MutationResult> {
  const folder = mkdtempSync(join(tmpdir(), 'simulation-'));
  try {
    const bundle = join(folder, 'main.cjs');
    await build({
      entryPoints: [join(ROOT, 'test/simulation/main.ts')],
      outfile: bundle,
      bundle: true,
      platform: 'node',
      target: 'node24',
      format: 'cjs',
      logLevel: 'silent',
      plugins: [mutating(mutation)],
    });
    const { from = 1, within = MOST_SEEDS, faults } = mutation;
    const args = [bundle, '--json', '--from', String(from), '--seeds', String(within), '--faults', typeof faults === 'string' ? faults : faults.join(',')];
    const told = JSON.parse(await outputOf(args)) as Told;
    const [finding] = told.findings;
    return { seed: finding?.seed, runs: told.runs, seconds: told.seconds, violations: finding?.violations ?? [] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The source of a file with the mutation's bug in it. */
export function mutated({ name, file, find, replace }: Mutation): string {
  const source = readFileSync(join(ROOT, file), 'utf8');
  const times = source.split(find).length - 1;
  if (times !== 1) throw new Error(`mutation ${name}: its text stands ${times} times in ${file}, and not once: write it anew after what the file says now`);
  return source.replace(find, () => replace);
}

function mutating(mutation: Mutation): Plugin {
  const contents = mutated(mutation);
  const path = join(ROOT, mutation.file);
  return {
    name: 'mutation',
    setup: (bundler) => bundler.onLoad({ filter: /\.ts$/ }, (file) => (file.path === path ? { contents, loader: 'ts' } : undefined)),
  };
}

/** Status 1 is what the simulator ends with when it found something. */
async function outputOf(args: readonly string[]): Promise<string> {
  try {
    return (await promisify(execFile)(process.execPath, [...args], { timeout: LONGEST_MS, maxBuffer: 64 * 1024 * 1024, env: { PATH: process.env.PATH } })).stdout;
  } catch (error) {
    const { code, stdout } = error as { code?: unknown; stdout?: string };
    if (code === 1 && stdout?.startsWith('{') === true) return stdout;
    throw error;
  }
}
