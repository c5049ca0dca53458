/** Both languages are whole, and nothing that a reader sees is in neither. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import en from '../../dashboard/locales/en.json';
import uk from '../../dashboard/locales/uk.json';

const ROOT = join(__dirname, '..', '..', 'dashboard');
const PLURAL = /_(zero|one|two|few|many|other)$/;
/** Attributes that are read out or shown. */
const SHOWN = new Set([
  'title',
  'label',
  'placeholder',
  'aria-label',
  'aria-description',
  'aria-roledescription',
  'alt',
  'description',
  'heading',
  'lead',
  'what',
  'confirm',
  'submit',
  'summary',
]);
/** Text in no language. */
const SPEECHLESS = /^(https:\/\/\S+|[^\p{L}]*)$/u;

type Branch = string | { readonly [name: string]: Branch };

function flat(branch: Branch, path = ''): Map<string, string> {
  if (typeof branch === 'string') return new Map([[path, branch]]);
  return new Map(
    Object.entries(branch).flatMap(([name, below]) => [...flat(below, path === '' ? name : `${path}.${name}`)]),
  );
}

const languages = { en: flat(en), uk: flat(uk) };
const baseKeys = (messages: ReadonlyMap<string, string>) =>
  new Set([...messages.keys()].map((key) => key.replace(PLURAL, '')));
const placeholders = (message: string) => [...message.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name!).sort();

const sources = readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path) && !/^(dist|node_modules)\/|\.d\.ts$|vite\.config/.test(path))
  .map((path) =>
    ts.createSourceFile(
      path,
      readFileSync(join(ROOT, path), 'utf8'),
      ts.ScriptTarget.ESNext,
      true,
      path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS,
    ),
  );

function visit(source: ts.SourceFile, look: (node: ts.Node) => void): void {
  const walk = (node: ts.Node): void => {
    look(node);
    ts.forEachChild(node, walk);
  };
  walk(source);
}

const JOINING = new Set([
  ts.SyntaxKind.QuestionQuestionToken,
  ts.SyntaxKind.BarBarToken,
  ts.SyntaxKind.AmpersandAmpersandToken,
  ts.SyntaxKind.PlusToken,
]);

/** The literals that an expression may come to: both ways of a condition, either side of `??`, `||` and `&&`. */
function literals(expression: ts.Node | undefined): ts.LiteralLikeNode[] {
  if (expression === undefined) return [];
  if (ts.isStringLiteral(expression) || ts.isNoSubstitutionTemplateLiteral(expression)) return [expression];
  if (ts.isTemplateExpression(expression))
    return [expression.head, ...expression.templateSpans.map(({ literal }) => literal)];
  if (ts.isConditionalExpression(expression))
    return [...literals(expression.whenTrue), ...literals(expression.whenFalse)];
  if (ts.isBinaryExpression(expression))
    return JOINING.has(expression.operatorToken.kind)
      ? [...literals(expression.left), ...literals(expression.right)]
      : [];
  if (ts.isParenthesizedExpression(expression) || ts.isJsxExpression(expression))
    return literals(expression.expression);
  return [];
}

const isCallOf = (node: ts.Node, name: string): node is ts.CallExpression =>
  ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === name;

/** @returns text of ours that is written where it is shown */
function hardCoded(source: ts.SourceFile): string[] {
  const found: string[] = [];
  const check = (nodes: readonly ts.LiteralLikeNode[]) => {
    for (const node of nodes)
      if (!SPEECHLESS.test(node.text.trim()))
        found.push(
          `${source.fileName}:${source.getLineAndCharacterOfPosition(node.getStart()).line + 1}: ${node.text.trim()}`,
        );
  };
  visit(source, (node) => {
    if (ts.isJsxText(node)) check([node]);
    if (ts.isJsxExpression(node) && !ts.isJsxAttribute(node.parent)) check(literals(node));
    if (ts.isJsxAttribute(node) && SHOWN.has(node.name.getText())) check(literals(node.initializer));
    if (isCallOf(node, 'toast')) check(literals(node.arguments[1]));
  });
  return found;
}

test('both languages have the same keys', () =>
  expect([...baseKeys(languages.uk)].sort()).toEqual([...baseKeys(languages.en)].sort()));

test.each(['en', 'uk'] as const)('in %s every plural has all the forms that the language has', (language) => {
  const categories = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
  const messages = languages[language];
  const plurals = new Set(
    [...languages.en.keys()].filter((key) => PLURAL.test(key)).map((key) => key.replace(PLURAL, '')),
  );
  expect(plurals.size).toBeGreaterThan(0);
  for (const key of plurals)
    expect([...messages.keys()].filter((each) => each.replace(PLURAL, '') === key).sort()).toEqual(
      categories.map((category) => `${key}_${category}`).sort(),
    );
});

test('a message has the same placeholders in both languages, in every form', () => {
  const english = new Map([...languages.en].map(([key, message]) => [key.replace(PLURAL, ''), placeholders(message)]));
  for (const messages of Object.values(languages))
    for (const [key, message] of messages)
      expect([key, placeholders(message)]).toEqual([key, english.get(key.replace(PLURAL, ''))]);
});

test('no message is empty, or left in the other language', () => {
  const same = [...languages.uk].filter(
    ([key, message]) =>
      message.trim() === '' ||
      (languages.en.get(key) === message && /\p{L}/u.test(message.replaceAll(/\{\{\w+\}\}/g, ''))),
  );
  expect(same.map(([key]) => key)).toEqual(['events.json']); // a name
  for (const [key, message] of languages.uk) expect([key, /[ыэъёЫЭЪЁ]/.test(message)]).toEqual([key, false]);
});

test('every key is used, and every key that is used is there', () => {
  const all = baseKeys(languages.en);
  const [used, missing] = [new Set<string>(), [] as string[]];
  for (const source of sources) {
    visit(source, (node) => {
      if ((ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) && all.has(node.text))
        used.add(node.text);
      if (isCallOf(node, 't'))
        missing.push(
          ...literals(node.arguments[0])
            .map(({ text }) => text)
            .filter((key) => !all.has(key)),
        );
    });
  }
  expect(missing).toEqual([]);
  expect([...all].filter((key) => !used.has(key))).toEqual([]);
});

test('no text of ours is written where it is shown', () => expect(sources.flatMap(hardCoded)).toEqual([]));

test.each([
  '<p>Hello</p>',
  '<a title="Hello" />',
  "<p>{x ? 'Hello' : t('a.b')}</p>",
  '<a aria-label={`Hello ${x}`} />',
  "toast('done', 'Hello')",
])('%s would be found', (code) => {
  expect(
    hardCoded(ts.createSourceFile('x.tsx', `const a = ${code};`, ts.ScriptTarget.ESNext, true, ts.ScriptKind.TSX)),
  ).toHaveLength(1);
});
