/**
 * Where the deliver function's CPU time goes: the load of deliver-cpu once, under a CPU profile, its self time summed
 * by what the code is. What the flame graph's top shows, as a table.
 */
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { join, relative, resolve } from 'node:path';
import { build } from 'esbuild';
import { HANDLER_BUNDLE } from '../build/bundle';
import { onDemand, partsOfUndici, withoutSpareProtocols } from '../build/bundle-plugins';
import { localFolder, projectRoot } from '../local/paths';
import { withStub } from './load-process';
import { newestProfile } from './measured-process';
import { type Frame, groupOf } from './profile-groups';
import { machine, rounded, type Section } from './section';

const BATCH = 10;
const BATCHES = 1_500;
const WARM_UP_BATCHES = 200;
const ROWS = 15;
const LOAD = 'load-handler.ts';

/** As `--cpu-prof` writes it (Chrome DevTools Protocol, "Profiler.Profile"); times in microseconds. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number;
    readonly callFrame: {
      readonly functionName: string;
      readonly url: string;
      readonly lineNumber: number;
      readonly columnNumber: number;
    };
  }[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

interface Share {
  readonly name: string;
  /** Of busy time, 0 to 1. */
  readonly share: number;
  /** The function with most of it. */
  readonly most: string;
}

/** The deliver function as it ships, but with its names and a source map. */
async function bundleWithMap(folder: string): Promise<string> {
  const outfile = join(folder, 'index.js');
  await build({
    ...HANDLER_BUNDLE,
    minifyIdentifiers: false,
    minifySyntax: true,
    minifyWhitespace: true,
    minify: false,
    entryPoints: [join(projectRoot, 'lambda', 'deliver.lambda.ts')],
    outfile,
    sourcemap: 'external',
    plugins: [partsOfUndici, withoutSpareProtocols, onDemand(new Map())],
  });
  return outfile;
}

/** @returns what a frame was before it was bundled */
function frameReader(bundled: string): (frame: CpuProfile['nodes'][number]['callFrame']) => Frame {
  const map = new SourceMap(JSON.parse(readFileSync(`${bundled}.map`, 'utf8')) as SourceMapPayload);
  const folder = resolve(bundled, '..');
  return ({ functionName, url, lineNumber, columnNumber }) => {
    if (url.startsWith('node:') || url === '') return { functionName, source: url };
    const file = url.replace(/^file:\/\//, '');
    if (file !== bundled) return { functionName, source: relative(projectRoot, file) };
    const entry = map.findEntry(lineNumber, columnNumber);
    return {
      functionName: functionName === '' ? '(anonymous)' : functionName,
      source: 'originalSource' in entry ? relative(projectRoot, resolve(folder, entry.originalSource)) : '',
    };
  };
}

function sharesOf({ nodes, samples, timeDeltas }: CpuProfile, read: ReturnType<typeof frameReader>): Share[] {
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, { callFrame, frame: read(callFrame) }]));
  const groups = new Map<string, Map<string, number>>();
  let busy = 0;
  // Loading and warming up are not what is asked about: the second half is all load.
  for (let index = Math.floor(samples.length / 2); index < samples.length; index += 1) {
    const { frame, callFrame } = frames.get(samples[index]!)!;
    if (callFrame.functionName === '(idle)') continue;
    const time = timeDeltas[index]!;
    busy += time;
    const group = groups.get(groupOf(frame)) ?? new Map<string, number>();
    groups.set(groupOf(frame), group);
    const name = callFrame.functionName === '' ? '(anonymous)' : callFrame.functionName;
    group.set(name, (group.get(name) ?? 0) + time);
  }
  const most = (group: ReadonlyMap<string, number>) => [...group].sort(([, a], [, b]) => b - a)[0]![0];
  return [...groups]
    .map(([name, group]) => ({
      name,
      share: [...group.values()].reduce((sum, time) => sum + time, 0) / busy,
      most: most(group),
    }))
    .sort((a, b) => b.share - a.share);
}

export async function profile(): Promise<Section> {
  const folder = join(localFolder, 'bench', 'profile');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const handler = await bundleWithMap(folder);
  const microseconds = await withStub(1, (measure) =>
    measure(LOAD, { batch: BATCH, batches: BATCHES, warmUpBatches: WARM_UP_BATCHES, fanOut: 1, handler }, folder),
  );
  const file = newestProfile(folder, LOAD);
  const shares = sharesOf(JSON.parse(readFileSync(file, 'utf8')) as CpuProfile, frameReader(handler)).slice(0, ROWS);
  return {
    name: 'profile',
    title:
      `Where the deliver function's CPU time goes (batch of ${BATCH}, 1 KiB, warm; ${file} for a browser's ` +
      'developer tools)',
    table: [
      ['', 'of busy time', 'most of it in'],
      ...shares.map(({ name, share, most }) => [name, `${(100 * share).toFixed(1)} %`, most]),
    ],
    json: {
      batch: BATCH,
      batches: BATCHES,
      microsecondsADelivery: rounded(microseconds),
      shares: shares.map((each) => ({ ...each, share: rounded(each.share, 4) })),
      ...machine(),
    },
  };
}
