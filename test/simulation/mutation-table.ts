/**
 * Prints the table of deliberate bugs in README.md: `node local/run.mjs test/simulation/mutation-table.ts [NAME ...]`.
 */
import { runMutation } from './mutate';
import { MUTATIONS } from './mutations';

async function main(): Promise<void> {
  const names = process.argv.slice(2);
  for (const mutation of MUTATIONS.filter(({ name }) => names.length === 0 || names.includes(name))) {
    const { seed, runs, violations } = await runMutation(mutation);
    const { faults } = mutation;
    const found =
      violations[0] === undefined ? `NOT FOUND in ${runs} runs` : `${violations[0].invariant}: ${violations[0].what}`;
    process.stdout.write(
      `| ${mutation.name} | ${mutation.bug} | ${typeof faults === 'string' ? faults : faults.join(', ')} | ` +
        `${seed ?? '-'} | ${found.replaceAll('|', '/').slice(0, 110)} |\n`,
    );
  }
}

void main();
