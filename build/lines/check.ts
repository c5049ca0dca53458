/** Checks every text file of the project: no line over 120 columns, and one tag a line in a doc comment. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../local/paths';
import { projectFiles } from '../project-files';
import { faultsOfLines } from './faults';

function main(): void {
  for (const path of projectFiles()) {
    const file = join(projectRoot, path);
    if (!statSync(file).isFile()) continue;
    const bytes = readFileSync(file);
    if (bytes.includes(0)) continue;
    for (const { line, what, better } of faultsOfLines(path, bytes.toString('utf8'))) {
      process.stdout.write(`${path}:${line}: ${what}. Better: ${better}\n`);
      process.exitCode = 1;
    }
  }
}

main();
