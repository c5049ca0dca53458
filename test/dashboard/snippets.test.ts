/**
 * The page's snippets are of the receiver kit as it is. What they do when they run is tested by those of
 * docs/verify.md, which are the same.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import type { SignatureScheme } from '../../dashboard/api/operations';
import { snippetsFor } from '../../dashboard/verify/snippets';
import { pythonExecutable } from '../../local/paths';

const VERIFY = join(__dirname, '..', '..', 'verify');
const kit = (...path: string[]) => readFileSync(join(VERIFY, ...path), 'utf8');
const scheme = (kind: SignatureScheme['kind'], more: Partial<SignatureScheme> = {}): SignatureScheme => ({
  kind,
  signature_header: 'x-acme-signature',
  encoding: 'hex',
  signed_content: 'body',
  ...more,
});
const SCHEMES = [
  scheme('leapocr'),
  scheme('rekognita'),
  scheme('standard-webhooks'),
  scheme('hmac'),
  scheme('hmac', {
    prefix: 'sha256=',
    encoding: 'base64',
    signed_content: 'timestamp.body',
    timestamp_header: 'x-acme-time',
  }),
];
const all = (language: string) =>
  SCHEMES.flatMap((each) =>
    snippetsFor(each)
      .find(({ id }) => id === language)!
      .snippets.map(({ code }) => code),
  );

test('each language has what a customer may use: Express, FastAPI, net/http, plain PHP', () => {
  const frameworks = snippetsFor(SCHEMES[0]!).flatMap(({ snippets }) => snippets.map(({ framework }) => framework));
  expect(frameworks).toEqual(
    expect.arrayContaining(['Express', 'Hono', 'Next.js', 'FastAPI', 'Flask', 'net/http', 'PHP']),
  );
});

test.each(all('typescript'))('TypeScript is well formed and imports what the kit exports: %s', (code) => {
  const { diagnostics = [] } = ts.transpileModule(code, {
    reportDiagnostics: true,
    compilerOptions: { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ESNext },
  });
  expect(diagnostics.map(({ messageText }) => messageText)).toEqual([]);
  const [, names = ''] = /import \{ (.+) \} from '@cdk-webhooks\/verify'/.exec(code)!;
  for (const name of names.split(', '))
    expect(kit('typescript', 'verify.ts')).toMatch(
      new RegExp(`^export (async )?(function|const|class) ${name}\\b`, 'm'),
    );
});

test.each(all('python'))('Python is well formed and imports what the kit has: %s', (code) => {
  execFileSync(pythonExecutable, ['-c', 'import ast, sys; ast.parse(sys.stdin.read())'], { input: code });
  const [, names = ''] = /from cdk_webhooks_verify import (.+)/.exec(code)!;
  for (const name of names.split(', '))
    expect(kit('python', 'cdk_webhooks_verify', '__init__.py')).toMatch(new RegExp(`^(def |class )?${name}\\b`, 'm'));
});

test.each(all('go'))('Go names what the kit exports: %s', (code) => {
  const source = kit('go', 'verify.go') + kit('go', 'schemes.go');
  for (const [, name] of code.matchAll(/\bverify\.([A-Z]\w+)/g))
    expect(source).toMatch(new RegExp(`^(func |type |\t)?${name}\\b`, 'm'));
});

test.each(all('php'))('PHP names what the kit has: %s', (code) => {
  for (const [, name] of code.matchAll(/Scheme::(\w+)\(/g))
    expect(kit('php', 'src', 'Scheme.php')).toContain(`function ${name}(`);
  for (const [, name] of code.matchAll(/Verifier::(\w+)\(/g))
    expect(kit('php', 'src', 'Verifier.php')).toContain(`function ${name}(`);
});

test('another platform’s scheme is written out, header, prefix and time included', () => {
  const [typescript] = snippetsFor(SCHEMES.at(-1)!);
  expect(typescript!.snippets[0]!.code).toContain(
    "hmac({ header: 'x-acme-signature', encoding: 'base64', prefix: 'sha256=', signedContent: " +
      "'timestamp.body', timestampHeader: 'x-acme-time' })",
  );
});
