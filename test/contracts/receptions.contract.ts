import { randomBytes } from 'node:crypto';
import type { Receptions } from '../../lambda/core/receiving/receptions';

const NOW = Date.parse('2026-03-19T10:21:44Z');
const LEASE_MS = 35_000;

/** What every store of receptions does, the fake and the real one alike. */
export function receptionsContract(create: () => Receptions): void {
  let receptions: Receptions;
  beforeAll(() => {
    receptions = create();
  });
  const newKey = () => ({ source: '/webhooks', identity: `evt_${randomBytes(6).toString('hex')}` });
  const lease = (key: ReturnType<typeof newKey>, owner: string, now = NOW) =>
    receptions.lease(key, owner, now, now + LEASE_MS);

  test('of many who want the lease at the same time one has it, and the others are told until when', async () => {
    const key = newKey();
    const leases = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((owner) => lease(key, owner)));
    expect(leases.filter(({ state }) => state === 'leased')).toHaveLength(1);
    expect(leases.filter(({ state }) => state !== 'leased')).toEqual(
      Array.from({ length: 4 }, () => ({ state: 'taken', until: NOW + LEASE_MS })),
    );
  });

  test('who holds it holds it again: the answer to its write was lost', async () => {
    const key = newKey();
    await lease(key, 'a');
    expect(await lease(key, 'a')).toEqual({ state: 'leased' });
  });

  test('a lease that is over is free, and its holder cannot mark or free it any more', async () => {
    const key = newKey();
    await lease(key, 'a');
    expect(await lease(key, 'b', NOW + LEASE_MS - 1)).toEqual({ state: 'taken', until: NOW + LEASE_MS });
    expect(await lease(key, 'b', NOW + LEASE_MS)).toEqual({ state: 'leased' });
    await receptions.mark(key, 'a', NOW + 1e6);
    await receptions.free(key, 'a');
    expect(await lease(key, 'c', NOW + LEASE_MS)).toEqual({ state: 'taken', until: NOW + 2 * LEASE_MS });
  });

  test('what is marked is received until its time, for its holder too', async () => {
    const key = newKey();
    await lease(key, 'a');
    await receptions.mark(key, 'a', NOW + 1e6);
    expect(await lease(key, 'b')).toEqual({ state: 'received' });
    expect(await lease(key, 'a')).toEqual({ state: 'received' });
    await receptions.free(key, 'a');
    expect(await lease(key, 'b', NOW + 1e6 - 1)).toEqual({ state: 'received' });
    expect(await lease(key, 'b', NOW + 1e6)).toEqual({ state: 'leased' });
  });

  test("what is freed is anybody's", async () => {
    const key = newKey();
    await lease(key, 'a');
    await receptions.free(key, 'a');
    expect(await lease(key, 'b')).toEqual({ state: 'leased' });
  });

  test('sources are apart', async () => {
    const key = newKey();
    await lease(key, 'a');
    expect(await lease({ ...key, source: '/github' }, 'b')).toEqual({ state: 'leased' });
  });
}
