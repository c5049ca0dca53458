/**
 * examples/rekognita-document-api, deployed: a customer of Rekognita's, from the guide's curl line to a verified
 * webhook.
 */
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { rekognita, verifyEvent } from '../../verify/typescript/verify';
import { ApiKeys } from '../../examples/rekognita-document-api/api-keys';
import { newDocumentId } from '../../examples/rekognita-document-api/document';
import { DocumentStore } from '../../examples/rekognita-document-api/document-store';
import { MAX_FILE_BYTES } from '../../examples/rekognita-document-api/submission';
import { clientConfig } from '../../local/aws-client';
import { operatorApiKey } from '../../local/operator-key';
import { nodeExecutable, tsxLoader } from '../../local/paths';
import { pdf, PNG } from '../examples/rekognita-document-api/files';
import { documentOf } from '../examples/rekognita-document-api/services';
import { CURL } from '../runner/optional-tools';
import { deployExample, DEPLOYING_MS, EXAMPLES } from './examples-deploy';
import { loggedLines } from './handler-logs';
import { testStack } from './harness/test-stack';
import { ManagementClient } from './management-client';
import { type Arrival, Receiver } from './receiver';

const NAME = 'rekognita-document-api';
const execute = promisify(execFile);
const local = testStack('e2e');
const s3 = new S3Client({ ...clientConfig(local), forcePathStyle: true });
const receiver = new Receiver();

type Outputs = Record<
  'ApiUrl' | 'ApiKeysTable' | 'DocumentsTable' | 'FilesBucket' | 'WebhookApiUrl' | 'WebhookOperatorKeySecret',
  string
>;
let outputs: Outputs;
let apiKeys: ApiKeys;
let operator: ManagementClient;
let folder: string;
const issued: string[] = [];

beforeAll(async () => {
  await receiver.listen();
  folder = mkdtempSync(join(tmpdir(), 'document-api-'));
  outputs = await deployExample(NAME);
  apiKeys = new ApiKeys(new DynamoDBClient(clientConfig(local)), outputs.ApiKeysTable);
  operator = new ManagementClient(outputs.WebhookApiUrl, await operatorApiKey(local, outputs.WebhookOperatorKeySecret));
}, DEPLOYING_MS);
afterAll(async () => {
  await receiver.close();
  rmSync(folder, { recursive: true });
});

interface Resource {
  readonly document_id: string;
  readonly status: string;
  readonly result?: { readonly pages: number };
  readonly error?: { readonly code: string; readonly message: string; readonly param?: string };
}

/** An account of a test's own, by a key of it. */
async function setUp(scopes: readonly string[] = ['documents:read', 'documents:write']) {
  const account = `acct_${randomBytes(5).toString('hex')}`;
  const key = await apiKeys.issue(account, scopes);
  issued.push(key);
  const headers = { authorization: `Bearer ${key}` };
  const answerOf = async (response: Response) => ({
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Resource,
  });
  return {
    account,
    key,
    secret: async () =>
      (await operator.done<{ secret: string }>('GET', `/tenants/${account}/webhooks/account-secret`)).secret,
    submit: async (form: FormData) =>
      answerOf(await fetch(`${outputs.ApiUrl}/v1/documents`, { method: 'POST', headers, body: form })),
    show: async (id: string) => answerOf(await fetch(`${outputs.ApiUrl}/v1/documents/${id}`, { headers })),
  };
}

function form(content: Buffer, name: string, fields: Record<string, string> = {}): FormData {
  const made = new FormData();
  made.append('file', new Blob([Uint8Array.from(content)]), name);
  for (const [field, value] of Object.entries(fields)) made.append(field, value);
  return made;
}

/**
 * What a customer's receiver makes of an arrival.
 *
 * @throws unless it is signed by the account's secret
 */
async function received({ body, headers }: Arrival, secret: string) {
  return (await verifyEvent<Record<string, unknown>>(rekognita, { body, headers, secrets: [secret] })).event;
}

(CURL.missing() === undefined ? test : test.skip)("the guide's curl line, host and key apart", async () => {
  const { key, secret, show } = await setUp();
  writeFileSync(join(folder, 'invoice.pdf'), pdf());
  const printed = /^```sh\n(curl [^]*?)^```$/m.exec(readFileSync(join(EXAMPLES, NAME, 'README.md'), 'utf8'))![1]!;
  const line = printed
    .replace('https://api.rekognita.com', outputs.ApiUrl)
    .replace('YOUR_API_KEY', key)
    .replace('https://your-server.com', receiver.url(''));

  const { stdout } = await execute('sh', ['-c', line], { cwd: folder });

  const submitted = JSON.parse(stdout) as Resource;
  expect(submitted).toEqual({
    document_id: expect.stringMatching(/^doc_[0-9a-f]{32}$/) as string,
    status: 'processing',
    file_name: 'invoice.pdf',
    file_size: pdf().length,
    language: 'en',
    webhook_url: receiver.url('/webhooks/rekognita'),
    created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
  });
  const [arrival] = await receiver.arrived('/webhooks/rekognita', 1);
  const event = await received(arrival!, await secret());
  expect(event).toEqual({
    event: 'document.completed',
    document_id: submitted.document_id,
    status: 'completed',
    created_at: (submitted as unknown as { created_at: string }).created_at,
    completed_at: expect.any(String) as string,
    result: { text: 'Recognized text of page 1.', confidence: 0.991, pages: 1, language: 'en' },
  });
  expect((await show(submitted.document_id)).body).toMatchObject({
    document_id: submitted.document_id,
    status: 'completed',
    completed_at: event.completed_at,
    result: event.result,
  });
});

test('a large document is told of in parts and as a whole', async () => {
  const { secret, submit } = await setUp();
  const url = receiver.url('/large');
  expect(await submit(form(pdf(25), 'report.pdf', { webhook_url: url, language: 'uk' }))).toMatchObject({
    status: 202,
    body: { status: 'processing' },
  });
  const events = await Promise.all(
    (await receiver.arrived('/large', 4)).map(async (arrival) => received(arrival, await secret())),
  );
  const pages = (type: string) =>
    events
      .filter(({ event }) => event === type)
      .map(({ result }) => (result as { pages: number }).pages)
      .sort();
  expect(pages('document.partial')).toEqual([10, 10, 5]);
  expect(pages('document.completed')).toEqual([25]);
});

test('a document that cannot be read', async () => {
  const { secret, submit, show } = await setUp();
  const {
    body: { document_id: id },
  } = await submit(form(pdf(1, '/Encrypt 9 0 R'), 'secret.pdf', { webhook_url: receiver.url('/failed') }));
  const [arrival] = await receiver.arrived('/failed', 1);
  const error = { code: 'processing_failed', message: 'The document is protected by a password.' };
  expect(await received(arrival!, await secret())).toMatchObject({
    event: 'document.failed',
    document_id: id,
    status: 'failed',
    error,
  });
  expect((await show(id)).body).toMatchObject({ status: 'failed', error });
});

test('without a webhook URL a document is asked after', async () => {
  const { submit, show } = await setUp();
  const {
    body: { document_id: id },
  } = await submit(form(PNG, 'scan.png'));
  let shown = await show(id);
  for (const end = Date.now() + 20_000; shown.body.status === 'processing' && Date.now() < end; await sleep(50))
    shown = await show(id);
  expect(shown).toMatchObject({ status: 200, body: { document_id: id, status: 'completed', result: { pages: 1 } } });
});

test('a file of exactly the limit is taken, with its bytes, under a key that its name has no part in', async () => {
  const { account, submit } = await setUp();
  const content = Buffer.concat([PNG, randomBytes(MAX_FILE_BYTES - PNG.length)]);
  const { status, body } = await submit(form(content, '../../../acct_other/"пастка"\u202e.png'));
  expect({ status, body }).toMatchObject({ status: 202, body: { file_size: MAX_FILE_BYTES } });
  const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket: outputs.FilesBucket }));
  expect(Contents?.filter(({ Key }) => Key!.includes(body.document_id))).toMatchObject([
    { Key: `${account}/${body.document_id}`, Size: MAX_FILE_BYTES },
  ]);
});

test.each([
  [
    'a file over the limit',
    () => form(Buffer.concat([PNG, Buffer.alloc(MAX_FILE_BYTES)]), 'scan.png'),
    413,
    'file_too_large',
    'file',
  ],
  ['another type', () => form(Buffer.from('MZ\x90'), 'setup.exe'), 415, 'invalid_file_type', 'file'],
  [
    'a type that only the name says',
    () => form(Buffer.from('MZ\x90'), 'invoice.pdf'),
    415,
    'invalid_file_type',
    'file',
  ],
  [
    'no file',
    () => {
      const made = new FormData();
      made.append('language', 'en');
      return made;
    },
    400,
    'invalid_request',
    'file',
  ],
  [
    'an unknown field',
    () => form(PNG, 'scan.png', { webhookurl: 'https://hooks.acme.com/' }),
    400,
    'invalid_request',
    'webhookurl',
  ],
  [
    'a private address',
    () => form(PNG, 'scan.png', { webhook_url: 'http://10.0.0.1/hook' }),
    400,
    'invalid_request',
    'webhook_url',
  ],
  ['no URL', () => form(PNG, 'scan.png', { webhook_url: 'hooks.acme.com' }), 400, 'invalid_request', 'webhook_url'],
])('%s is refused', async (_what, made, status, code, param) => {
  const { submit } = await setUp();
  expect(await submit(made())).toMatchObject({
    status,
    body: { error: { code, param, message: expect.any(String) as string } },
  });
});

test('a key opens its own account, as far as its scopes go', async () => {
  const [one, other, reader] = [await setUp(), await setUp(), await setUp(['documents:read'])];
  const {
    body: { document_id: id },
  } = await one.submit(form(PNG, 'scan.png'));
  expect((await one.show(id)).status).toBe(200);
  expect(await other.show(id)).toMatchObject({ status: 404, body: (await other.show('doc_none')).body });
  expect(await reader.submit(form(PNG, 'scan.png'))).toMatchObject({
    status: 403,
    body: { error: { code: 'forbidden' } },
  });
  for (const authorization of [undefined, 'Bearer', `Bearer rk_sk_${'A'.repeat(43)}`, `Basic ${one.key}`]) {
    const response = await fetch(`${outputs.ApiUrl}/v1/documents/${id}`, {
      headers: authorization === undefined ? {} : { authorization },
    });
    expect({
      status: response.status,
      challenge: response.headers.get('www-authenticate'),
      body: await response.json(),
    }).toMatchObject({ status: 401, challenge: 'Bearer', body: { error: { code: 'unauthorized' } } });
  }
});

test('the first end of a document that is put on record stays', async () => {
  const documents = new DocumentStore(
    { dynamodb: new DynamoDBClient(clientConfig(local)), s3 },
    { table: outputs.DocumentsTable, bucket: outputs.FilesBucket },
  );
  const document = documentOf({ id: newDocumentId() });
  await documents.create(document, pdf(), 3_600);
  expect(await documents.file(document)).toEqual(pdf());
  await expect(documents.create(document, pdf(), 3_600)).rejects.toThrow('The conditional request failed');
  const [first, second] = [
    { ...document, status: 'completed' as const },
    { ...document, status: 'failed' as const },
  ];
  expect(await documents.settle(first)).toEqual(first);
  expect(await documents.settle(second)).toEqual(first);
  expect(await documents.find(document.accountId, document.id)).toEqual(first);
  expect(await documents.settle({ ...second, id: 'doc_none' })).toBeUndefined();
});

test('the command that issues keys', async () => {
  const env = {
    ...process.env,
    AWS_ENDPOINT_URL: local.awsEndpointUrl,
    AWS_REGION: local.region,
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
  const issue = (...args: string[]) =>
    execute(
      nodeExecutable,
      ['--import', tsxLoader, join(EXAMPLES, NAME, 'issue-key.ts'), '--table', outputs.ApiKeysTable, ...args],
      { env },
    );
  const { stdout } = await issue('--account', 'acct_cli', '--scopes', 'documents:read');
  issued.push(stdout.trim());
  expect(await apiKeys.principal(`Bearer ${stdout.trim()}`)).toEqual({
    accountId: 'acct_cli',
    scopes: new Set(['documents:read']),
  });
  await expect(issue('--account', 'acct/cli')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringContaining('"acct/cli" cannot be an account') as string,
  });
});

test('no key is in a log', async () => {
  const lines = (await loggedLines(local)).join('\n');
  expect(lines).toContain('"POST /v1/documents"');
  for (const key of issued) expect(lines).not.toContain(key);
});
