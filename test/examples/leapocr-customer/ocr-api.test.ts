import { OcrApi } from '../../../examples/leapocr-customer/ocr-api';
import { OcrApiStub, type StubAnswer } from './ocr-api-stub';

const stub = new OcrApiStub();
beforeAll(() => stub.listen());
afterAll(() => {
  stub.close();
});

let jobs = 0;
/** What the client makes of the first answers for a job. */
async function ask(
  first: readonly StubAnswer[] = [],
  apiKey: (fresh: boolean) => Promise<string> = () => Promise.resolve(stub.apiKey),
) {
  const jobId = `job-${++jobs}`;
  stub.job(jobId, 3, first);
  return { jobId, answer: await new OcrApi({ url: stub.url, apiKey }).result(jobId, 1, 2) };
}

test('a page of a result', async () => {
  const { jobId, answer } = await ask();
  expect(answer).toEqual({
    kind: 'pages',
    pages: [
      { page_number: 1, result: 'Text of page 1' },
      { page_number: 2, result: 'Text of page 2' },
    ],
    listPages: 2,
    creditsUsed: 3,
  });
  expect(stub.of(jobId)).toEqual([{ jobId, page: 1, limit: 2, apiKey: stub.apiKey }]);
});

test('a result without pagination is whole', async () => {
  expect((await ask([{ status: 200, body: { pages: [] } }])).answer).toEqual({
    kind: 'pages',
    pages: [],
    listPages: 1,
  });
});

test.each<[StubAnswer, object]>([
  [{ status: 202 }, { kind: 'not-ready' }],
  [
    { status: 202, headers: { 'retry-after': '40' } },
    { kind: 'not-ready', retryAfterSeconds: 40 },
  ],
  [
    { status: 429, headers: { 'retry-after': '60' } },
    { kind: 'unavailable', reason: 'status 429', retryAfterSeconds: 60 },
  ],
  [
    { status: 503, headers: { 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' } },
    { kind: 'unavailable', reason: 'status 503' },
  ],
  [{ status: 500 }, { kind: 'unavailable', reason: 'status 500' }],
  [{ status: 403 }, { kind: 'unavailable', reason: 'status 403' }],
  [
    { status: 404, body: { code: 'NOT_FOUND', error: { message: 'There is no such job' } } },
    { kind: 'refused', status: 404, message: 'There is no such job' },
  ],
  [
    { status: 410, body: '<html>'.repeat(100) },
    { kind: 'refused', status: 410, message: '<html>'.repeat(50) },
  ],
  [
    { status: 200, body: 'not JSON' },
    { kind: 'unavailable', reason: 'an answer of another form' },
  ],
  [
    { status: 200, body: 'null' },
    { kind: 'unavailable', reason: 'an answer of another form' },
  ],
  [
    { status: 200, body: { pages: [{ result: 'x' }] } },
    { kind: 'unavailable', reason: 'an answer of another form' },
  ],
  [
    { status: 200, body: { pages: [], pagination: { total_pages: 'all' } } },
    { kind: 'unavailable', reason: 'an answer of another form' },
  ],
])('%j', async (first, expected) => {
  expect((await ask([first])).answer).toEqual(expected);
});

test('a key that was changed is read again, once', async () => {
  const { jobId, answer } = await ask([], (fresh) => Promise.resolve(fresh ? stub.apiKey : 'old'));
  expect(answer.kind).toBe('pages');
  expect(stub.of(jobId).map(({ apiKey }) => apiKey)).toEqual(['old', stub.apiKey]);
  expect((await ask([], () => Promise.resolve('wrong'))).answer).toEqual({ kind: 'unavailable', reason: 'status 401' });
});

test('the key does not follow a redirect', async () => {
  const elsewhere = new OcrApiStub();
  await elsewhere.listen();
  const { answer } = await ask([
    { status: 302, headers: { location: `${elsewhere.url}/api/v1/ocr/result/other?page=1&limit=2` } },
  ]);
  expect(answer).toEqual({ kind: 'unavailable', reason: expect.stringMatching(/^no answer/) as string });
  expect(elsewhere.requests).toEqual([]);
  elsewhere.close();
});

test('an API that is not there', async () => {
  const gone = new OcrApiStub();
  await gone.listen();
  const { url } = gone;
  gone.close();
  expect(await new OcrApi({ url, apiKey: () => Promise.resolve('k') }).result('job', 1, 2)).toEqual({
    kind: 'unavailable',
    reason: expect.stringMatching(/^no answer/) as string,
  });
});
