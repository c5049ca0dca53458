import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import type { Heading, Image, Link, Definition } from 'mdast';
import { toString } from 'mdast-util-to-string';
import ts from 'typescript';
import { visit } from 'unist-util-visit';
import { projectFiles } from '../../build/project-files';
import { markdownTree } from '../../build/prose/markdown';
import { projectRoot } from '../../local/paths';

const PAGES = projectFiles().filter((path) => path.endsWith('.md'));
const textOf = (path: string): string => readFileSync(join(projectRoot, path), 'utf8');

describe('links', () => {
  test.each(PAGES)('of %s lead to files and headings that exist', (page) => {
    expect(brokenLinks(page, textOf(page))).toEqual([]);
  });

  test('that lead nowhere are found', () => {
    const text = '# Here\n\n[a](#here) [b](#gone) [c](docs/gone.md) ![d](gone.png) [e](SECURITY.md#gone) [f](lib/)';
    expect(brokenLinks('README.md', text)).toEqual(['#gone', 'docs/gone.md', 'gone.png', 'SECURITY.md#gone']);
  });
});

function brokenLinks(page: string, text: string): string[] {
  const targets: string[] = [];
  visit(markdownTree(text), ['link', 'image', 'definition'], (node) => {
    targets.push((node as Link | Image | Definition).url);
  });
  return targets.filter((target) => !/^[a-z]+:/.test(target) && !leadsSomewhere(page, text, target));
}

function leadsSomewhere(page: string, text: string, target: string): boolean {
  const [path = '', anchor] = target.split('#');
  const file = path === '' ? page : normalize(join(dirname(page), path));
  if (!existsSync(join(projectRoot, file))) return false;
  if (anchor === undefined) return true;
  return file.endsWith('.md') && anchorsOf(path === '' ? text : textOf(file)).includes(anchor);
}

/** As GitHub makes them. */
function anchorsOf(text: string): string[] {
  const anchors: string[] = [];
  visit(markdownTree(text), 'heading', (heading: Heading) => {
    const words = toString(heading).toLowerCase();
    anchors.push(words.replace(/[^\p{L}\p{N}\s_-]/gu, '').replace(/\s/g, '-'));
  });
  return anchors;
}

test('the README has at most 150 lines', () => {
  expect(textOf('README.md').trimEnd().split('\n').length).toBeLessThanOrEqual(150);
});

/** Names that the pages take from the reader's own app. */
const READERS_OWN = `
  import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
  import type { Function } from 'aws-cdk-lib/aws-lambda';
  import type { IQueue } from 'aws-cdk-lib/aws-sqs';
  import type { EventType } from 'cdk-webhooks';
  declare const eventTypes: EventType[];
  declare const billingFunction: Function;
  declare const jobs: IQueue;
  export { Secret, eventTypes, billingFunction, jobs };
`;

test('the TypeScript of the README and of Getting started compiles', () => {
  const sources = new Map<string, string>();
  for (const page of ['README.md', 'docs/getting-started.md']) {
    const blocks = [...textOf(page).matchAll(/```ts\n([^]*?)```/g)].map(([, code]) => code!);
    expect(blocks.length).toBeGreaterThan(1);
    const imported = page === 'README.md' ? "import { CfnOutput } from 'aws-cdk-lib';" : '';
    sources.set(join(projectRoot, 'test', `${sources.size}.ts`), [READERS_OWN, imported, ...blocks].join('\n'));
  }
  sources.set(join(projectRoot, 'test', 'wrong.ts'), "import { NoSuchConstruct } from 'cdk-webhooks';");
  expect(compileErrors(sources)).toEqual([expect.stringContaining('NoSuchConstruct')]);
}, 60_000);

function compileErrors(sources: ReadonlyMap<string, string>): string[] {
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2024,
    module: ts.ModuleKind.Node20,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: ['node'],
    paths: { 'cdk-webhooks': [join(projectRoot, 'lib', 'index.ts')] },
  };
  const host = ts.createCompilerHost(options);
  const readSource = host.getSourceFile.bind(host);
  host.getSourceFile = (name, version, ...rest) => {
    const source = sources.get(name);
    return source === undefined ? readSource(name, version, ...rest) : ts.createSourceFile(name, source, version);
  };
  const program = ts.createProgram([...sources.keys()], options, host);
  const files = [...sources.keys()].map((name) => program.getSourceFile(name)!);
  return files
    .flatMap((file) => [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)])
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}
