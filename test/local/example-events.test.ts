import { examplePayload } from '../../local/example-events';

test("job.completed is the guide's example, with ids and times of its own", () => {
  const payload = examplePayload(
    'job.completed',
    'b2837c9d-3356-4d6e-b31c-1d931fb8e6ec',
    'org_123/team_456',
    Date.parse('2026-03-19T10:21:44Z'),
  );
  expect(payload).toEqual({
    event_type: 'job.completed',
    event_id: 'b2837c9d-3356-4d6e-b31c-1d931fb8e6ec',
    timestamp: '2026-03-19T10:21:44Z',
    job_id: '6d3e2a79-8f80-4d71-9ab9-b8410d14ed1d',
    user_id: 'user_123',
    team_id: 'team_456',
    organization_id: 'org_123',
    status: 'completed',
    file_name: 'invoice.pdf',
    file_size: 483920,
    total_pages: 3,
    processed_pages: 3,
    created_at: '2026-03-19T10:21:10Z',
    completed_at: '2026-03-19T10:21:44Z',
    success_pages: 3,
    empty_pages: 0,
    total_tokens: 1842,
    credits_used: 3,
  });
});

test('a type without an example is refused with what to do', () => {
  expect(() => examplePayload('job.eaten', 'e', 'o/t', 0)).toThrow(
    'There is no example payload for "job.eaten": give one with --file',
  );
});
