import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../local/paths';

interface ImportRule {
  readonly name: string;
  readonly to: { readonly pathNot?: string };
}

const ROOM_RULE = 'core-room-';

/** By room, the rooms that `.dependency-cruiser.cjs` lets it import besides itself. */
function allowedImports(): Record<string, string[]> {
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- the rules are CommonJS
  const { forbidden } = require('../../.dependency-cruiser.cjs') as { forbidden: readonly ImportRule[] };
  const rules = forbidden.filter(({ name }) => name.startsWith(ROOM_RULE));
  return Object.fromEntries(
    rules.map(({ name, to }) => {
      const [, rooms = ''] = /\(([^)]*)\)/.exec(to.pathNot ?? '') ?? [];
      return [name.slice(ROOM_RULE.length), rooms.split('|').slice(1)];
    }),
  );
}

/** The same, as the table of docs/architecture.md says. */
function documentedImports(): Record<string, string[]> {
  const page = readFileSync(join(projectRoot, 'docs', 'architecture.md'), 'utf8');
  const [, section = ''] = /### The rooms of lambda\/core\n([^]*?)\n##/.exec(page) ?? [];
  const rows = [...section.matchAll(/^\| `(\w+)\/` \| .* \| ?([a-z, ]*)\|$/gm)];
  return Object.fromEntries(rows.map(([, room, may]) => [room!, may!.split(',').flatMap((name) => name.trim() || [])]));
}

test('the map of the rooms has every folder of lambda/core, and no other', () => {
  const folders = readdirSync(join(projectRoot, 'lambda', 'core'));
  expect(Object.keys(documentedImports()).sort()).toEqual(folders.sort());
});

test('and says of each what the import rules say', () => {
  expect(documentedImports()).toEqual(allowedImports());
});

test('the map of lambda/api has its folders as well', () => {
  const page = readFileSync(join(projectRoot, 'docs', 'architecture.md'), 'utf8');
  const [, section = ''] = /### The rooms of lambda\/api\n([^]*?)\n##/.exec(page) ?? [];
  const documented = [...section.matchAll(/`([\w-]+)\/`/g)].map(([, room]) => room!);
  const folders = readdirSync(join(projectRoot, 'lambda', 'api'), { withFileTypes: true });
  expect(documented.sort()).toEqual(folders.flatMap((each) => (each.isDirectory() ? each.name : [])).sort());
});
