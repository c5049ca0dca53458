import { goesUnchecked, decideTurn } from '../../../lambda/core/delivery/check';
import type { ChainId, DeliveryId, EventId, SubscriptionId } from '../../../lambda/core/shared/identifiers';
import { TENANT } from '../../builders/subscription';
import type { DeliveryMessage } from '../../../lambda/core/delivery/delivery-message';
import type { DeliveryRecord } from '../../../lambda/core/delivery/delivery-record';

const identity = {
  deliveryId: 'd' as DeliveryId,
  tenantId: TENANT,
  subscriptionId: 's' as SubscriptionId,
  eventId: 'e' as EventId,
  eventType: 'job.completed',
};
const MINE = 'mine' as ChainId;
const OTHER = 'other' as ChainId;
const message = (attempt: number): DeliveryMessage => ({ ...identity, attempt, chain: MINE, arrivedAt: 1_000_000 });
const pending = (attempts: number, changes: Partial<DeliveryRecord> = {}): DeliveryRecord => ({
  ...identity,
  status: 'pending',
  attempts,
  chain: OTHER,
  history: [],
  expiresAt: 1,
  ...changes,
});
const ended = (
  status: 'delivered' | 'failed' | 'cancelled',
  changes: Partial<DeliveryRecord> = {},
): DeliveryRecord => ({ ...identity, status, attempts: 1, history: [], expiresAt: 1, ...changes });

describe('a message goes unchecked', () => {
  test.each([
    ['a first attempt at once', 1, 0, true],
    ['a first attempt 59.999 s after the arrival', 1, 59_999, true],
    ['not a first attempt after 60 s', 1, 60_000, false],
    ['never a second attempt', 2, 0, false],
    ['never a third attempt', 3, 10_000, false],
  ])('%s', (_what, attempt, ageMs, unchecked) => {
    expect(goesUnchecked(message(attempt), 1_000_000 + ageMs)).toBe(unchecked);
  });

  test('never as a replay', () => {
    expect(goesUnchecked({ ...message(1), replayId: 'r' }, 1_000_000)).toBe(false);
  });
});

/** Rule 3, a row a case; k is the number of the attempt that the message asks for, n that of the record's. */
test.each<[string, number, DeliveryRecord | undefined, string]>([
  ['no record, k = 1', 1, undefined, 'claim'],
  ['no record, k = 3', 3, undefined, 'claim'],
  ['delivered', 2, ended('delivered'), 'drop'],
  ['cancelled', 2, ended('cancelled'), 'drop'],
  ['failed and completed', 2, ended('failed', { published: true }), 'drop'],
  ['failed, nobody told', 2, ended('failed'), 'complete'],
  ['failed, nobody told, a later attempt asked for', 5, ended('failed'), 'complete'],
  ['n = k - 1 = 0, its chain', 1, pending(0, { chain: MINE }), 'attempt'],
  ['n = k - 1 = 0, another chain', 1, pending(0), 'drop'],
  ['n = k - 1 = 1, its chain', 2, pending(1, { chain: MINE }), 'attempt'],
  ['n = k - 1 = 1, another chain', 2, pending(1), 'drop'],
  ['n = k - 1, another chain, whose re-enqueue is owed', 2, pending(1, { unsentBy: OTHER }), 'wait'],
  ['n = k, another chain', 2, pending(2), 'drop'],
  ['n = k, its own chain', 2, pending(2, { chain: MINE }), 'drop'],
  ['n = k, owed to it', 2, pending(2, { unsentBy: MINE }), 'resend'],
  ['n = k, owed to another', 2, pending(2, { unsentBy: OTHER }), 'drop'],
  ['n = k + 1, owed to it: the debt is of a later attempt', 2, pending(3, { unsentBy: MINE }), 'drop'],
  ['n > k', 2, pending(4), 'drop'],
  ['n = k - 2: the record is behind', 3, pending(1), 'attempt'],
  ['n = 0, k = 5: far behind', 5, pending(0), 'attempt'],
])('%s', (_what, attempt, record, verdict) => {
  expect(decideTurn(message(attempt), record).kind).toBe(verdict);
});
