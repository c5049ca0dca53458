import { CreateSecretCommand, PutSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { RootKeyRing } from '../../lambda/adapters/secrets-manager/root-key-ring';
import { KeyRingError, PortUnavailable } from '../../lambda/core/shared/errors';
import type { SecretOwner } from '../../lambda/core/signing/key-ring';
import { ManualClock, SeededRandom } from '../fakes/time-and-random';
import { aws, newName } from './local-aws';

const owner: SecretOwner = { purpose: 'signing-secret', tenantId: 'org/team', owner: 'sub' };
const iv = new SeededRandom().bytes(12);

async function setUp() {
  const client = new SecretsManagerClient(aws);
  const name = newName('root-key');
  const put = (ring: object) =>
    client.send(new PutSecretValueCommand({ SecretId: name, SecretString: JSON.stringify(ring) }));
  const k1 = '1'.repeat(64);
  await client.send(
    new CreateSecretCommand({ Name: name, SecretString: JSON.stringify({ version: 1, current: 'k1', k1 }) }),
  );
  let calls = 0;
  client.middlewareStack.add(
    (next) => (args) => {
      calls += 1;
      return next(args);
    },
    { step: 'initialize' },
  );
  const clock = new ManualClock();
  return { rings: new RootKeyRing(client, name, clock), put, clock, k1, calls: () => calls };
}

test('the ring is read once, however often and however many at once ask for it', async () => {
  const { rings, calls } = await setUp();
  const [first] = await Promise.all([rings.ring(), rings.ring(), rings.ring()]);
  expect(await rings.ring(first.seal('s', owner, iv))).toBe(first);
  expect(calls()).toBe(1);
});

test('a secret sealed by a key that was appended since makes it read again', async () => {
  const { rings, put, clock, k1 } = await setUp();
  const old = (await rings.ring()).seal('old', owner, iv);
  await put({ version: 1, current: 'k2', k1, k2: '2'.repeat(64) });
  clock.advance(31_000);
  const sealedByNew = old.replace('.k1.', '.k2.');
  const ring = await rings.ring(sealedByNew);
  expect(ring.holdsKeyOf(sealedByNew)).toBe(true);
  expect(ring.unseal(old, owner)).toBe('old');
});

test('sealing is by a ring that was read within the last minute; opening needs no newer one', async () => {
  const { rings, put, clock, k1, calls } = await setUp();
  const old = (await rings.ring()).seal('old', owner, iv);
  await put({ version: 1, current: 'k2', k1, k2: '2'.repeat(64) });
  clock.advance(59_000);
  expect((await rings.ring()).seal('s', owner, iv)).toContain('.k1.');
  clock.advance(1_000);
  await rings.ring(old);
  expect(calls()).toBe(2); // one of them is the rotation
  expect((await rings.ring()).seal('s', owner, iv)).toContain('.k2.');
  expect((await rings.ring()).unseal(old, owner)).toBe('old');
  expect(calls()).toBe(3);
});

test('a key that nobody has does not make every delivery a call', async () => {
  const { rings, calls, clock } = await setUp();
  const foreign = (await rings.ring()).seal('s', owner, iv).replace('.k1.', '.k9.');
  for (let index = 0; index < 10; index += 1) await rings.ring(foreign);
  expect(calls()).toBe(1);
  clock.advance(31_000);
  for (let index = 0; index < 10; index += 1) await rings.ring(foreign);
  expect(calls()).toBe(2);
  await expect(rings.ring(foreign).then((ring) => ring.unseal(foreign, owner))).rejects.toThrow(KeyRingError);
});

test('a read that failed is made again by the next', async () => {
  const clock = new ManualClock();
  const unreachable = new SecretsManagerClient({ ...aws, endpoint: 'http://127.0.0.1:1', maxAttempts: 1 });
  const rings = new RootKeyRing(unreachable, 'x', clock);
  await expect(rings.ring()).rejects.toThrow(PortUnavailable);
  await expect(rings.ring()).rejects.toThrow(PortUnavailable);
});
