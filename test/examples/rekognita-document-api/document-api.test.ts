import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { ApiError } from '../../../examples/rekognita-document-api/api-error';
import {
  DocumentApi,
  type DocumentApiServices,
  type DocumentApiSettings,
} from '../../../examples/rekognita-document-api/document-api';
import { pdf } from './files';
import { documentOf, InMemoryDocuments } from './services';

const BODY = Buffer.concat([
  Buffer.from('--b\r\nContent-Disposition: form-data; name="file"; filename="invoice.pdf"\r\n\r\n'),
  pdf(),
  Buffer.from(
    '\r\n--b\r\nContent-Disposition: form-data; name="webhook_url"\r\n\r\nhttps://hooks.acme.com/\r\n--b--\r\n',
  ),
]);

function setUp(changes: Partial<DocumentApiServices> = {}, settings: Partial<DocumentApiSettings> = {}) {
  const documents = new InMemoryDocuments();
  const enqueued: string[] = [];
  const lines: object[] = [];
  const services: DocumentApiServices = {
    apiKeys: {
      principal: () => Promise.resolve({ accountId: 'acct_1', scopes: new Set(['documents:read', 'documents:write']) }),
    },
    webhookUrls: { assertAcceptable: () => Promise.resolve() },
    documents,
    enqueue: ({ id }) => {
      enqueued.push(id);
      return Promise.resolve();
    },
    now: () => new Date('2025-01-15T12:00:00Z'),
    log: (line) => {
      lines.push(line);
    },
    ...changes,
  };
  const api = new DocumentApi(services, { retentionSeconds: 60, ...settings });
  const call = async (routeKey: string, event: Partial<APIGatewayProxyEventV2> = {}) => {
    const { statusCode, headers, body } = await api.handle({
      headers: {},
      isBase64Encoded: false,
      ...event,
      routeKey,
      requestContext: { requestId: 'request-1' },
    } as APIGatewayProxyEventV2);
    return { status: statusCode, headers, body: JSON.parse(body!) as { readonly document_id: string } };
  };
  const submit = () =>
    call('POST /v1/documents', {
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
      body: BODY.toString('base64'),
      isBase64Encoded: true,
    });
  return { documents, enqueued, lines, call, submit };
}

test('a submission is kept, then enqueued, then answered', async () => {
  const { documents, enqueued, lines, submit } = setUp();
  const { status, body } = await submit();
  expect({ status, body }).toMatchObject({
    status: 202,
    body: {
      status: 'processing',
      file_name: 'invoice.pdf',
      webhook_url: 'https://hooks.acme.com/',
      created_at: '2025-01-15T12:00:00.000Z',
    },
  });
  expect(documents.files.get(body.document_id)).toEqual(pdf());
  expect(enqueued).toEqual([body.document_id]);
  expect(lines).toEqual([
    {
      message: 'request',
      request_id: 'request-1',
      route: 'POST /v1/documents',
      account_id: 'acct_1',
      document_id: body.document_id,
      status: 202,
    },
  ]);
});

test('a URL that is refused leaves nothing behind', async () => {
  const { documents, enqueued, submit } = setUp({
    webhookUrls: {
      assertAcceptable: () => Promise.reject(new ApiError('invalid_request', 'The guard says no.', 'webhook_url')),
    },
  });
  expect(await submit()).toMatchObject({
    status: 400,
    body: { error: { code: 'invalid_request', message: 'The guard says no.', param: 'webhook_url' } },
  });
  expect({ kept: documents.documents.size, enqueued }).toEqual({ kept: 0, enqueued: [] });
});

test('nobody is told the id of a document that could not be enqueued', async () => {
  const { lines, submit } = setUp({ enqueue: () => Promise.reject(new Error('SQS does not answer')) });
  expect(await submit()).toMatchObject({
    status: 500,
    body: { error: { code: 'internal_error', message: 'The request could not be done. Try again.' } },
  });
  expect(lines).toMatchObject([{ status: 500, code: 'internal_error', cause: 'Error: SQS does not answer' }]);
});

test('where something is unavailable, the answer says when to come again', async () => {
  const { submit } = setUp({
    webhookUrls: { assertAcceptable: () => Promise.reject(new ApiError('service_unavailable', 'Not now.')) },
  });
  expect(await submit()).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
});

test("errors in Rekognita's form, with a page about them where there is one", async () => {
  const { call } = setUp({}, { errorDocsUrl: 'https://docs.acme.com/errors' });
  const { status, body } = await call('GET /v1/documents/{document_id}', {
    pathParameters: { document_id: 'doc_none' },
  });
  expect({ status, body }).toEqual({
    status: 404,
    body: {
      error: {
        code: 'not_found',
        message: 'There is no such document.',
        doc_url: 'https://docs.acme.com/errors#not_found',
      },
    },
  });
  expect((await call('$default')).status).toBe(404);
});

test.each([
  ['POST /v1/documents', 'documents:read'],
  ['GET /v1/documents/{document_id}', 'documents:write'],
])('%s is not for a key with %s alone', async (route, scope) => {
  const { documents, call } = setUp({
    apiKeys: { principal: () => Promise.resolve({ accountId: 'acct_1', scopes: new Set([scope]) }) },
  });
  documents.documents.set('doc_1', documentOf());
  expect(await call(route, { pathParameters: { document_id: 'doc_1' } })).toMatchObject({
    status: 403,
    body: { error: { code: 'forbidden' } },
  });
});
