/**
 * Bundles each handler, lambda/NAME.lambda.ts, to assets/NAME/index.js, and builds the dashboard's page beside the
 * handler that serves it: what the package ships, so that an app which imports it needs no bundler.
 */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build, type BuildOptions, type Plugin } from 'esbuild';
import { type OnDemand, onDemand, partsOfUndici, withoutSpareProtocols } from './bundle-plugins';
import { buildDashboardSite } from './dashboard-site';

const ROOT = join(__dirname, '..');
const SUFFIX = '.lambda.ts';

/** Settings of esbuild for all that Lambda runs. */
export const HANDLER_BUNDLE = {
  bundle: true,
  minify: true,
  keepNames: true, // error names and classes are read in logs
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  mainFields: ['module', 'main'],
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
} as const satisfies BuildOptions;

/**
 * Bundles all handlers, and writes the notices of what is bundled.
 *
 * @returns bytes by handler
 */
export async function bundle(): Promise<Map<string, number>> {
  const assets = join(ROOT, 'assets');
  const sizes = new Map<string, number>();
  const packages = new Set<string>();
  const files = readdirSync(join(ROOT, 'lambda')).filter((name) => name.endsWith(SUFFIX));
  removeOthers(assets, new Set(files.map((file) => basename(file, SUFFIX))));
  for (const file of files) {
    const name = basename(file, SUFFIX);
    const out = join(assets, name);
    const draft = join(out, `index.${process.pid}.tmp`);
    mkdirSync(out, { recursive: true });
    const needed = new Map<string, OnDemand>();
    const bundleTo = async (
      output: string,
      entry: Pick<BuildOptions, 'entryPoints' | 'stdin'>,
      plugins: Plugin[],
    ): Promise<void> => {
      const { metafile } = await build({ ...HANDLER_BUNDLE, ...entry, outfile: draft, plugins });
      renameSync(draft, join(out, output)); // whole or not at all: somebody may be deploying from here
      if (process.env.BUNDLE_META !== undefined)
        writeFileSync(join(process.env.BUNDLE_META, `${name}-${output}on`), JSON.stringify(metafile));
      for (const input of Object.keys(metafile.inputs))
        packages.add(/^.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(input)?.[0] ?? '');
    };
    await bundleTo('index.js', { entryPoints: [join(ROOT, 'lambda', file)] }, [
      partsOfUndici,
      withoutSpareProtocols,
      onDemand(needed),
    ]);
    for (const { specifier, file: output } of needed.values())
      await bundleTo(output, { stdin: { contents: `export * from '${specifier}';`, resolveDir: ROOT } }, []);
    removeOthers(out, new Set(['index.js', 'site', ...[...needed.values()].map(({ file: output }) => output)]));
    sizes.set(name, statSync(join(out, 'index.js')).size);
  }
  for (const path of await buildDashboardSite()) packages.add(path);
  writeFileSync(join(ROOT, 'THIRD-PARTY-NOTICES.txt'), notices([...packages].filter((path) => path !== '').sort()));
  return sizes;
}

/** What the licenses of the bundled packages ask to be kept with them. */
function notices(packages: readonly string[]): string {
  const parts = packages.map((path) => {
    const folder = join(ROOT, path);
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
      name: string;
      version: string;
      license?: string;
    };
    const texts = readdirSync(folder)
      .filter((file) => /^(licen[sc]e|notice)/i.test(file))
      .map((file) => readFileSync(join(folder, file), 'utf8').trim());
    return [`${name} ${version} (${license ?? 'see below'})`, ...texts].join('\n\n');
  });
  return (
    'The functions and the dashboard of cdk-webhooks (assets/) contain code of these ' +
    `packages.\n\n${parts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`
  );
}

/** What was made for handlers, or by them on demand, that is no more. */
function removeOthers(folder: string, names: ReadonlySet<string>): void {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder))
    if (!names.has(name) && !name.endsWith('.tmp')) rmSync(join(folder, name), { recursive: true, force: true });
}

if (require.main === module) {
  bundle().then(
    (sizes) => {
      for (const [name, bytes] of sizes) console.log(`assets/${name}/index.js  ${Math.ceil(bytes / 1024)} KiB`);
    },
    (error: unknown) => {
      console.error(error);
      process.exitCode = 1;
    },
  );
}
