import fc from 'fast-check';
import { deliveryId, type DeliveryIdentity, type EventId, isEventId, logShard, tenantIdFault, type TenantId, timeOf } from '../../lambda/core/identifiers';

const identity: DeliveryIdentity = { time: 1_773_915_704_000, tenantId: 'org/team' as TenantId, eventId: 'evt_1' as EventId, target: 'a' };

describe('a tenant id', () => {
  test.each([
    ['acme', 1],
    ['org_123/team_456', 2],
    ['A-z.0_9', 1],
    ['..a', 1],
    [`${'a'.repeat(63)}/${'b'.repeat(64)}`, 2],
  ])('"%s" has %i parts', (value, parts) => {
    expect(tenantIdFault(value, parts)).toBeUndefined();
  });

  test.each([
    ['', 1, /1 to 64 characters/],
    ['org', 2, /has 1 part.*have 2/],
    ['a/b/c', 2, /has 3 parts.*have 2/],
    ['a/', 2, /1 to 64 characters/],
    ['.', 1, /"\." or "\.\."/],
    ['a/..', 2, /"\." or "\.\."/],
    ['a#b', 1, /1 to 64 characters/],
    ['a b', 1, /1 to 64 characters/],
    ['ä', 1, /1 to 64 characters/],
    ['a\n', 1, /1 to 64 characters/],
    ['a'.repeat(65), 1, /1 to 64 characters/],
    [`${'a'.repeat(64)}/${'b'.repeat(64)}`, 2, /129 characters/],
  ])('"%s" is none of %i parts', (value, parts, fault) => {
    expect(tenantIdFault(value, parts)).toMatch(fault);
  });
});

test('an event id has 1 to 128 characters of A-Z a-z 0-9 _ : -', () => {
  expect(['a', 'evt:1_2-3', 'x'.repeat(128)].every(isEventId)).toBe(true);
  expect(['', 'x'.repeat(129), 'a.b', 'a/b', 'a#b', 'a\n', 'é'].some(isEventId)).toBe(false);
});

describe('a delivery id', () => {
  const anyIdentity = fc.record({
    time: fc.integer({ min: 0, max: 2 ** 47 }),
    tenantId: fc.string().map((value) => value as TenantId),
    eventId: fc.string().map((value) => value as EventId),
    target: fc.string(),
    replayId: fc.option(fc.string({ minLength: 1 }), { nil: undefined }),
  });

  test('is a UUID of version 7 that holds its time', () => {
    fc.assert(
      fc.property(anyIdentity, (each) => {
        const id = deliveryId(each);
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
        expect(timeOf(id)).toBe(each.time);
      }),
    );
  });

  test('is the same for the same parts, and another for any other', () => {
    fc.assert(
      fc.property(anyIdentity, anyIdentity, (a, b) => {
        const same = JSON.stringify(a) === JSON.stringify(b);
        expect(deliveryId(a) === deliveryId(b)).toBe(same);
        expect(deliveryId({ ...a })).toBe(deliveryId(a));
      }),
    );
  });

  test('is another for a replay, and for each replay', () => {
    const ids = [identity, { ...identity, replayId: 'r1' }, { ...identity, replayId: 'r2' }].map(deliveryId);
    expect(new Set(ids).size).toBe(3);
  });

  test('does not take parts for the same that only join to the same text', () => {
    expect(deliveryId({ ...identity, eventId: 'ab' as EventId, target: 'c' })).not.toBe(deliveryId({ ...identity, eventId: 'a' as EventId, target: 'bc' }));
    expect(deliveryId({ ...identity, eventId: '1:a' as EventId, target: '' })).not.toBe(deliveryId({ ...identity, eventId: '' as EventId, target: '1:a' }));
  });

  test('sorts by time', () => {
    const ids = [5, 1, 1_773_915_704_000, 1_773_915_704_001, 2 ** 40].map((time) => deliveryId({ ...identity, time }));
    expect([...ids].sort()).toEqual([...ids].sort((a, b) => timeOf(a) - timeOf(b)));
  });

  test('spreads deliveries evenly over the four shards', () => {
    const counts = [0, 0, 0, 0];
    for (let index = 0; index < 4000; index += 1) counts[logShard(deliveryId({ ...identity, eventId: `evt_${index}` as EventId }))]! += 1;
    expect(Math.min(...counts)).toBeGreaterThan(850);
  });
});
