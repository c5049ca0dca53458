/** What the examples say that they need is what they are tested with. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../local/paths';

interface Package {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly peerDependencies: Readonly<Record<string, string>>;
}

const folder = join(projectRoot, 'examples');
const read = (...path: string[]) => JSON.parse(readFileSync(join(folder, ...path, 'package.json'), 'utf8')) as Package;
const own = read('..');
const examples = readdirSync(folder, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

test.each(examples)('%s', (name) => {
  const { name: named, dependencies = {}, devDependencies } = read(name);
  expect(named).toBe(name);
  for (const file of ['README.md', 'app.ts', 'cdk.json']) expect(existsSync(join(folder, name, file))).toBe(true);
  const { 'cdk-webhooks': version, ...others } = { ...dependencies, ...devDependencies };
  expect(version).toBe(`^${own.version}`);
  for (const [needed, range] of Object.entries(others))
    expect({
      needed,
      tested: [own.devDependencies[needed], own.peerDependencies[needed], `^${own.devDependencies[needed]}`].includes(
        range,
      ),
    }).toEqual({ needed, tested: true });
});

test('each example imports what its package.json names', () => {
  for (const name of examples) {
    const { dependencies, devDependencies } = read(name);
    const known = new Set(
      Object.keys({ ...dependencies, ...devDependencies }).map((each) => each.replace('@types/', '')),
    );
    for (const file of readdirSync(join(folder, name)).filter((each) => each.endsWith('.ts'))) {
      for (const [, imported] of readFileSync(join(folder, name, file), 'utf8').matchAll(
        / from '((?:@[^/']+\/)?[^/'.]+)/g,
      )) {
        if (!imported!.startsWith('node:'))
          expect({ name, file, imported, known: known.has(imported!) }).toEqual({ name, file, imported, known: true });
      }
    }
  }
});
