import { execFileSync } from 'node:child_process';
import { projectRoot } from '../local/paths';

/** The paths of all files that Git knows or would add, relative to the project's folder, sorted. */
export function projectFiles(): readonly string[] {
  const deleted = new Set(gitPaths('ls-files', '--deleted', '-z'));
  const listed = gitPaths('ls-files', '--cached', '--others', '--exclude-standard', '-z');
  return [...new Set(listed)].filter((path) => !deleted.has(path)).sort();
}

/** What a Git command prints with `-z`. */
export function gitPaths(...command: readonly string[]): readonly string[] {
  const printed = execFileSync('git', command, { cwd: projectRoot, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
  return printed.split('\0').filter((path) => path !== '');
}
