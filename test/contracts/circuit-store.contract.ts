import { randomBytes } from 'node:crypto';
import {
  type SubscriptionId,
  type SubscriptionKey,
  type TenantId,
  urlTarget,
} from '../../lambda/core/shared/identifiers';
import { subscription } from '../builders/subscription';
import { AT } from './delivery-records';
import type { CircuitStore } from '../../lambda/core/endpoint/circuit-store';
import type { SubscriptionReader } from '../../lambda/core/subscriptions/subscription-reader';
import type { SubscriptionWriter } from '../../lambda/core/subscriptions/subscription-directory';

export interface CircuitTables {
  readonly circuits: CircuitStore;
  readonly subscriptions: SubscriptionReader & SubscriptionWriter;
}

const OPENED = { openedAt: AT, probeAt: AT + 30_000 };

/** What every store of circuits does, the fake and the real one alike. */
export function circuitStoreContract(create: () => CircuitTables): void {
  let tables: CircuitTables;
  beforeAll(() => {
    tables = create();
  });
  const newTenant = () => `org_${randomBytes(6).toString('hex')}/team` as TenantId;
  const read = async (key: SubscriptionKey) => (await tables.subscriptions.read([key])).subscriptions[0];

  /** Where a circuit stands, before it was ever opened, and what is read of it when it is closed again. */
  describe.each([
    [
      "a subscription's",
      async () => {
        const one = subscription({ tenantId: newTenant() });
        await tables.subscriptions.create(one);
        return { key: { tenantId: one.tenantId, subscriptionId: one.id }, closed: one };
      },
    ],
    [
      "an origin's of a URL",
      () => {
        const key = { tenantId: newTenant(), subscriptionId: urlTarget('https://hooks.example.com/a') };
        return Promise.resolve({ key, closed: { kind: 'origin', tenantId: key.tenantId, id: key.subscriptionId } });
      },
    ],
  ])('%s circuit', (_whose, stand) => {
    test('is opened once: who comes later does not move it', async () => {
      const { key, closed } = await stand();
      await tables.circuits.open(key, OPENED);
      await tables.circuits.open(key, { openedAt: AT + 5, probeAt: AT + 60_000 });
      expect(await read(key)).toEqual({ ...closed, circuit: OPENED });
    });

    test('is suspected by failures, all who count them together, until it opens', async () => {
      const { key, closed } = await stand();
      expect(await tables.circuits.suspect(key, undefined, 2, AT)).toBe(2);
      expect(await read(key)).toEqual({ ...closed, suspicion: { failures: 2, since: AT } });
      expect(await tables.circuits.suspect(key, undefined, 1, AT + 5)).toBe(3);
      expect(await tables.circuits.suspect(key, { failures: 2, since: AT }, 3, AT + 6)).toBe(6);
      expect(await tables.circuits.open(key, OPENED)).toBe(true);
      expect(await read(key)).toEqual({ ...closed, circuit: OPENED });
      expect(await tables.circuits.suspect(key, { failures: 6, since: AT }, 1, AT + 7)).toBe(0);
      expect(await tables.circuits.open(key, OPENED)).toBe(false);
      expect(await read(key)).toEqual({ ...closed, circuit: OPENED });
    });

    test('begins its suspicions anew after a minute, and after an answer', async () => {
      const { key, closed } = await stand();
      await tables.circuits.suspect(key, undefined, 4, AT);
      expect(await tables.circuits.suspect(key, { failures: 4, since: AT }, 1, AT + 60_000)).toBe(1);
      expect(await read(key)).toEqual({ ...closed, suspicion: { failures: 1, since: AT + 60_000 } });
      await tables.circuits.close(key);
      expect(await read(key)).toEqual(closed);
      expect(await tables.circuits.suspect(key, { failures: 1, since: AT + 60_000 }, 1, AT + 60_001)).toBe(1);
    });

    test('counts every failure, when many count at once', async () => {
      const { key } = await stand();
      const counts = await Promise.all(Array.from({ length: 6 }, () => tables.circuits.suspect(key, undefined, 1, AT)));
      expect(counts.sort()).toEqual([1, 2, 3, 4, 5, 6]);
    });

    test('gives its probe to one of those who claim it', async () => {
      const { key, closed } = await stand();
      await tables.circuits.open(key, OPENED);
      const claims = await Promise.all(
        Array.from({ length: 8 }, (_unused, index) => tables.circuits.claimProbe(key, OPENED, AT + 60_000 + index)),
      );
      expect(claims.filter(Boolean)).toHaveLength(1);
      const next = { openedAt: AT, probeAt: AT + 60_000 + claims.indexOf(true) };
      expect(await read(key)).toEqual({ ...closed, circuit: next });
      expect(await tables.circuits.claimProbe(key, OPENED, AT + 90_000)).toBe(false);
      expect(await tables.circuits.claimProbe(key, next, AT + 90_000)).toBe(true);
    });

    test('is closed, however often, and can be opened again', async () => {
      const { key, closed } = await stand();
      await tables.circuits.open(key, OPENED);
      await tables.circuits.close(key);
      await tables.circuits.close(key);
      expect(await read(key)).toEqual(closed);
      expect(await tables.circuits.claimProbe(key, OPENED, AT + 60_000)).toBe(false);
      expect(await read(key)).toEqual(closed);
      const again = { openedAt: AT + 100_000, probeAt: AT + 130_000 };
      await tables.circuits.open(key, again);
      expect(await read(key)).toEqual({ ...closed, circuit: again });
    });
  });

  test.each([
    ['a subscription that is gone', '019d05b9-8e40-7000-8000-000000000000' as SubscriptionId],
    ['an origin that has no row', urlTarget('https://hooks.example.com/')],
  ])('closing and probing make nothing of %s', async (_what, subscriptionId) => {
    const key = { tenantId: newTenant(), subscriptionId };
    await tables.circuits.close(key);
    expect(await tables.circuits.claimProbe(key, OPENED, AT + 60_000)).toBe(false);
    expect(await read(key)).toBeUndefined();
  });

  test('suspecting and opening do not bring back a subscription that is gone', async () => {
    const key = { tenantId: newTenant(), subscriptionId: '019d05b9-8e40-7000-8000-000000000000' as SubscriptionId };
    expect(await tables.circuits.suspect(key, undefined, 1, AT)).toBe(0);
    expect(await tables.circuits.suspect(key, { failures: 1, since: AT - 1 }, 1, AT)).toBe(0);
    expect(await tables.circuits.open(key, OPENED)).toBe(false);
    expect(await read(key)).toBeUndefined();
  });

  test("another tenant's circuit is another, of the same origin too", async () => {
    const [mine, theirs] = [newTenant(), newTenant()].map((tenantId) => ({
      tenantId,
      subscriptionId: urlTarget('https://hooks.example.com/'),
    }));
    await tables.circuits.open(mine!, OPENED);
    expect(await read(theirs!)).toBeUndefined();
  });
}
