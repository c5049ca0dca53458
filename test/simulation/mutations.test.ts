import { runMutation } from './mutate';
import { MUTATIONS } from './mutations';

const LONGEST_MS = 90_000;

/** Each bug is planted in a copy of the source, and the simulator must find it. */
test.each(MUTATIONS.map((mutation) => [mutation.name, mutation] as const))(
  'a planted bug is found: %s',
  async (_name, mutation) => {
    const { seed, runs } = await runMutation(mutation);
    if (seed === undefined) throw new Error(`${mutation.bug}: not found in ${runs} runs`);
  },
  LONGEST_MS,
);

test('names are unique, for README.md', () => {
  expect(new Set(MUTATIONS.map(({ name }) => name)).size).toBe(MUTATIONS.length);
});
