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
    const args = [
      bundle,
      '--json',
      '--from',
      String(from),
      '--seeds',
      String(within),
      '--faults',
      typeof faults === 'string' ? faults : faults.join(','),
    ];
    const told = JSON.parse(await outputOf(args)) as Told;
    const [finding] = told.findings;
    return { seed: finding?.seed, runs: told.runs, seconds: told.seconds, violations: finding?.violations ?? [] };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * The source of a file with the mutation's bug in it.
 *
 * @throws Error when the mutation's text does not stand in its file exactly once, whatever the layout of either
 */
export function mutated({ name, file, find, replace }: Mutation): string {
  const source = readFileSync(join(ROOT, file), 'utf8');
  const places = [...source.matchAll(anyLayout(find))];
  if (places.length !== 1) {
    throw new Error(
      `mutation ${name}: its text is ${places.length} times in ${file}, and must be there once. Adapt it.`,
    );
  }
  const [{ 0: text, index }] = places as [RegExpMatchArray & { index: number }];
  return source.slice(0, index) + replace + source.slice(index + text.length);
}

/**
 * Matches code with the same tokens as `text`: a formatter may break lines, and then adds a comma after the last item.
 */
export function anyLayout(text: string): RegExp {
  const tokens = text.match(/\w+|[^\w\s]/g) ?? [];
  const kept = tokens.filter((token, index) => token !== ',' || !isClosing(tokens[index + 1]));
  const parts = kept.map((token, index) => {
    const previous = kept[index - 1];
    if (previous === undefined) return escaped(token);
    if (isClosing(token)) return `\\s*,?\\s*${escaped(token)}`;
    return `${isWord(previous) && isWord(token) ? '\\s+' : '\\s*'}${escaped(token)}`;
  });
  return new RegExp(parts.join(''), 'g');
}

function isClosing(token: string | undefined): boolean {
  return token === ')' || token === ']' || token === '}';
}

function isWord(token: string): boolean {
  return /^\w/.test(token);
}

function escaped(token: string): string {
  return token.replace(/[\\^$.*+?()[\]{}|]/, '\\$&');
}

function mutating(mutation: Mutation): Plugin {
  const contents = mutated(mutation);
  const path = join(ROOT, mutation.file);
  return {
    name: 'mutation',
    setup: (bundler) =>
      bundler.onLoad({ filter: /\.ts$/ }, (file) => (file.path === path ? { contents, loader: 'ts' } : undefined)),
  };
}

/** Status 1 is what the simulator ends with when it found something. */
async function outputOf(args: readonly string[]): Promise<string> {
  try {
    return (
      await promisify(execFile)(process.execPath, [...args], {
        timeout: LONGEST_MS,
        maxBuffer: 64 * 1024 * 1024,
        env: { PATH: process.env.PATH },
      })
    ).stdout;
  } catch (error) {
    const { code, stdout } = error as { code?: unknown; stdout?: string };
    if (code === 1 && stdout?.startsWith('{') === true) return stdout;
    throw error;
  }
}
