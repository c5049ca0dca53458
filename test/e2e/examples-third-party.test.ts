/** examples/third-party-app, in a folder of its own outside the repository, on the package as it would be published. */
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { type Message, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { clientConfig } from '../../local/aws-client';
import { operatorApiKey } from '../../local/operator-key';
import { binFolder, projectRoot } from '../../local/paths';
import { runCommand } from '../../local/process-group';
import { deployExample, DEPLOYING_MS, EXAMPLES } from './examples-deploy';
import { testStack } from './harness/test-stack';
import { ManagementClient } from './management-client';

/** Bundles, dashboard and jsii: half a minute on two cores. */
const PACKING_MS = 180_000;
/** From npm's cache, which set-up has filled, 6 s. */
const INSTALLING_MS = 120_000;

const NAME = 'third-party-app';
const local = testStack('e2e');
const sqs = new SQSClient(clientConfig(local));
let folder: string;

/** npm as a user's shell runs it: without what an npm that runs these tests says of its own project. */
async function npm(args: readonly string[], cwd: string, timeLimitMs: number): Promise<string> {
  const own = Object.entries(process.env).filter(
    ([name]) =>
      !/^(npm_(lifecycle|package|command|execpath|node_execpath)|npm_config_local_prefix|INIT_CWD)/i.test(name),
  );
  const env = { ...Object.fromEntries(own), PATH: [binFolder, process.env.PATH].join(delimiter) };
  return runCommand('npm', args, { cwd, env, logFile: join(folder, 'npm.log'), timeLimitMs });
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'third-party-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test(
  'what a third party installs, deploys and runs',
  async () => {
    await npm(['pack', '--pack-destination', folder], projectRoot, PACKING_MS);
    const { version, devDependencies } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
      version: string;
      devDependencies: Record<string, string>;
    };
    const app = join(folder, 'app');
    cpSync(join(EXAMPLES, NAME), app, { recursive: true, filter: (path) => !/(node_modules|cdk\.out)$/.test(path) });
    const peers = ['aws-cdk-lib', 'constructs'].map((name) => `${name}@${devDependencies[name]}`);
    await npm(
      [
        'install',
        '--prefer-offline',
        '--omit=dev',
        '--no-audit',
        '--no-fund',
        join(folder, `cdk-webhooks-${version}.tgz`),
        ...peers,
      ],
      app,
      INSTALLING_MS,
    );
    type Output =
      | 'EventQueueUrl'
      | 'OutboundApiId'
      | 'OperatorKeySecret'
      | 'InboxUrl'
      | 'InboundUrl'
      | 'InboundApiId'
      | 'InboundSecretId';
    const outputs = await deployExample<Output>(NAME, { appFolder: app });

    expect(outputs.InboundUrl).toContain(`${outputs.InboundApiId}.execute-api.`);
    const onEmulator = (apiId: string, path: string) => `${local.awsEndpointUrl}/_aws/execute-api/${apiId}${path}`;
    const operator = new ManagementClient(
      onEmulator(outputs.OutboundApiId, '/api/v1'),
      await operatorApiKey(local, outputs.OperatorKeySecret),
    );
    const { secret } = await operator.done<{ secret: string }>('GET', '/tenants/acct_1/webhooks/account-secret');
    await new SecretsManagerClient(clientConfig(local)).send(
      new PutSecretValueCommand({ SecretId: outputs.InboundSecretId, SecretString: secret }),
    );
    const event = {
      event_id: `evt_${randomUUID()}`,
      event_type: 'invoice.paid',
      tenant_id: 'acct_1',
      payload: { invoice_id: 'inv_1', amount: 12.5 },
      webhook_url: onEmulator(outputs.InboundApiId, '/webhooks'),
    };
    await sqs.send(new SendMessageCommand({ QueueUrl: outputs.EventQueueUrl, MessageBody: JSON.stringify(event) }));

    const message = await received(outputs.InboxUrl);
    expect(JSON.parse(message.Body!)).toMatchObject({
      scheme: 'standardWebhooks',
      source: '/webhooks',
      event_id: event.event_id,
      event: event.payload,
    });
  },
  PACKING_MS + INSTALLING_MS + DEPLOYING_MS,
);

async function received(QueueUrl: string, withinMs = 20_000): Promise<Message> {
  for (const end = Date.now() + withinMs; Date.now() < end;) {
    const { Messages: [message] = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 1 }));
    if (message !== undefined) return message;
  }
  throw new Error(`nothing was received within ${withinMs} ms`);
}
