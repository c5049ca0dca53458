import { join } from 'node:path';

/** The clone. */
export const projectRoot = join(__dirname, '..');
/** What the local stack writes; git-ignored. */
export const localFolder = join(projectRoot, '.local');
/** Holds this project's own Node.js 24 and the CDK CLI. */
export const binFolder = join(projectRoot, 'node_modules', '.bin');
export const nodeExecutable = join(binFolder, 'node');
export const cdkExecutable = join(binFolder, 'cdk');
export const tsxLoader = join(projectRoot, 'node_modules', 'tsx', 'dist', 'loader.mjs');
export const pythonExecutable = join(projectRoot, '.venv', 'bin', 'python');

/**
 * Where the user typed the command: npm runs scripts in the project's folder and says in INIT_CWD where it was called.
 */
export function userFolder(env: NodeJS.ProcessEnv = process.env): string {
  return env.INIT_CWD ?? process.cwd();
}
