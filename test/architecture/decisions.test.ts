import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../local/paths';

const FOLDER = join(projectRoot, 'docs', 'decisions');
const DECISIONS = readdirSync(FOLDER).filter((name) => /^\d{4}-/.test(name));
const textOf = (name: string): string => readFileSync(join(FOLDER, name), 'utf8');

test.each(DECISIONS)('%s has a number, a date, a status and what was rejected', (name) => {
  const text = textOf(name);
  expect(text).toMatch(
    new RegExp(`^# ${Number(name.slice(0, 4))}\\. .+\\n\\n- Date: 20\\d\\d-\\d\\d-\\d\\d\\n- Status: `),
  );
  expect(text).toMatch(/^- Status: (Accepted|Superseded by \[decision \d+\]\(\d{4}-[a-z0-9-]+\.md\))$/m);
  expect(text).toMatch(/\n## Rejected\n\n- \*\*/);
});

test('the numbers have no gap, and the list has every decision', () => {
  expect(DECISIONS.map((name) => Number(name.slice(0, 4)))).toEqual(DECISIONS.map((_name, index) => index + 1));
  const listed = [...textOf('README.md').matchAll(/\((\d{4}-[^)]+\.md)\)/g)].map(([, name]) => name);
  expect(listed).toEqual(DECISIONS);
});
