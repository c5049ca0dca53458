import { type JobConsumerServices, JobConsumer } from '../../../examples/leapocr-customer/job-consumer';
import { type JobEvent, jobEventOf, UnreadableMessage } from '../../../examples/leapocr-customer/job-event';
import type { JobEnd } from '../../../examples/leapocr-customer/job-store';
import type { PageResult, ResultAnswer } from '../../../examples/leapocr-customer/ocr-api';
import { retryDelay } from '../../../examples/leapocr-customer/retry-delay';
import { contentOf, receivedEvent } from '../../../lambda/core/receiving/received-event';
import { COMPLETED } from '../../builders/event';

const JOB_ID = COMPLETED.job_id;
const EVENT: JobEvent = {
  eventId: COMPLETED.event_id,
  type: 'job.completed',
  jobId: JOB_ID,
  occurredAt: Date.parse(COMPLETED.timestamp),
};

/** What WebhookReceiver puts on the queue. */
function messageOf(event: object): string {
  const body = Buffer.from(JSON.stringify(event));
  return receivedEvent(
    '/leapocr/webhooks',
    { kind: 'leapOcr' },
    { body, content: contentOf(body), headers: {}, verified: { scheme: 'leapocr' }, receivedAt: 0 },
  ).message;
}

function setUp(answers: readonly ResultAnswer[] = []) {
  const pages: PageResult[] = [];
  const done = new Map<string, JobEnd>();
  const asked: number[] = [];
  const left = [...answers];
  const services: JobConsumerServices = {
    ocrApi: {
      result: (_jobId, page) => {
        asked.push(page);
        return Promise.resolve(left.shift()!);
      },
    },
    jobs: {
      isDone: (eventId) => Promise.resolve(done.has(eventId)),
      putPage: (_jobId, page) => {
        pages.push(page);
        return Promise.resolve();
      },
      record: ({ eventId }, end) => {
        done.set(eventId, end);
        return Promise.resolve('recorded');
      },
    },
    now: () => 0,
  };
  return { pages, done, asked, process: (event: JobEvent = EVENT) => new JobConsumer(services).process(event) };
}

const pagesAnswer = (from: number, count: number, listPages: number): ResultAnswer => ({
  kind: 'pages',
  pages: Array.from({ length: count }, (_, index) => ({ page_number: from + index, result: 'text' })),
  listPages,
  creditsUsed: 70,
});

test('a result is fetched page by page, and on record when all of it is there', async () => {
  const { pages, done, asked, process } = setUp([pagesAnswer(1, 50, 2), pagesAnswer(51, 20, 2)]);
  expect(await process()).toEqual({ kind: 'done', what: 'recorded', status: 'completed' });
  expect(asked).toEqual([1, 2]);
  expect(pages.map(({ page_number: number }) => number)).toEqual(Array.from({ length: 70 }, (_, index) => index + 1));
  expect(done.get(EVENT.eventId)).toEqual({ status: 'completed', pages: 70, creditsUsed: 70 });
});

test.each<[string, ResultAnswer, object]>([
  [
    'not ready',
    { kind: 'not-ready', retryAfterSeconds: 40 },
    { kind: 'again', reason: 'the result is not ready', retryAfterSeconds: 40 },
  ],
  ['not to be had now', { kind: 'unavailable', reason: 'status 500' }, { kind: 'again', reason: 'status 500' }],
])('a result that is %s, in whatever part, comes again, and nothing is on record', async (_what, answer, outcome) => {
  for (const before of [[], [pagesAnswer(1, 50, 2)]]) {
    const { done, process } = setUp([...before, answer]);
    expect(await process()).toEqual(outcome);
    expect(done.size).toBe(0);
  }
});

test('a result that will never be had is the end of it', async () => {
  const { done, process } = setUp([{ kind: 'refused', status: 404, message: 'There is no such job' }]);
  expect(await process()).toEqual({ kind: 'done', what: 'recorded', status: 'unavailable' });
  expect(done.get(EVENT.eventId)).toEqual({ status: 'unavailable', reason: '404: There is no such job' });
});

test('a failed job has no result to fetch', async () => {
  const { done, asked, process } = setUp();
  await process({ ...EVENT, type: 'job.failed', errorMessage: 'Document processing failed' });
  expect(done.get(EVENT.eventId)).toEqual({ status: 'failed', reason: 'Document processing failed' });
  expect(asked).toEqual([]);
});

test('a copy of an event that was worked off costs no request', async () => {
  const { asked, process } = setUp([pagesAnswer(1, 1, 1)]);
  await process();
  expect(await process()).toEqual({ kind: 'done', what: 'repeated' });
  expect(asked).toEqual([1]);
});

test('an API that always has another page is not asked for ever', async () => {
  const { asked, process } = setUp(Array.from({ length: 1_001 }, (_, index) => pagesAnswer(1, 1, index + 2)));
  expect(await process()).toMatchObject({ kind: 'done', status: 'unavailable' });
  expect(asked).toHaveLength(1_000);
});

test('the messages of the receiver', () => {
  expect(jobEventOf(messageOf(COMPLETED))).toEqual(EVENT);
  expect(jobEventOf(messageOf({ ...COMPLETED, event_type: 'job.failed', error_message: 'No.' }))).toEqual({
    ...EVENT,
    type: 'job.failed',
    errorMessage: 'No.',
  });
  for (const type of ['webhook.test', 'job.created', 'job.started'])
    expect(jobEventOf(messageOf({ ...COMPLETED, event_type: type }))).toBeUndefined();
});

test.each([
  ['no JSON', 'x'],
  ['no object', 'null'],
  ['another version', messageOf(COMPLETED).replace('"version":1', '"version":2')],
  ['no job id', messageOf({ ...COMPLETED, job_id: undefined })],
  ['a job id that is a path', messageOf({ ...COMPLETED, job_id: '../../keys' })],
  ['no timestamp', messageOf({ ...COMPLETED, timestamp: 'yesterday' })],
  ['no event', JSON.stringify({ version: 1, event_id: 'evt_1', event_type: 'job.completed', body: 'text' })],
])('a message of %s', (_what, body) => {
  expect(() => jobEventOf(body)).toThrow(UnreadableMessage);
});

test('waits double, up to a quarter of an hour, and are as long as the API asks for', () => {
  expect([1, 2, 3, 4, 5, 6, 7, 10].map((receives) => retryDelay(receives))).toEqual([
    15, 30, 60, 120, 240, 480, 900, 900,
  ]);
  expect(retryDelay(1, 40)).toBe(40);
  expect(retryDelay(3, 40)).toBe(60);
  expect(retryDelay(1, 86_400)).toBe(900);
});
