import type { EventType } from '../event-type';
import { catalogEntry } from './catalog-entry';

/** LeapOCR's event catalog, after its webhook guide. */
const JOB = {
  event_id: 'b2837c9d-3356-4d6e-b31c-1d931fb8e6ec',
  timestamp: '2026-03-19T10:21:44Z',
  job_id: '6d3e2a79-8f80-4d71-9ab9-b8410d14ed1d',
  user_id: 'user_123',
  team_id: 'team_456',
  organization_id: 'org_123',
};
const FILE = { file_name: 'invoice.pdf', file_size: 483920 };
const CREATED_AT = '2026-03-19T10:21:10Z';

const PROPERTIES: { [name: string]: object } = {
  event_type: { type: 'string' },
  event_id: {
    type: 'string',
    format: 'uuid',
    description: 'The same on every attempt and replay: de-duplicate on it.',
  },
  timestamp: { type: 'string', format: 'date-time' },
  job_id: { type: 'string', format: 'uuid' },
  user_id: { type: 'string' },
  team_id: { type: 'string' },
  organization_id: { type: 'string' },
  status: { type: 'string' },
  file_name: { type: 'string' },
  file_size: { type: 'integer', minimum: 0, description: 'Bytes.' },
  total_pages: { type: 'integer', minimum: 0 },
  processed_pages: { type: 'integer', minimum: 0 },
  created_at: { type: 'string', format: 'date-time' },
  completed_at: { type: 'string', format: 'date-time' },
  success_pages: { type: 'integer', minimum: 0 },
  empty_pages: { type: 'integer', minimum: 0 },
  total_tokens: { type: 'integer', minimum: 0 },
  credits_used: { type: 'number', minimum: 0 },
  error_message: { type: 'string' },
};

function jobEvent(name: string, description: string, payload: { [key: string]: any }): EventType {
  return catalogEntry(
    name,
    description,
    { event_type: name, ...JOB, ...payload },
    { type: 'event_type', properties: PROPERTIES },
  );
}

export const LEAPOCR_EVENT_TYPES: EventType[] = [
  jobEvent('job.created', 'A new OCR job is created.', {
    status: 'created',
    ...FILE,
    total_pages: 0,
    processed_pages: 0,
    created_at: CREATED_AT,
  }),
  jobEvent('job.started', 'Processing begins.', {
    status: 'processing',
    ...FILE,
    total_pages: 3,
    processed_pages: 0,
    created_at: CREATED_AT,
  }),
  jobEvent('job.completed', 'Processing finishes successfully.', {
    status: 'completed',
    ...FILE,
    total_pages: 3,
    processed_pages: 3,
    created_at: CREATED_AT,
    completed_at: '2026-03-19T10:21:44Z',
    success_pages: 3,
    empty_pages: 0,
    total_tokens: 1842,
    credits_used: 3,
  }),
  jobEvent('job.failed', 'Processing ends with an error.', {
    event_id: '6dc45bf5-2c8f-4cbc-b7b6-1015d3e64c2e',
    timestamp: '2026-03-19T10:28:12Z',
    status: 'failed',
    ...FILE,
    total_pages: 3,
    processed_pages: 1,
    created_at: CREATED_AT,
    error_message: 'Document processing failed',
  }),
];
