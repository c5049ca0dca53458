/**
 * The start of an execution environment: bytes of each handler, and the time to load and initialize it, beside an empty
 * handler that only makes the same SDK clients. In turn, each in a process of its own.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { HANDLER_BUNDLE } from '../build/bundle';
import { deployedFunctions } from './deployed-functions';
import { stubEnvironment } from './measured-process';
import { machine, middle, rounded, type Section } from './section';

const ROUNDS = 15;
const LONGEST_MS = 30_000;

/** What each handler makes when it is initialized. */
const CLIENTS: Readonly<Record<string, readonly string[]>> = {
  dispatch: ['DynamoDB', 'SQS'],
  deliver: ['DynamoDB', 'SQS', 'SecretsManager', 'EventBridge'],
  wait: ['SQS'],
  api: ['DynamoDB', 'SQS', 'SecretsManager'],
  recovery: ['DynamoDB', 'SQS'],
  statistics: ['DynamoDB'],
  dashboard: [],
  receiver: ['DynamoDB', 'SecretsManager', 'SQS'],
};

/** An empty handler, bundled as ours are. */
async function emptyHandler(folder: string, name: string): Promise<string> {
  const clients = CLIENTS[name]!;
  const contents = [
    ...clients.map(
      (client) =>
        `import { ${client}Client } from ` +
        `'@aws-sdk/client-${client.replace(/(?<=[a-z])(?=[A-Z])/, '-').toLowerCase()}';`,
    ),
    `export const clients = [${clients.map((client) => `new ${client}Client({})`).join(', ')}];`,
    'export const handler = async () => ({});',
  ]
    .join('\n')
    .replace('client-dynamo-db', 'client-dynamodb')
    .replace('client-event-bridge', 'client-eventbridge');
  const outfile = join(folder, `${name}.js`);
  await build({ ...HANDLER_BUNDLE, stdin: { contents, resolveDir: join(__dirname, '..') }, outfile });
  return outfile;
}

async function milliseconds(file: string, environment: Readonly<Record<string, string>>): Promise<number> {
  const child = fork(join(__dirname, 'time-module.cjs'), [file], {
    execArgv: [],
    env: { PATH: process.env.PATH, ...stubEnvironment('http://127.0.0.1:1'), ...environment },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    timeout: LONGEST_MS,
  });
  const ended = once(child, 'exit').then(([code]) => {
    throw new Error(`${file} ended with ${String(code)} before it was loaded`);
  });
  const [microseconds] = (await Promise.race([once(child, 'message'), ended])) as [number];
  return microseconds / 1000;
}

export async function coldStart(): Promise<Section> {
  const folder = mkdtempSync(join(tmpdir(), 'cdk-webhooks-cold-start-'));
  try {
    const handlers = [];
    for (const { handler, codeFolder, environment } of deployedFunctions()) {
      const file = join(codeFolder, 'index.js');
      handlers.push({
        handler,
        file,
        environment,
        empty: await emptyHandler(folder, handler),
        bytes: statSync(file).size,
        times: [] as number[],
        emptyTimes: [] as number[],
      });
    }
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const each of handlers) {
        each.emptyTimes.push(await milliseconds(each.empty, {}));
        each.times.push(await milliseconds(each.file, each.environment));
      }
    }
    const results = handlers.map(({ handler, bytes, empty, times, emptyTimes }) => {
      const [own, bare] = [middle(times), middle(emptyTimes)];
      return {
        handler,
        bytes,
        emptyBytes: statSync(empty).size,
        milliseconds: rounded(own),
        emptyMilliseconds: rounded(bare),
        ratio: rounded(own / bare, 2),
      };
    });
    return {
      name: 'cold-start',
      title:
        'Start of an execution environment: load and initialize, beside an empty handler with the same SDK clients',
      table: [
        ['', 'KB', 'ms', 'empty KB', 'empty ms', 'ratio'],
        ...results.map(({ handler, bytes, emptyBytes, milliseconds: own, emptyMilliseconds: bare, ratio }) => [
          handler,
          (bytes / 1000).toFixed(0),
          own.toFixed(1),
          (emptyBytes / 1000).toFixed(0),
          bare.toFixed(1),
          ratio.toFixed(2),
        ]),
      ],
      json: { rounds: ROUNDS, clients: CLIENTS, results, ...machine() },
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
