import {
  accountSecretOwner,
  readAccountSecret,
  regenerateAccountSecret,
} from '../../../lambda/core/subscriptions/account-secret';
import { Conflict, InvalidInput } from '../../../lambda/core/shared/errors';
import { isSecret } from '../../../lambda/core/signing/secret';
import { keyRings, TENANT } from '../../builders/subscription';
import { InMemorySubscriptionStore } from '../../fakes/subscription-store';
import { ManualClock, SeededRandom } from '../../fakes/time-and-random';

function setUp() {
  const accounts = new InMemorySubscriptionStore();
  return { accounts, ports: { accounts, clock: new ManualClock(), random: new SeededRandom('account'), keyRings } };
}

test('is made when it is first read, and is then always the same', async () => {
  const { ports } = setUp();
  const secret = await readAccountSecret(TENANT, ports);
  expect(isSecret(secret)).toBe(true);
  expect(await readAccountSecret(TENANT, ports)).toBe(secret);
});

test('regenerated, it is another at once', async () => {
  const { ports, accounts } = setUp();
  const before = await readAccountSecret(TENANT, ports);
  const secret = await regenerateAccountSecret(TENANT, 0, ports);
  expect(secret).not.toBe(before);
  expect(await readAccountSecret(TENANT, ports)).toBe(secret);
  expect(await accounts.account(TENANT)).not.toHaveProperty('previousSecret');
});

test('regenerated with an overlap, the one before stays for that long', async () => {
  const { ports, accounts } = setUp();
  const before = await readAccountSecret(TENANT, ports);
  await regenerateAccountSecret(TENANT, 60, ports);
  const { previousSecret } = await accounts.account(TENANT);
  expect(previousSecret!.until).toBe(ports.clock.now() + 60_000);
  expect((await keyRings.ring()).unseal(previousSecret!.sealed, accountSecretOwner(TENANT))).toBe(before);
});

test('a tenant that never had one gets one by regenerating', async () => {
  const { ports } = setUp();
  const secret = await regenerateAccountSecret(TENANT, 60, ports);
  expect(await readAccountSecret(TENANT, ports)).toBe(secret);
});

test('an overlap out of bounds is refused, and endless meddling is a conflict', async () => {
  const { ports, accounts } = setUp();
  await readAccountSecret(TENANT, ports);
  await expect(regenerateAccountSecret(TENANT, -1, ports)).rejects.toThrow(InvalidInput);
  const refusing = Object.assign(Object.create(accounts) as InMemorySubscriptionStore, {
    replaceSecret: () => Promise.resolve(false),
  });
  await expect(regenerateAccountSecret(TENANT, 0, { ...ports, accounts: refusing })).rejects.toThrow(Conflict);
});
