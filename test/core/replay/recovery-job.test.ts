import { UnreadableMessage } from '../../../lambda/core/shared/errors';
import { deliveryId, type EventId, type SubscriptionId } from '../../../lambda/core/shared/identifiers';
import {
  formatRecoveryStep,
  parseRecoveryStep,
  type RecoveryJob,
  recoveryProgress,
  type RecoveryStep,
  stepOf,
} from '../../../lambda/core/replay/recovery-job';
import { TENANT } from '../../builders/subscription';

const job: RecoveryJob = {
  tenantId: TENANT,
  subscriptionId: '019d05b9-8e40-7000-8000-000000000001' as SubscriptionId,
  id: '019d05b9-8e40-7000-8000-0000000000aa',
  since: 1_000_000,
  createdAt: 2_000_000,
  status: 'running',
  shard: 0,
  page: 3,
  examined: 300,
  resent: 290,
  skipped: 10,
  updatedAt: 2_003_000,
};
const step: RecoveryStep = { tenantId: TENANT, subscriptionId: job.subscriptionId, jobId: job.id, page: 3 };
const through = (time: number) =>
  deliveryId({ time, tenantId: TENANT, eventId: 'evt_1' as EventId, target: job.subscriptionId });

test('a job asks for its next page', () => {
  expect(stepOf(job)).toEqual(step);
});

test('a message is read back as it was', () => {
  expect(parseRecoveryStep(formatRecoveryStep(step))).toEqual(step);
});

test.each([
  ['no JSON', 'x', /not JSON/],
  [
    'a format to come',
    formatRecoveryStep(step).replace('"v":1', '"v":2'),
    /has format version 2, this function reads 1/,
  ],
  [
    'a missing field',
    formatRecoveryStep(step).replace('"job"', '"x"'),
    /the field "job" of the .* message is not text/,
  ],
])('%s is not read', (_what, body, reason) => {
  expect(() => parseRecoveryStep(body)).toThrow(UnreadableMessage);
  expect(() => parseRecoveryStep(body)).toThrow(reason);
});

test.each<[string, Partial<RecoveryJob>, number]>([
  ['nothing at its start', {}, 0],
  ['half of the first shard', { after: through(1_500_000) }, 0.125],
  ['three shards', { shard: 3 }, 0.75],
  ['three shards and all but a little of the last', { shard: 3, after: through(1_996_000) }, 0.999],
  ['all of it when it is completed', { shard: 4, status: 'completed' }, 1],
  ['what it had gone when it stopped', { shard: 2, after: through(1_500_000), status: 'stopped' }, 0.625],
  ['no more than a shard, where a time lies beyond', { after: through(9_000_000) }, 0.25],
  ['nothing of a shard without a span of time', { since: 2_000_000, after: through(2_000_000) }, 0],
])('a job has gone %s', (_what, changes, progress) => {
  expect(recoveryProgress({ ...job, ...changes })).toBeCloseTo(progress, 6);
});
