/**
 * Lints the OpenAPI documents of all platforms by Spectral, with the rules of .spectral.yaml: a warning is a failure.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PLATFORMS } from '../bin/profiles';
import { openApiOf } from './openapi';

const ROOT = join(__dirname, '..');
const folder = join(ROOT, '.local', 'openapi');

mkdirSync(folder, { recursive: true });
const files = PLATFORMS.map((platform) => {
  const file = join(folder, `${platform}.json`);
  writeFileSync(file, openApiOf(platform));
  return file;
});
const { status } = spawnSync(
  join(ROOT, 'node_modules', '.bin', 'spectral'),
  ['lint', '--ruleset', join(ROOT, '.spectral.yaml'), '--fail-severity', 'warn', ...files],
  { stdio: 'inherit' },
);
process.exitCode = status ?? 1;
