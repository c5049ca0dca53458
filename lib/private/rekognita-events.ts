import type { EventType } from '../event-type';
import { catalogEntry } from './catalog-entry';

/** Rekognita's event catalog, after its webhook guide. */
const DOCUMENT_ID = 'doc_abc123';
const CREATED_AT = '2025-01-15T12:00:00Z';
const COMPLETED_AT = '2025-01-15T12:00:03Z';
const RESULT = { text: 'Recognized document text...', confidence: 0.991, pages: 1, language: 'en' };

const RESULT_SCHEMA = {
  type: 'object',
  properties: {
    text: { type: 'string' },
    confidence: { type: 'number', minimum: 0, maximum: 1 },
    pages: { type: 'integer', minimum: 0 },
    language: { type: 'string' },
  },
};
const PROPERTIES: { [name: string]: object } = {
  document_id: { type: 'string', pattern: '^doc_' },
  status: { type: 'string' },
  created_at: { type: 'string', format: 'date-time' },
  completed_at: { type: 'string', format: 'date-time' },
  result: RESULT_SCHEMA,
  error: { type: 'object', properties: { code: { type: 'string' }, message: { type: 'string' } } },
};

function documentEvent(name: string, description: string, payload: { [key: string]: any }): EventType {
  return catalogEntry(
    name,
    description,
    { event: name, document_id: DOCUMENT_ID, ...payload },
    { type: 'event', properties: PROPERTIES },
  );
}

export const REKOGNITA_EVENT_TYPES: EventType[] = [
  documentEvent('document.completed', 'A document is processed.', {
    status: 'completed',
    created_at: CREATED_AT,
    completed_at: COMPLETED_AT,
    result: RESULT,
  }),
  documentEvent('document.failed', 'Processing of a document ended with an error.', {
    status: 'failed',
    created_at: CREATED_AT,
    completed_at: COMPLETED_AT,
    error: { code: 'processing_failed', message: 'The document could not be read' },
  }),
  documentEvent('document.partial', 'Part of a large document is ready; one document may send several.', {
    status: 'processing',
    created_at: CREATED_AT,
    result: RESULT,
  }),
];
