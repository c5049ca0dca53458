/**
 * Builds the dashboard's page (dashboard/) by Vite to assets/dashboard/site/, and beside each file that is worth it its
 * Brotli and gzip codings: the function that serves them compresses nothing. What has not changed since the last time
 * is not built again: this is part of every local deploy.
 */
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Rolldown } from 'vite';

const ROOT = join(__dirname, '..');
const SOURCE = join(ROOT, 'dashboard');
const SITE = join(ROOT, 'assets', 'dashboard', 'site');
const PAGE = 'index.html';
/** What the last build was of. */
const STAMP = join(ROOT, '.local', 'dashboard-build.json');
const COMPRESSED = /\.(js|css|svg|json|txt)$/;
/** Of dashboard/: made there by `npm run build:dashboard`, or by people. */
const NO_SOURCE = /^(dist|node_modules)(\/|$)/;

interface Stamp {
  readonly digest: string;
  /** Modules from elsewhere in this repository. */
  readonly outside: readonly string[];
  /** Folders of packages whose code is in it. */
  readonly packages: readonly string[];
}

/** @returns folders of the packages whose code is in the page, from this repository's; none while there is no page */
export async function buildDashboardSite(): Promise<readonly string[]> {
  if (!existsSync(join(SOURCE, PAGE))) return [];
  const last = lastBuild();
  if (last !== undefined && existsSync(join(SITE, PAGE)) && last.digest === digestOf(last.outside))
    return last.packages;
  mkdirSync(dirname(STAMP), { recursive: true });
  const draft = mkdtempSync(join(dirname(STAMP), 'dashboard-site-'));
  try {
    const modules = await build(draft);
    const outside = modules.filter((path) => !path.startsWith('dashboard/') && !path.startsWith('node_modules/'));
    const packages = [...new Set(modules.flatMap((path) => /^node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []))];
    compress(draft);
    replaceSite(draft);
    writeFileSync(STAMP, JSON.stringify({ digest: digestOf(outside), outside, packages } satisfies Stamp));
    return packages;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** @returns paths of all modules that are in it, from the repository's root */
async function build(outDir: string): Promise<string[]> {
  process.env.NODE_ENV = 'production'; // else React is built with its checks for developers
  const vite = await import('vite');
  const onLog: Rolldown.InputOptions['onLog'] = (level, log, write) => {
    // "use client" of packages that may also be rendered on a server
    if (log.code !== 'MODULE_LEVEL_DIRECTIVE') write(level, log);
  };
  const built = (await vite.build({
    configFile: join(SOURCE, 'vite.config.ts'),
    configLoader: 'runner',
    logLevel: 'warn',
    build: { outDir, emptyOutDir: true, rolldownOptions: { onLog } },
  })) as Rolldown.RolldownOutput;
  const ids = built.output.flatMap((output) => (output.type === 'chunk' ? output.moduleIds : []));
  return [
    ...new Set(
      ids.map((id) => relative(ROOT, id.replace(/[?#].*$/, ''))).filter((path) => existsSync(join(ROOT, path))),
    ),
  ].sort();
}

function compress(folder: string): void {
  for (const name of filesOf(folder).filter((each) => COMPRESSED.test(each))) {
    const bytes = readFileSync(join(folder, name));
    const codings = {
      '.br': brotliCompressSync(bytes, {
        params: {
          [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY,
          [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
        },
      }),
      '.gz': gzipSync(bytes, { level: constants.Z_BEST_COMPRESSION }),
    };
    for (const [suffix, coded] of Object.entries(codings))
      if (coded.length < bytes.length) writeFileSync(join(folder, name + suffix), coded);
  }
}

/** File by file, the page last and what it no longer asks for after it: somebody may be deploying from there. */
function replaceSite(draft: string): void {
  const names = filesOf(draft).sort((a, b) => Number(a === PAGE) - Number(b === PAGE));
  for (const name of names) {
    mkdirSync(dirname(join(SITE, name)), { recursive: true });
    renameSync(join(draft, name), join(SITE, name));
  }
  for (const name of filesOf(SITE)) if (!names.includes(name)) rmSync(join(SITE, name), { force: true });
}

function digestOf(outside: readonly string[]): string {
  const sources = filesOf(SOURCE)
    .filter((name) => !NO_SOURCE.test(name))
    .map((name) => `dashboard/${name}`);
  const hash = createHash('sha256');
  for (const path of [...sources, 'package-lock.json', 'build/dashboard-site.ts', ...outside].sort())
    hash
      .update(`${path}\0`)
      .update(existsSync(join(ROOT, path)) ? readFileSync(join(ROOT, path)) : '')
      .update('\0');
  return hash.digest('hex');
}

function lastBuild(): Stamp | undefined {
  try {
    return JSON.parse(readFileSync(STAMP, 'utf8')) as Stamp;
  } catch {
    return undefined; // never built, or half a stamp
  }
}

/** By their paths in it, with slashes. */
function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'));
}
