import { baselineText, compare, firstBaseline, lowered, moved, type Baseline } from '../../build/prose/baseline';
import { measure, type Measure } from '../../build/prose/faults';
import { passagesOfMarkdown } from '../../build/prose/markdown';
import { RULES } from '../../build/prose/rules';
import { sentencesOf } from '../../build/prose/sentences';

const words = (count: number): string => `The ${'long '.repeat(count - 2)}sentence.`;
const faultsOf = (path: string, source: string): string[] =>
  measure(path, source).faults.map(({ kind, line }) => `${line} ${kind}`);

describe('sentences', () => {
  const sentences = (markdown: string): readonly string[] =>
    passagesOfMarkdown(markdown)
      .flatMap(sentencesOf)
      .map(({ text }) => text);

  test('end with a period, and not with that of an abbreviation', () => {
    expect(sentences('Ask a queue, e.g. SQS, for more. `send` adds one, i.e. The next. See a.ts vs. B. Done?')).toEqual(
      ['Ask a queue, e.g. SQS, for more.', 'Code adds one, i.e. The next.', 'See a.ts vs. B.', 'Done?'],
    );
  });

  test('know the line on which they begin', () => {
    const [, second] = passagesOfMarkdown('# Title\n\nOne is\nhere. Two is\nhere.').flatMap(sentencesOf);
    expect(second).toEqual({ text: 'Two is here.', words: 3, line: 4 });
  });
});

describe('pages', () => {
  test('a sentence over 40 words is reported, with its line', () => {
    expect(faultsOf('a.md', `Short.\n\n${words(40)} ${words(41)}`)).toEqual(['3 long']);
  });

  test('a semicolon between clauses is reported, and one between the items of a list is not', () => {
    expect(faultsOf('a.md', 'It runs; it stops.')).toEqual(['1 semicolons']);
    expect(faultsOf('a.md', 'It takes a, b; c, d; and e.')).toEqual([]);
  });

  test('code, tables, headings, front matter and HTML are not prose', () => {
    const page = [
      '---\ntitle: one; two\n---',
      '# Nobody; whoever',
      '| one; two |\n|---|\n| nobody; mend |',
      '```ts\na; // nobody\n```',
      '    nobody; mend',
      '<p>nobody; mend</p>',
      'The status is `cancelled; nobody`. See https://example.com/colour;nobody for more.',
    ].join('\n\n');
    expect(faultsOf('a.md', page)).toEqual([]);
  });

  test('list items and quotations are', () => {
    expect(faultsOf('a.md', '- one\n- two; three\n\n> four; five')).toEqual(['2 semicolons', '4 semicolons']);
  });
});

describe('comments', () => {
  test.each([
    ['a.ts', 'const a = 1;\n/**\n * It runs; it\n * stops.\n */', '3 semicolons'],
    ['a.tsx', 'const a = <p>one; two</p>; // It runs; it stops.', '1 semicolons'],
    ['a.cjs', '// It runs.\n// It goes on; it stops.', '2 semicolons'],
    ['a.ts', '/** @param at - first; then */', '1 semicolons'],
    ['a.ts', `/** @returns ${words(41)} */`, '1 long'],
    ['a.go', 'x := "; // no" // one; two', '1 semicolons'],
    ['a.php', "$x = '// a; b'; # one; two", '1 semicolons'],
    ['a.java', '/* one; two */', '1 semicolons'],
    ['a.py', 'def f():\n    """One; two."""\n    return "three; four"  # five', '2 semicolons'],
    ['a.py', 'a = 1  # one; two', '1 semicolons'],
  ])('of %s are read: %s', (path, source, fault) => {
    expect(faultsOf(path, source)).toEqual([fault]);
  });

  test.each([
    ['strings and templates', 'const a = `// one; ${two} nobody`; const b = "/* nobody; mend */";'],
    ['regular expressions', 'const a = /nobody; \\/\\/ mend/;'],
    ['directives', '// eslint-disable-next-line nobody; mend\n// @ts-expect-error nobody; mend'],
    ['examples and defaults', '/**\n * One.\n *\n * @example\n * a; nobody();\n * @default nobody; mend\n */'],
    ['links and code', '/** See {@link nobody; x} and `nobody; mend`. */'],
    ['the names of tags', '/** @param nobody how many */'],
  ])('%s are not prose', (_, source) => {
    expect(faultsOf('a.ts', source)).toEqual([]);
  });
});

const BANNED: Readonly<Record<string, readonly [bad: string, good: string]>> = {
  'British spelling': [
    'The behaviour is serialised.',
    'The behavior is serialized; and `cancelled` is a value; and more.',
  ],
  'who without a noun': ['Who finds it full waits. ', 'A customer who finds it full waits. Who calls?'],
  'What-clause as subject': ['What is refused is returned.', 'A message that is refused is returned. What is it?'],
  'that one': ['Its limit is that one.', 'The queue is so large that one function is enough.'],
  'where they have any': ['Copy the headers where they have any.', 'Copy them where there are some.'],
  'is had': ['The metric is had by name.', 'The metric has a name.'],
  'goes along': ['The style goes along.', 'The queue is long.'],
  'for looks': ['The icon is for looks.', 'The icon is decorative.'],
  bites: ['The rule bites.', 'The rule applies to bits.'],
  'give back': ['The loser gives its own back.', 'The loser returns its message. Give one of a backlog.'],
  'come again': ['The message comes again.', 'The message is redelivered.'],
  'told of': ['The platform is told of it.', 'The platform is told when.'],
  nobody: ['Nobody calls it.', 'No one calls it.'],
  'as often as it can': ['Run it as often as you like.', 'Run it any number of times.'],
  thrice: ['It is refused thrice.', 'It is refused three times.'],
  anew: ['Read it anew.', 'Read it again.'],
  mend: ['Mend the endpoint.', 'Amend the mandatory text.'],
  'else for otherwise': ['It would else be lost.', 'It would otherwise be lost.'],
  'though it be': ['Refused, though it be signed.', 'Refused, though it is signed.'],
  'in the dark': ['The page in the dark.', 'The page in dark mode.'],
  'draws lots': ['It draws lots.', 'It draws a line.'],
  'worth the name': ['No ratio worth the name.', 'No ratio is worth it.'],
};

describe('banned constructions', () => {
  test('each has an example here', () => {
    expect(Object.keys(BANNED).sort()).toEqual(RULES.map(({ name }) => name).sort());
  });

  test.each(Object.entries(BANNED))('%s', (name, [bad, good]) => {
    for (const [path, before, after] of [
      ['a.md', '', ''],
      ['a.ts', '/** ', ' */'],
    ] as const) {
      const found = measure(path, before + bad + after).faults.filter(({ kind }) => kind === 'banned');
      expect(found.length).toBeGreaterThan(0);
      for (const { what, better } of found) {
        expect(what).toContain(`(${name}: `);
        expect(better).not.toBe('');
      }
      expect(measure(path, before + good + after).faults).toEqual([]);
    }
  });
});

describe('the ratchet', () => {
  const measures = (files: Readonly<Record<string, string>>): ReadonlyMap<string, Measure> =>
    new Map(Object.entries(files).map(([path, source]) => [path, measure(path, source)]));
  const recorded: Baseline = { 'a.md': { long: 0, semicolons: 2, banned: 0, mean: 20 } };

  test('a count that stays is no failure', () => {
    expect(compare(measures({ 'a.md': 'One; two. Three; four.' }), recorded)).toEqual({ failures: [], improved: [] });
  });

  test('a count that grows fails, and each place is named with a better form', () => {
    const { failures } = compare(measures({ 'a.md': 'One; two.\n\nThree; four.\n\nFive; six.' }), recorded);
    expect(failures).toHaveLength(3);
    expect(failures[2]).toBe(
      'a.md:5: a semicolon joins two clauses: "Five; six." (one of 3, and 2 are recorded). ' +
        'Better: two sentences, or a conjunction that says how they belong together',
    );
  });

  test('a new file has no fault, and 20 words a sentence at most', () => {
    const files = { 'b.md': 'One; two.', 'c.md': words(21), 'd.md': words(20) };
    expect(compare(measures(files), {}).failures.map((failure) => failure.slice(0, 4))).toEqual(['b.md', 'c.md']);
  });

  test('a mean above 20 may not grow', () => {
    const before: Baseline = { 'a.md': { long: 0, semicolons: 0, banned: 0, mean: 30 } };
    expect(compare(measures({ 'a.md': words(30) }), before).failures).toEqual([]);
    expect(compare(measures({ 'a.md': words(31) }), before).failures).toHaveLength(1);
  });

  test('counts that have fallen are reported, and update lowers them', () => {
    const now = measures({ 'a.md': 'One; two.' });
    expect(compare(now, recorded)).toEqual({ failures: [], improved: ['a.md'] });
    expect(lowered(now, recorded)).toEqual({ 'a.md': { long: 0, semicolons: 1, banned: 0, mean: 20 } });
  });

  test('update raises nothing, adds no file, and drops those that are clean or gone', () => {
    const now = measures({
      'a.md': 'One; two. Three; four. Five; six. Nobody.',
      'new.md': 'One; two.',
      'b.md': 'One.',
    });
    expect(lowered(now, { ...recorded, 'b.md': recorded['a.md']!, 'gone.md': recorded['a.md']! })).toEqual(recorded);
  });

  test('a renamed file keeps its counts', () => {
    expect(moved(recorded, new Map([['a.md', 'b.md']]))).toEqual({ 'b.md': recorded['a.md'] });
  });

  test('the first baseline records the files with faults, one a line, sorted', () => {
    const first = firstBaseline(measures({ 'b.md': 'One; two.', 'a.md': 'One; two.', 'c.md': 'One.' }));
    expect(baselineText(first).split('\n').slice(1, 3)).toEqual([
      '  "a.md": { "long": 0, "semicolons": 1, "banned": 0, "mean": 20 },',
      '  "b.md": { "long": 0, "semicolons": 1, "banned": 0, "mean": 20 }',
    ]);
  });
});
