import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './command';
import { KIT } from './languages';

const SOURCES = ['package.json', 'tsconfig.json', 'verify.ts', 'README.md'];

/**
 * Packs the TypeScript package as `npm publish` would, and lays it into a folder's node_modules. The working tree is
 * left as it is.
 */
export function installPackedKit(into: string): void {
  const work = mkdtempSync(join(tmpdir(), 'verify-pack-'));
  try {
    for (const name of SOURCES) cpSync(join(KIT, 'typescript', name), join(work, name));
    const tarball = run('npm', ['pack', '--silent', '--offline'], { cwd: work }).trim().split('\n').at(-1)!;
    const target = join(into, 'node_modules', '@cdk-webhooks', 'verify');
    mkdirSync(target, { recursive: true });
    run('tar', ['-xzf', join(work, tarball), '-C', target, '--strip-components', '1']);
  } finally {
    rmSync(work, { recursive: true });
  }
}
