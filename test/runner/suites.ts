import { join } from 'node:path';
import { binFolder } from '../../local/paths';

/** One thing that `npm test` runs. */
export interface Suite {
  readonly name: string;
  readonly command: readonly [string, ...string[]];
  /** A suite of jest's counts each of its tests; any other counts as one. */
  readonly jest: boolean;
}

const bin = (name: string): string => join(binFolder, name);

const check = (name: string, ...command: [string, ...string[]]): Suite => ({ name, command, jest: false });

/** @param more e.g. `--runInBand`, for files that share a deployed stack and its clock */
const jestProject = (name: string, ...more: string[]): Suite => ({
  name,
  command: [bin('jest'), '--selectProjects', name, ...more],
  jest: true,
});

/** In the order in which they run: the quickest to fail first, and what others need before them. */
export const SUITES: readonly Suite[] = [
  check('lint', bin('eslint'), '.'),
  check('format', 'npm', 'run', '--silent', 'format:check'),
  check('prose', bin('tsx'), 'build/prose/check.ts'),
  check('types', bin('tsc'), '-p', '.'),
  check('page-types', bin('tsc'), '-p', 'dashboard'),
  check('page-test-types', bin('tsc'), '-p', 'test/dashboard'),
  check(
    'imports',
    bin('depcruise'),
    'bin',
    'lib',
    'lambda',
    'local',
    'operations',
    'test',
    'bench',
    'build',
    'verify',
    'examples',
    'dashboard',
    '--config',
    '.dependency-cruiser.cjs',
    '--output-type',
    'err-long',
  ),
  check('openapi', bin('tsx'), 'build/lint-openapi.ts'),
  check('jsii', bin('jsii'), '--generate-tsconfig', 'tsconfig.jsii.json'),
  check('bundles', bin('tsx'), 'build/bundle.ts'),
  jestProject('unit'),
  jestProject('verify'),
  jestProject('simulation'),
  jestProject('template'),
  jestProject('integration', '--runInBand'),
  jestProject('e2e', '--runInBand'),
  jestProject('browser', '--runInBand'),
];
