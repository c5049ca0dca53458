import type { Document } from '../../../examples/rekognita-document-api/document';
import type { EventMessage } from '../../../examples/rekognita-document-api/document-events';
import {
  parseRecognitionMessage,
  recognitionMessage,
} from '../../../examples/rekognita-document-api/recognition-message';
import { Recognizer } from '../../../examples/rekognita-document-api/recognizer';
import { parseEvent } from '../../../lambda/core/events/event';
import { REKOGNITA_EVENT_TYPES } from '../../../lib/private/rekognita-events';
import { pdf, PNG } from './files';
import { documentOf, InMemoryDocuments } from './services';

const COMPLETED_AT = '2025-01-15T12:00:03.000Z';

async function setUp(content: Buffer, changes: Partial<Document> = {}) {
  const documents = new InMemoryDocuments();
  const events: EventMessage[] = [];
  const faults: Error[] = [];
  const publish = (event: EventMessage) => {
    const fault = faults.shift();
    if (fault !== undefined) return Promise.reject(fault);
    events.push(event);
    return Promise.resolve();
  };
  await documents.create(documentOf(changes), content);
  const recognizer = new Recognizer({ documents, publish, now: () => new Date(COMPLETED_AT) });
  return { documents, events, faults, process: () => recognizer.process('acct_1', 'doc_1') };
}

test("a document that is read: the guide's event, and the document's state", async () => {
  const { documents, events, process } = await setUp(pdf(1));
  await process();
  const result = { text: 'Recognized text of page 1.', confidence: 0.991, pages: 1, language: 'en' };
  expect(events).toEqual([
    {
      event_id: 'doc_1:completed',
      event_type: 'document.completed',
      tenant_id: 'acct_1',
      webhook_url: 'https://hooks.acme.com/rekognita',
      payload: {
        event: 'document.completed',
        document_id: 'doc_1',
        status: 'completed',
        created_at: '2025-01-15T12:00:00.000Z',
        completed_at: COMPLETED_AT,
        result,
      },
    },
  ]);
  expect(documents.documents.get('doc_1')).toMatchObject({ status: 'completed', completedAt: COMPLETED_AT, result });
});

test.each([
  ['has a password', pdf(1, '/Encrypt 9 0 R'), 'The document is protected by a password.'],
  ['has no pages', pdf(0), 'The document has no pages.'],
  ['has too many pages', pdf(501), 'The document has more than 500 pages.'],
])('a document that %s', async (_what, content, message) => {
  const { events, process } = await setUp(content);
  expect(await process()).toMatchObject({ status: 'failed', error: { code: 'processing_failed', message } });
  expect(events).toMatchObject([
    {
      event_id: 'doc_1:failed',
      event_type: 'document.failed',
      payload: { status: 'failed', completed_at: COMPLETED_AT, error: { code: 'processing_failed', message } },
    },
  ]);
});

test.each([
  [10, 0],
  [11, 2],
  [25, 3],
])('%i pages are %i parts', async (pages, parts) => {
  const { events, process } = await setUp(pdf(pages));
  await process();
  expect(events.map(({ event_id: id }) => id)).toEqual([
    ...Array.from({ length: parts }, (_, part) => `doc_1:partial:${part + 1}`),
    'doc_1:completed',
  ]);
  for (const { payload } of events.slice(0, -1))
    expect(payload).toMatchObject({ event: 'document.partial', status: 'processing', result: { confidence: 0.991 } });
});

test('every event fits the contract of the sender and is in its catalog', async () => {
  for (const content of [pdf(25), pdf(0)]) {
    const { events, process } = await setUp(content);
    await process();
    for (const event of events) {
      expect(
        parseEvent(JSON.stringify(event), {
          tenantParts: 1,
          eventTypes: new Set(REKOGNITA_EVENT_TYPES.map(({ name }) => name)),
        }),
      ).toMatchObject({ eventId: event.event_id, webhookUrl: event.webhook_url });
      const { schema } = REKOGNITA_EVENT_TYPES.find(({ name }) => name === event.event_type)!;
      expect(Object.keys((schema as { properties: object }).properties)).toEqual(
        expect.arrayContaining(Object.keys(JSON.parse(JSON.stringify(event.payload)) as object)),
      );
    }
  }
});

test('work that is done again sends the same ids, and tells the same end', async () => {
  const { events, faults, process } = await setUp(pdf(25));
  await process();
  const first = [...events];
  await process();
  expect(events.slice(first.length)).toEqual(first.slice(-1));
  faults.push(new Error('SQS does not answer'));
  await expect(process()).rejects.toThrow('SQS does not answer');
});

test('what failed half-way is done again as a whole', async () => {
  const { documents, events, faults, process } = await setUp(pdf(25));
  faults.push(undefined as unknown as Error, new Error('SQS does not answer'));
  await expect(process()).rejects.toThrow('SQS does not answer');
  expect(documents.documents.get('doc_1')!.status).toBe('processing');
  await process();
  expect(new Set(events.map(({ event_id: id }) => id))).toEqual(
    new Set(['doc_1:partial:1', 'doc_1:partial:2', 'doc_1:partial:3', 'doc_1:completed']),
  );
});

test("of two workers the first one's end is told by both", async () => {
  const { documents, events, process } = await setUp(pdf(1));
  const other = documentOf({
    status: 'failed',
    completedAt: '2025-01-15T12:00:02.000Z',
    error: { code: 'processing_failed', message: 'No.' },
  });
  documents.beforeSettle = () => documents.documents.set('doc_1', other);
  expect(await process()).toEqual(other);
  expect(events).toMatchObject([{ event_id: 'doc_1:failed', payload: { completed_at: other.completedAt } }]);
});

test('a document without a URL is recognized, and nobody is told', async () => {
  const { events, process } = await setUp(PNG, { fileType: 'png', webhookUrl: undefined });
  expect(await process()).toMatchObject({ status: 'completed' });
  expect(events).toEqual([]);
});

test('a document that is no more', async () => {
  const { documents, events, process } = await setUp(pdf(1));
  documents.beforeSettle = () => documents.documents.clear();
  expect(await process()).toBeUndefined();
  expect(await process()).toBeUndefined();
  expect(events).toEqual([]);
});

test('messages of the recognition queue', () => {
  expect(parseRecognitionMessage(recognitionMessage('acct_1', 'doc_1'))).toEqual({
    version: 1,
    account_id: 'acct_1',
    document_id: 'doc_1',
  });
  for (const body of ['{"version":2,"account_id":"a","document_id":"d"}', '{"version":1}', 'null', '"x"'])
    expect(() => parseRecognitionMessage(body)).toThrow('not a recognition message');
});
