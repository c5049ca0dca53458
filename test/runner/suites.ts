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

const jestProject = (name: string): Suite => ({
  name,
  command: [bin('jest'), '--selectProjects', name],
  jest: true,
});

/** In the order in which they run: the quickest to fail first, and what others need before them. */
export const SUITES: readonly Suite[] = [
  check('lint', bin('eslint'), '.'),
  check('types', bin('tsc'), '-p', '.'),
  check('imports', bin('depcruise'), 'bin', 'lib', 'lambda', 'local', 'test', 'bench', 'build', '--config', '.dependency-cruiser.cjs', '--output-type', 'err-long'),
  check('jsii', bin('jsii'), '--generate-tsconfig', 'tsconfig.jsii.json'),
  check('bundles', bin('tsx'), 'build/bundle.ts'),
  jestProject('unit'),
  jestProject('simulation'),
  jestProject('template'),
  jestProject('integration'),
  jestProject('e2e'),
];
