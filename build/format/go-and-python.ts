/**
 * Formats what Prettier does not read: Go by gofmt, Python by Ruff, both as WebAssembly from npm, so that no toolchain
 * is needed. `--check` changes nothing, names the files that are not formatted, and ends with status 1.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PositionEncoding, Workspace } from '@astral-sh/ruff-wasm-nodejs';
import { format as gofmt } from '@wasm-fmt/gofmt';
import { projectRoot } from '../../local/paths';
import { projectFiles } from '../project-files';

const LINE_LENGTH = 120;
const ruff = new Workspace({ 'line-length': LINE_LENGTH }, PositionEncoding.Utf16);

const FORMATTERS: readonly { readonly extension: string; readonly format: (source: string) => string }[] = [
  { extension: '.go', format: (source) => gofmt(source) },
  { extension: '.py', format: (source) => ruff.format(source) },
];

function main(): void {
  const check = process.argv.includes('--check');
  const changed: string[] = [];
  for (const path of projectFiles()) {
    const formatter = FORMATTERS.find(({ extension }) => path.endsWith(extension));
    if (formatter === undefined) continue;
    const file = join(projectRoot, path);
    const source = readFileSync(file, 'utf8');
    const formatted = formatter.format(source);
    if (formatted === source) continue;
    changed.push(path);
    if (!check) writeFileSync(file, formatted);
  }
  for (const path of changed) process.stdout.write(`${check ? 'not formatted' : 'formatted'}: ${path}\n`);
  if (check && changed.length > 0) {
    process.stdout.write('Run "npm run format" to format them.\n');
    process.exitCode = 1;
  }
}

main();
