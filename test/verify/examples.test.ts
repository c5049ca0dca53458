/** The examples of docs/verify.md, each run as it is printed there, with what the sender sends. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { binFolder, nodeExecutable, projectRoot } from '../../local/paths';
import { formatSecret, signingKeys } from '../../lambda/core/signing/secret';
import { deliveryHeaders } from '../../lambda/core/signing/signature';
import { LEAPOCR_PROFILE } from '../builders/profile';
import { PYTHON } from '../builders/python';
import { MAKING_PYTHON_ENVIRONMENT_MS, pythonEnvironment } from '../python/environment';
import { GO, type OptionalTool, PHP, PSR7 } from '../runner/optional-tools';
import { verificationVectors } from '../vectors/verification';
import { run } from './command';
import { describeWith, KIT } from './languages';
import { installPackedKit } from './packed-kit';
import { serve, type Server } from './server';

const LONG_MS = 60_000;
const SERVE_FETCH = join(__dirname, 'serve-fetch.mjs');
const SECRET = formatSecret(Uint8Array.from({ length: 32 }, (_, index) => index));
const ENV = { WEBHOOK_SECRET: SECRET, PYTHONPATH: join(KIT, 'python') };
/** Not as any JSON library would write it: only the raw bytes verify. */
const BODY = '{ "event_type":"job.completed",\n"file_name" : "рахунок ☃.pdf", "total_pages": 3.0 }\n';
const LARGEST = JSON.stringify({ event_type: 'job.completed', text: 'x'.repeat(960 * 1024 - 100) });

const examples = new Map(
  [...readFileSync(join(projectRoot, 'docs', 'verify.md'), 'utf8').matchAll(/^```\w+ (\S+)\n([^]*?)^```$/gm)].map(
    ([, name, code]) => [name!, code!],
  ),
);

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'verify-examples-'));
  writeFileSync(join(folder, 'package.json'), '{"type": "module"}');
  installPackedKit(folder);
  for (const name of ['express', 'fastify', 'hono', '@types'])
    symlinkSync(join(projectRoot, 'node_modules', name), join(folder, 'node_modules', name));
  symlinkSync(join(KIT, 'php'), join(folder, 'verify'));
  for (const name of ['go-server', 'go-receive']) {
    mkdirSync(join(folder, name));
    writeFileSync(
      join(folder, name, 'go.mod'),
      'module example\n\ngo 1.22\n\nrequire github.com/cdk-webhooks/cdk-webhooks/verify/go v0.0.0\n\nreplace ' +
        `github.com/cdk-webhooks/cdk-webhooks/verify/go => ${join(KIT, 'go')}\n`,
    );
  }
  for (const [name, code] of examples)
    writeFileSync(join(folder, { 'main.go': 'go-server', 'receive.go': 'go-receive' }[name] ?? '', name), code);
}, LONG_MS);
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Its headers now, all that the LeapOCR profile sends. */
function signed(body: string, secret = SECRET): Record<string, string> {
  return deliveryHeaders(
    LEAPOCR_PROFILE,
    { eventId: 'evt_1', timestamp: Math.floor(Date.now() / 1000), body: Buffer.from(body) },
    [signingKeys(secret)],
  );
}

const withoutSignature = { 'content-type': 'application/json' };
const firstGeneration = () =>
  Object.fromEntries(Object.entries(signed(BODY)).filter(([name]) => /^(content-type|x-r2-signature)$/i.test(name)));
const byAnother = () => signed(BODY, formatSecret(new Uint8Array(32).fill(7)));

const CASES: readonly {
  readonly what: string;
  readonly status: number;
  readonly headers: () => Record<string, string>;
  readonly body: string;
}[] = [
  { what: 'without a signature', status: 400, headers: () => withoutSignature, body: BODY },
  { what: 'without anything', status: 400, headers: () => ({}), body: '' },
  {
    what: 'with half a signature',
    status: 401,
    headers: () => ({ ...withoutSignature, 'X-R2-Signature': 'abc' }),
    body: BODY,
  },
  { what: 'with a wrong signature', status: 401, headers: byAnother, body: BODY },
  { what: 'with another body', status: 401, headers: () => signed(BODY), body: `${BODY} ` },
  { what: 'with a wrong signature and no body', status: 401, headers: byAnother, body: '' },
  {
    what: 'as a form, with a wrong signature',
    status: 401,
    headers: () => ({ ...byAnother(), 'content-type': 'application/x-www-form-urlencoded' }),
    body: 'a=b',
  },
  { what: 'signed and not JSON', status: 400, headers: () => signed('{'), body: '{' },
  { what: 'signed', status: 200, headers: () => signed(BODY), body: BODY },
  { what: 'signed by the first generation alone', status: 200, headers: firstGeneration, body: BODY },
  {
    what: 'signed, without a content type',
    status: 200,
    headers: () => Object.fromEntries(Object.entries(signed(BODY)).filter(([name]) => name !== 'content-type')),
    body: BODY,
  },
  { what: 'signed, as large as this project sends', status: 200, headers: () => signed(LARGEST), body: LARGEST },
  {
    what: 'signed, as text',
    status: 200,
    headers: () => ({ ...signed(BODY), 'content-type': 'text/plain' }),
    body: BODY,
  },
];

interface Framework {
  readonly name: string;
  readonly example: string;
  readonly tool?: OptionalTool;
  readonly start: () => Promise<Server>;
}

const here = () => ({ cwd: folder, env: ENV });
const python =
  (...args: string[]) =>
  async (): Promise<Server> =>
    serve(join(await pythonEnvironment('frameworks'), 'python'), (port) => ['-m', ...args, String(port)], here());

const PSR7_SERVER = `<?php
require 'GuzzleHttp/Psr7/autoload.php';
require __DIR__ . '/verify/autoload.php';
require __DIR__ . '/WebhookHandler.php';
$handler = new WebhookHandler(new GuzzleHttp\\Psr7\\HttpFactory());
$response = $handler->handle(GuzzleHttp\\Psr7\\ServerRequest::fromGlobals());
http_response_code($response->getStatusCode());
foreach ($response->getHeaders() as $name => $values) header("$name: " . implode(', ', $values));
echo $response->getBody();
`;

const FRAMEWORKS: readonly Framework[] = [
  { name: 'Express', example: 'express.mjs', start: () => serve(nodeExecutable, () => ['express.mjs'], here()) },
  { name: 'Fastify', example: 'fastify.mjs', start: () => serve(nodeExecutable, () => ['fastify.mjs'], here()) },
  { name: 'Hono', example: 'hono.mjs', start: () => serve(nodeExecutable, () => [SERVE_FETCH, 'hono.mjs'], here()) },
  {
    name: 'a Next.js route',
    example: 'route.ts',
    start: () => serve(nodeExecutable, () => [SERVE_FETCH, 'route.ts'], here()),
  },
  {
    name: 'FastAPI',
    example: 'fastapi_app.py',
    start: python('uvicorn', 'fastapi_app:app', '--host', '127.0.0.1', '--port'),
  },
  {
    name: 'Flask',
    example: 'flask_app.py',
    start: python('flask', '--app', 'flask_app', 'run', '--host', '127.0.0.1', '--port'),
  },
  {
    name: 'net/http',
    example: 'main.go',
    tool: GO,
    start: () => {
      run('go', ['build', '-o', 'server', '.'], { cwd: join(folder, 'go-server') });
      return serve(join(folder, 'go-server', 'server'), () => [], here());
    },
  },
  {
    name: 'plain PHP',
    example: 'webhooks.php',
    tool: PHP,
    start: () => serve('php', (port) => ['-d', 'display_errors=1', '-S', `127.0.0.1:${port}`, 'webhooks.php'], here()),
  },
  {
    name: 'PSR-7',
    example: 'WebhookHandler.php',
    tool: PSR7,
    start: () => {
      writeFileSync(join(folder, 'psr7.php'), PSR7_SERVER);
      return serve('php', (port) => ['-d', 'display_errors=1', '-S', `127.0.0.1:${port}`, 'psr7.php'], here());
    },
  },
];

for (const { name, example, tool, start } of FRAMEWORKS) {
  describeWith(tool, `${name}, ${example}`, () => {
    let server: Server | undefined;
    beforeAll(async () => {
      server = await start();
    }, MAKING_PYTHON_ENVIRONMENT_MS);
    afterAll(() => server?.stop());

    test.each(CASES)('$what: $status', async ({ status, headers, body }) => {
      const answer = await fetch(`${server!.url}/webhooks`, {
        method: 'POST',
        headers: headers(),
        ...(body !== '' && { body: Buffer.from(body) }),
      });
      const text = await answer.text();
      expect([answer.status, text]).toEqual([status, expect.any(String)]);
      if (status === 200) expect(JSON.parse(text)).toEqual({ received: true });
      else expect(text).not.toMatch(/received|Warning|Error/);
    });
  });
}

const REQUESTS = 'requests.json';
/** Programs around the examples of ten lines: for each request of the file they print `status N`. */
const RECEIVERS: readonly {
  readonly example: string;
  readonly tool?: OptionalTool;
  readonly program: string;
  readonly code: string;
  readonly start: () => string;
}[] = [
  {
    example: 'receive.ts',
    program: 'receive-driver.mjs',
    start: () => run(nodeExecutable, ['receive-driver.mjs'], here()),
    code: `import { readFileSync } from 'node:fs';
import { receive } from './receive.ts';
for (const { headers, body } of JSON.parse(readFileSync('${REQUESTS}'))) {
  console.log('status', await receive(new TextEncoder().encode(body), new Headers(headers)));
}
`,
  },
  {
    example: 'receive.py',
    program: 'receive_driver.py',
    start: () => run(PYTHON, ['receive_driver.py'], here()),
    code: `import json
from receive import receive
for request in json.load(open("${REQUESTS}", encoding="utf-8")):
    print("status", receive(request["body"].encode(), request["headers"]))
`,
  },
  {
    example: 'receive.go',
    tool: GO,
    program: join('go-receive', 'driver.go'),
    start: () => run('go', ['run', '.'], { ...here(), cwd: join(folder, 'go-receive') }),
    code: `package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
)

func main() {
	content, err := os.ReadFile("../${REQUESTS}")
	if err != nil {
		panic(err)
	}
	var requests []struct {
		Headers map[string]string
		Body    string
	}
	if err := json.Unmarshal(content, &requests); err != nil {
		panic(err)
	}
	for _, request := range requests {
		header := http.Header{}
		for name, value := range request.Headers {
			header.Set(name, value)
		}
		fmt.Println("status", receive([]byte(request.Body), header))
	}
}
`,
  },
  {
    example: 'receive.php',
    tool: PHP,
    program: 'receive-driver.php',
    start: () => run('php', ['receive-driver.php'], here()),
    code: `<?php
require __DIR__ . '/verify/autoload.php';
require __DIR__ . '/receive.php';
foreach (json_decode(file_get_contents('${REQUESTS}'), true) as ['headers' => $headers, 'body' => $body]) {
    echo 'status ', receive($body, $headers), "\\n";
}
`,
  },
];

for (const { example, tool, program, code, start } of RECEIVERS) {
  describeWith(tool, example, () => {
    test(
      'says which status to answer with',
      () => {
        writeFileSync(join(folder, program), code);
        writeFileSync(
          join(folder, REQUESTS),
          JSON.stringify(CASES.map(({ headers, body }) => ({ headers: headers(), body }))),
        );
        expect([...start().matchAll(/^status (\d+)$/gm)].map(([, status]) => Number(status))).toEqual(
          CASES.map(({ status }) => status),
        );
      },
      LONG_MS,
    );
  });
}

test('no example of the page is left out', () => {
  expect([...examples.keys()].sort()).toEqual([...FRAMEWORKS, ...RECEIVERS].map(({ example }) => example).sort());
});

describe('the packed TypeScript package', () => {
  const kit = () => join(folder, 'node_modules', '@cdk-webhooks', 'verify');

  test('holds the compiled file, its types and nothing else, and needs nothing', () => {
    expect(readdirSync(kit(), { recursive: true }).sort()).toEqual([
      'README.md',
      'dist',
      'dist/verify.d.ts',
      'dist/verify.js',
      'package.json',
    ]);
    expect(readFileSync(join(kit(), 'dist', 'verify.js'), 'utf8')).not.toMatch(/\b(import|require)\b.*['"]/);
    expect(JSON.parse(readFileSync(join(kit(), 'package.json'), 'utf8'))).not.toHaveProperty('dependencies');
  });

  test(
    'has types that the TypeScript examples keep to, with or without those of browsers',
    () => {
      const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2022', '--types', 'node'];
      for (const lib of ['es2022', 'es2022,dom,dom.iterable'])
        run(join(binFolder, 'tsc'), [...options, '--lib', lib, 'receive.ts', 'route.ts'], { cwd: folder });
    },
    LONG_MS,
  );

  test('agrees with the vectors', () => {
    const file = join(folder, 'vectors.json');
    writeFileSync(file, JSON.stringify(verificationVectors()));
    run(nodeExecutable, [join(__dirname, 'run-vectors.mjs'), join(kit(), 'dist', 'verify.js'), file]);
  });
});
