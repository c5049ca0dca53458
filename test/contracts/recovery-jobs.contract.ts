import { reason } from '../../lambda/core/shared/reason';
import { randomBytes, randomUUID } from 'node:crypto';
import type { DeliveryId, SubscriptionId, TenantId } from '../../lambda/core/shared/identifiers';
import type { RecoveryJob } from '../../lambda/core/replay/recovery-job';
import { TENANT } from '../builders/subscription';
import type { RecoveryJobs } from '../../lambda/core/replay/recovery-jobs';

const NOW = Date.parse('2026-03-19T10:21:44Z');

/** What every store of recoveries does, the fake and the real one alike. */
export function recoveryJobsContract(create: () => RecoveryJobs): void {
  let jobs: RecoveryJobs;
  beforeAll(() => {
    jobs = create();
  });
  const newJob = (changes: Partial<RecoveryJob> = {}): RecoveryJob => ({
    tenantId: TENANT,
    subscriptionId: `subscription-${randomBytes(6).toString('hex')}` as SubscriptionId,
    id: randomUUID(),
    since: NOW - 3_600_000,
    createdAt: NOW,
    status: 'running',
    shard: 0,
    page: 0,
    examined: 0,
    resent: 0,
    skipped: 0,
    updatedAt: NOW,
    ...changes,
  });
  const started = async (changes: Partial<RecoveryJob> = {}): Promise<RecoveryJob> => {
    const job = newJob(changes);
    expect(await jobs.start(job, undefined)).toBe(true);
    return job;
  };
  const moved = (job: RecoveryJob, changes: Partial<RecoveryJob> = {}): RecoveryJob => ({
    ...job,
    page: job.page + 1,
    shard: 1,
    after: '019d05b9-8e40-7abc-8def-000000000001' as DeliveryId,
    examined: 100,
    resent: 97,
    skipped: 2,
    updatedAt: NOW + 1000,
    ...changes,
  });

  test('a job is read back as it was started, by its own tenant alone', async () => {
    const job = await started({ estimate: 1234 });
    expect(await jobs.read(job)).toEqual(job);
    expect(await jobs.read({ ...job, tenantId: 'org_123/other' as TenantId })).toBeUndefined();
    expect(await jobs.read(newJob())).toBeUndefined();
  });

  test('of jobs that are started at the same time, one is', async () => {
    const [first, ...others] = Array.from({ length: 8 }, () =>
      newJob({ subscriptionId: `subscription-${process.pid}` as SubscriptionId }),
    );
    const starts = await Promise.all([first!, ...others].map((job) => jobs.start(job, undefined)));
    expect(starts.filter(Boolean)).toHaveLength(1);
    expect((await jobs.read(first!))!.id).toBe([first!, ...others][starts.indexOf(true)]!.id);
  });

  test('a start is known again after an answer that was lost', async () => {
    const job = await started();
    expect(await jobs.start(job, undefined)).toBe(true);
  });

  test('another takes the place of the job that was seen, and of no other', async () => {
    const first = await started();
    const done = moved(first, { status: 'completed' });
    await jobs.advance(first, done, 'w1');
    const next = newJob({ subscriptionId: first.subscriptionId });
    expect(await jobs.start(next, undefined)).toBe(false);
    expect(await jobs.start(next, first)).toBe(false); // it has moved since
    expect(await jobs.start(next, done)).toBe(true);
    expect(await jobs.start(newJob({ subscriptionId: first.subscriptionId }), done)).toBe(false);
    expect(await jobs.read(first)).toEqual(next);
  });

  test('of workers that have done the same page, one moves the job on', async () => {
    const job = await started();
    const writes = await Promise.all(
      Array.from({ length: 8 }, (_unused, index) => jobs.advance(job, moved(job, { resent: index }), `w${index}`)),
    );
    expect(writes.filter(Boolean)).toHaveLength(1);
    expect(await jobs.read(job)).toEqual(moved(job, { resent: writes.indexOf(true) }));
  });

  test('its own move is known again after an answer that was lost', async () => {
    const job = await started();
    expect(await jobs.advance(job, moved(job), 'mine')).toBe(true);
    expect(await jobs.advance(job, moved(job), 'mine')).toBe(true);
    expect(await jobs.advance(job, moved(job), "another's")).toBe(false);
  });

  test('nothing of a page is left on the next', async () => {
    const job = await started();
    const first = moved(job);
    await jobs.advance(job, first, 'w1');
    const { after: _left, ...rest } = first;
    const second: RecoveryJob = { ...rest, shard: 2, page: 2 };
    expect(await jobs.advance(first, second, 'w2')).toBe(true);
    expect(await jobs.read(job)).toEqual(second);
  });

  test.each([
    ['has ended', { status: 'stopped', reason: reason('webhook-deleted') } as const],
    ['is completed', { status: 'completed' } as const],
  ])('a job that %s does not move', async (_what, end) => {
    const job = await started();
    const ended = moved(job, end);
    await jobs.advance(job, ended, 'w1');
    expect(await jobs.advance(ended, moved(ended), 'w2')).toBe(false);
    expect(await jobs.read(job)).toEqual(ended);
  });

  test('a job that is not there does not move, and is not made', async () => {
    const job = newJob();
    expect(await jobs.advance(job, moved(job), 'w1')).toBe(false);
    expect(await jobs.read(job)).toBeUndefined();
  });

  test('a job is taken back while no page of it is done', async () => {
    const job = await started();
    expect(await jobs.remove(job)).toBe(true);
    expect(await jobs.read(job)).toBeUndefined();
    expect(await jobs.remove(job)).toBe(true);
  });

  test('a job that has begun is not taken back, and neither is another in its place', async () => {
    const job = await started();
    await jobs.advance(job, moved(job), 'w1');
    expect(await jobs.remove(job)).toBe(false);
    expect(await jobs.remove({ ...job, id: 'another' })).toBe(true);
    expect(await jobs.read(job)).toEqual(moved(job));
  });
}
