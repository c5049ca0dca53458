import fc from 'fast-check';
import {
  deliveryId,
  type DeliveryId,
  type DeliveryIdentity,
  type EventId,
  idsOf,
  isEventId,
  logShard,
  parsePublicDeliveryId,
  publicDeliveryId,
  type SubscriptionId,
  tenantIdFault,
  type TenantId,
  timeOf,
  urlTarget,
  uuidV7,
} from '../../../lambda/core/shared/identifiers';
import { reasonText } from '../../../lambda/core/shared/reason';

const identity: DeliveryIdentity = {
  time: 1_773_915_704_000,
  tenantId: 'org/team' as TenantId,
  eventId: 'evt_1' as EventId,
  target: 'a',
};

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
    ['', 1, 'must have parts of 1 to 64 characters of A-Z a-z 0-9 _ . -'],
    ['org', 2, 'has 1 part joined by "/". The tenant ids of this platform have 2'],
    ['a/b/c', 2, 'has 3 parts joined by "/". The tenant ids of this platform have 2'],
    ['a/', 2, 'must have parts of 1 to 64 characters of A-Z a-z 0-9 _ . -'],
    ['.', 1, 'must not have a part "." or ".."'],
    ['a/..', 2, 'must not have a part "." or ".."'],
    ['a#b', 1, 'must have parts of 1 to 64 characters of A-Z a-z 0-9 _ . -'],
    ['a b', 1, 'must have parts of 1 to 64 characters of A-Z a-z 0-9 _ . -'],
    ['ä', 1, 'must have parts of 1 to 64 characters of A-Z a-z 0-9 _ . -'],
    ['a\n', 1, 'must have parts of 1 to 64 characters of A-Z a-z 0-9 _ . -'],
    ['a'.repeat(65), 1, 'must have parts of 1 to 64 characters of A-Z a-z 0-9 _ . -'],
    [`${'a'.repeat(64)}/${'b'.repeat(64)}`, 2, 'must have at most 128 characters'],
  ])('"%s" is none of %i parts', (value, parts, fault) => {
    expect(reasonText(tenantIdFault(value, parts)!)).toBe(fault);
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
    expect(deliveryId({ ...identity, eventId: 'ab' as EventId, target: 'c' })).not.toBe(
      deliveryId({ ...identity, eventId: 'a' as EventId, target: 'bc' }),
    );
    expect(deliveryId({ ...identity, eventId: '1:a' as EventId, target: '' })).not.toBe(
      deliveryId({ ...identity, eventId: '' as EventId, target: '1:a' }),
    );
  });

  test('sorts by time', () => {
    const ids = [5, 1, 1_773_915_704_000, 1_773_915_704_001, 2 ** 40].map((time) => deliveryId({ ...identity, time }));
    expect([...ids].sort()).toEqual([...ids].sort((a, b) => timeOf(a) - timeOf(b)));
  });

  test('spreads deliveries evenly over the four shards', () => {
    const counts = [0, 0, 0, 0];
    for (let index = 0; index < 4000; index += 1)
      counts[logShard(deliveryId({ ...identity, eventId: `evt_${index}` as EventId }))]! += 1;
    expect(Math.min(...counts)).toBeGreaterThan(850);
  });
});

test('ids of a time lie between the first and the last that it can have, and no others do', () => {
  const time = identity.time;
  const { first, last } = idsOf(time);
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 10, maxLength: 10 }), (entropy) => {
      const at = (each: number) => uuidV7(each, entropy);
      expect(at(time) >= first && at(time) <= last).toBe(true);
      expect(at(time - 1) < first && at(time + 1) > last).toBe(true);
    }),
  );
});

describe("a delivery's public id", () => {
  const subscriptionId = '019d05b9-8e40-7000-8000-000000000001' as SubscriptionId;
  const id = '019d05b9-8e40-7abc-8def-0123456789ab' as DeliveryId;
  const bytes = fc.uint8Array({ minLength: 16, maxLength: 16 });
  const uuid = bytes.map((given) =>
    Buffer.from(given)
      .toString('hex')
      .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
  );
  const target = fc.oneof(
    uuid,
    bytes.map((given) => `url:${Buffer.from(given).toString('hex')}`),
  );

  test('is read back as the key that it was made of', () => {
    fc.assert(
      fc.property(target, uuid, (given, delivery) => {
        const key = { subscriptionId: given as SubscriptionId, deliveryId: delivery as DeliveryId };
        const text = publicDeliveryId(key);
        expect(text).toMatch(/^dl[vu]_[A-Za-z0-9_-]{43}$/);
        expect(parsePublicDeliveryId(text)).toEqual(key);
      }),
    );
  });

  test('says what it is of', () => {
    const bytes = Buffer.from('019d05b98e40700080000000000000010' + '19d05b98e407abc8def0123456789ab', 'hex');
    expect(publicDeliveryId({ subscriptionId, deliveryId: id })).toBe(`dlv_${bytes.toString('base64url')}`);
    expect(publicDeliveryId({ subscriptionId: urlTarget('https://a.example.com/'), deliveryId: id })).toMatch(/^dlu_/);
  });

  test.each([
    ['nothing', ''],
    ['a UUID', '019d05b9-8e40-7abc-8def-0123456789ab'],
    ['another prefix', `dlx_${'A'.repeat(43)}`],
    ['a character less', `dlv_${'A'.repeat(42)}`],
    ['a character more', `dlv_${'A'.repeat(44)}`],
    ['a character that is none of base64url', `dlv_${'A'.repeat(42)}+`],
    ['bits left over at its end', `dlv_${'A'.repeat(42)}B`],
    ['a line break after it', `dlv_${'A'.repeat(43)}\n`],
    ['upper case', `DLV_${'A'.repeat(43)}`],
  ])('is not %s', (_what, text) => {
    expect(parsePublicDeliveryId(text)).toBeUndefined();
  });
});
