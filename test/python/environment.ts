/** Python packages that go with no others: each in an environment of its own, made when a test first needs it. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../local/paths';
import { makePythonEnvironment, pythonEnvironmentIsReady } from '../../local/setup/python-environment.cjs';

/** Downloading takes most of it. */
export const MAKING_PYTHON_ENVIRONMENT_MS = 180_000;

/**
 * @param name of test/python/NAME.txt
 * @returns the folder of its programs
 */
export async function pythonEnvironment(name: string): Promise<string> {
  const environment = { folder: `.venvs/${name}`, requirements: [`test/python/${name}.txt`] };
  mkdirSync(join(projectRoot, '.venvs'), { recursive: true });
  if (!pythonEnvironmentIsReady(projectRoot, environment)) await makePythonEnvironment(projectRoot, environment);
  return join(projectRoot, environment.folder, 'bin');
}
