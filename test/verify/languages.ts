/** The receiver kit's languages and runtimes, each with its own way to run a file of vectors. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binFolder, nodeExecutable, projectRoot } from '../../local/paths';
import { PYTHON } from '../builders/python';
import { BUN, DENO, GO, type OptionalTool, PHP, skipNotice } from '../runner/optional-tools';
import type { VerificationVector } from '../vectors/verification';
import { run } from './command';

export const KIT = join(projectRoot, 'verify');

const RUN_VECTORS = join(__dirname, 'run-vectors.mjs');
const TYPESCRIPT_KIT = join(KIT, 'typescript', 'verify.ts');

interface Language {
  readonly name: string;
  /** Without it the tests are skipped. */
  readonly tool?: OptionalTool;
  /** @throws with what failed */
  readonly runVectors: (file: string) => void;
}

/** TypeScript runs from its source, types stripped, on all three runtimes. */
export const LANGUAGES: readonly Language[] = [
  {
    name: 'Node.js',
    runVectors: (file) => {
      run(nodeExecutable, [RUN_VECTORS, TYPESCRIPT_KIT, file]);
    },
  },
  {
    name: 'Deno',
    tool: DENO,
    runVectors: (file) => {
      run(join(binFolder, 'deno'), [
        'run',
        '--no-remote',
        '--no-config',
        '--allow-read',
        RUN_VECTORS,
        TYPESCRIPT_KIT,
        file,
      ]);
    },
  },
  {
    name: 'Bun',
    tool: BUN,
    runVectors: (file) => {
      run(join(binFolder, 'bun'), ['run', RUN_VECTORS, TYPESCRIPT_KIT, file]);
    },
  },
  {
    name: 'Python',
    runVectors: (file) => {
      run(PYTHON, ['-m', 'unittest', 'test_verify.Vectors'], {
        cwd: join(KIT, 'python', 'tests'),
        env: { VERIFICATION_VECTORS: file },
      });
    },
  },
  {
    name: 'Go',
    tool: GO,
    runVectors: (file) => {
      run('go', ['test', '-count=1', '-run', '^TestVectors$', './...'], {
        cwd: join(KIT, 'go'),
        env: { VERIFICATION_VECTORS: file },
      });
    },
  },
  {
    name: 'PHP',
    tool: PHP,
    runVectors: (file) => {
      run('php', [join(KIT, 'php', 'tests', 'run.php')], { env: { VERIFICATION_VECTORS: file } });
    },
  },
];

/** `describe`, or where the tool is missing one skipped test that says so. */
export function describeWith(tool: OptionalTool | undefined, name: string, tests: () => void): void {
  const missing = tool?.missing();
  describe(name, () => {
    if (tool === undefined || missing === undefined) tests();
    else test.skip(skipNotice(tool, missing), () => undefined);
  });
}

/** A test for each language: what these vectors expect, it says. */
export function inEveryLanguage(
  vectors: () => readonly VerificationVector[] | Promise<readonly VerificationVector[]>,
): void {
  let folder: string;
  let file: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'verify-'));
    file = join(folder, 'vectors.json');
    writeFileSync(file, JSON.stringify(await vectors()));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  for (const { name, tool, runVectors } of LANGUAGES) {
    describeWith(tool, name, () => {
      test('says the same of every request', () => {
        runVectors(file);
      }, 60_000);
    });
  }
}
