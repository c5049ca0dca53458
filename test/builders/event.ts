/** LeapOCR's job.completed, after its guide. */
export const COMPLETED = {
  event_type: 'job.completed',
  event_id: 'b2837c9d-3356-4d6e-b31c-1d931fb8e6ec',
  timestamp: '2026-03-19T10:21:44Z',
  job_id: '6d3e2a79-8f80-4d71-9ab9-b8410d14ed1d',
  status: 'completed',
  total_pages: 3,
};

/** An event message as a producer sends it. A change to undefined leaves the field out. */
export function eventMessage(changes: Record<string, unknown> = {}): string {
  return JSON.stringify({
    event_id: COMPLETED.event_id,
    event_type: 'job.completed',
    tenant_id: 'org_123/team_456',
    payload: COMPLETED,
    ...changes,
  });
}
