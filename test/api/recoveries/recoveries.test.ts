import type { SubscriptionId } from '../../../lambda/core/shared/identifiers';
import { createWebhook, type Harness, setUp, T, TENANT } from '../harness';

const SINCE = '2026-03-19T06:00:00+02:00';

let api: Harness;
let path: string;
let webhook: string;
beforeEach(async () => {
  api = setUp();
  webhook = (await createWebhook(api)).id;
  path = `${T}/webhooks/${webhook}/recoveries`;
});

test('a recovery is begun, and its progress read', async () => {
  const { status, json } = await api.call('POST', path, { body: { since: SINCE } });
  expect(status).toBe(202);
  expect(json).toMatchObject({
    subscription_id: webhook,
    status: 'running',
    since: '2026-03-19T04:00:00.000Z',
    progress: 0,
    examined: 0,
    resent: 0,
    skipped: 0,
  });
  expect(api.recoveries.sent).toHaveLength(1);
  const job = api.jobs.stored({ tenantId: TENANT, subscriptionId: webhook as SubscriptionId })!;
  await api.jobs.advance(job, { ...job, page: 1, shard: 2, examined: 40, resent: 30, skipped: 10 }, 'x');
  expect((await api.call('GET', path)).json).toMatchObject({
    id: job.id,
    progress: 0.5,
    examined: 40,
    resent: 30,
    skipped: 10,
  });
  expect(api.audit.at(-1)).toMatchObject({ action: 'recovery.started', resource: `${webhook} ${job.id}` });
});

test('one is under way at a time', async () => {
  const { json: first } = await api.call('POST', path, { body: { since: SINCE } });
  expect(await api.call('POST', path, { body: { since: SINCE } })).toMatchObject({
    status: 202,
    json: first as object,
  });
  expect(api.recoveries.sent).toHaveLength(1);
});

test('there is none to read before the first', async () => {
  expect(await api.call('GET', path)).toMatchObject({
    status: 404,
    json: { error: { message: 'This webhook has had no recovery.' } },
  });
});

test.each([
  ['a day', '2026-03-19'],
  ['no day', '2026-02-30T00:00:00Z'],
  ['a number', 1_773_900_000],
  ['nothing', undefined],
])('%s is no time to recover from', async (_what, since) => {
  expect(await api.call('POST', path, { body: { since } })).toMatchObject({
    status: 400,
    json: { details: [{ field: 'since' }] },
  });
});

test('the future has nothing to recover, and what is kept no longer is left out', async () => {
  expect((await api.call('POST', path, { body: { since: '2027-01-01T00:00:00Z' } })).status).toBe(409);
  expect(await api.call('POST', path, { body: { since: '2025-01-01T00:00:00Z' } })).toMatchObject({
    status: 202,
    json: { since: expect.stringMatching(/^2026-02-/) as string },
  });
});

test('a webhook that is disabled is enabled first', async () => {
  await api.call('PUT', `${T}/webhooks/${webhook}`, { body: { events: ['job.completed'], enabled: false } });
  expect((await api.call('POST', path, { body: { since: SINCE } })).status).toBe(409);
});

test('a queue that does not take it leaves no job', async () => {
  api.recoveries.answers.push('unanswered');
  expect((await api.call('POST', path, { body: { since: SINCE } })).status).toBe(503);
  expect((await api.call('GET', path)).status).toBe(404);
});
