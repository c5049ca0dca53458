import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openApiOf } from '../../build/openapi';
import { binFolder, projectRoot } from '../../local/paths';

test('the API’s types are those of the API as it is: npm run dashboard:types makes them', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dashboard-types-'));
  try {
    writeFileSync(join(folder, 'openapi.json'), openApiOf('rekognita'));
    execFileSync(
      join(binFolder, 'openapi-typescript'),
      [join(folder, 'openapi.json'), '-o', join(folder, 'schema.d.ts')],
      { stdio: 'pipe' },
    );
    expect(readFileSync(join(projectRoot, 'dashboard', 'api', 'schema.d.ts'), 'utf8')).toBe(
      readFileSync(join(folder, 'schema.d.ts'), 'utf8'),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 30_000);
