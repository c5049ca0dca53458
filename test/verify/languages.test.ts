import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GO, PHP } from '../runner/optional-tools';
import { PYTHON } from '../builders/python';
import { verificationVectors } from '../vectors/verification';
import { run } from './command';
import { describeWith, inEveryLanguage, KIT, LANGUAGES } from './languages';

const LONG_MS = 60_000;

describe('the vectors', () => {
  inEveryLanguage(verificationVectors);
});

test.each(LANGUAGES.filter(({ tool }) => tool?.missing() === undefined))(
  'a wrong expectation fails in $name, and so does an empty file',
  ({ runVectors }) => {
    const folder = mkdtempSync(join(tmpdir(), 'verify-'));
    const file = join(folder, 'vectors.json');
    const [github] = verificationVectors();
    try {
      writeFileSync(file, JSON.stringify([{ ...github, expect: 'signature_mismatch' }]));
      expect(() => {
        runVectors(file);
      }).toThrow(github!.name.split(' ')[0]);
      writeFileSync(file, JSON.stringify([{ ...github, verified: { id: 'another' } }]));
      expect(() => {
        runVectors(file);
      }).toThrow();
      writeFileSync(file, '[]');
      expect(() => {
        runVectors(file);
      }).toThrow();
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
  LONG_MS,
);

describe("the languages' own tests pass", () => {
  test(
    'Python',
    () => {
      run(PYTHON, ['-m', 'unittest', 'test_verify'], { cwd: join(KIT, 'python', 'tests') });
    },
    LONG_MS,
  );

  describeWith(GO, 'Go', () => {
    const cwd = join(KIT, 'go');
    test(
      'tests',
      () => {
        run('go', ['test', './...'], { cwd });
      },
      LONG_MS,
    );
    test(
      'vet and format',
      () => {
        run('go', ['vet', './...'], { cwd });
        expect(run('gofmt', ['-l', '.'], { cwd })).toBe('');
      },
      LONG_MS,
    );
  });

  describeWith(PHP, 'PHP', () => {
    test(
      'tests',
      () => {
        run('php', [join(KIT, 'php', 'tests', 'run.php')]);
      },
      LONG_MS,
    );
  });
});

test('the Python package keeps to the syntax of 3.9', () => {
  const file = join(KIT, 'python', 'cdk_webhooks_verify', '__init__.py');
  run(PYTHON, [
    '-c',
    'import ast, sys; ast.parse(open(sys.argv[1], encoding="utf-8").read(), feature_version=(3, 9))',
    file,
  ]);
});
