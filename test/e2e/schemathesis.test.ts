/**
 * Schemathesis over the served OpenAPI document, all checks on, against both deployed stacks. What it finds it can find
 * again: it is seeded.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { localFolder } from '../../local/paths';
import { Platform } from './platform';
import { MAKING_PYTHON_ENVIRONMENT_MS, pythonEnvironment } from '../python/environment';

/** Of each operation, in each phase. More by hand: SCHEMATHESIS_EXAMPLES=200 npm test -- e2e. */
const EXAMPLES = Number(process.env.SCHEMATHESIS_EXAMPLES ?? 10);
const SEED = process.env.SCHEMATHESIS_SEED ?? '1';
let program: string;

beforeAll(async () => {
  program = join(await pythonEnvironment('schemathesis'), 'schemathesis');
}, MAKING_PYTHON_ENVIRONMENT_MS);

const PLATFORMS = ['leapocr', 'rekognita'] as const;

/** Events that it made up go to hosts that are not there: nobody has to wait for their retries. */
afterAll(async () => {
  for (const name of PLATFORMS) await new Platform(name).forgetRetries();
}, 120_000);

test.each(PLATFORMS)(
  '%s: what the document says holds',
  async (name) => {
    const { apiUrl, operatorApiKey } = new Platform(name).stack;
    const folder = join(localFolder, 'test', `schemathesis-${name}`);
    mkdirSync(folder, { recursive: true });
    const run = spawn(
      program,
      [
        'run',
        `${apiUrl}/openapi.json`,
        '--url',
        apiUrl,
        '--checks',
        'all',
        '--max-examples',
        String(EXAMPLES),
        '--seed',
        SEED,
        '--header',
        `X-API-KEY: ${operatorApiKey}`,
        '--request-timeout',
        '30',
        '--continue-on-failure',
        '--no-color',
      ],
      // Its own files, such as the examples that it remembers, stay out of the project.
      { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] },
    );
    let said = '';
    run.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const [status] = (await once(run, 'close')) as [number];
    if (status !== 0) throw new Error(said);
    expect(said).toMatch(/No issues found/);
  },
  300_000,
);
