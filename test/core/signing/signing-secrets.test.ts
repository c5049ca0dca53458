import { UnsealError } from '../../../lambda/core/shared/errors';
import { KeyRing } from '../../../lambda/core/signing/key-ring';
import { signingKeys } from '../../../lambda/core/signing/secret';
import { SigningSecrets } from '../../../lambda/core/signing/signing-secrets';
import { keyRings, ROOT_SECRET, SECRET, subscription } from '../../builders/subscription';
import { SeededRandom } from '../../fakes/time-and-random';
import { secretOwner } from '../../../lambda/core/subscriptions/subscription';

test('a secret that is known is not unsealed again', async () => {
  const rings = { ring: jest.fn(keyRings.ring.bind(keyRings)) };
  const secrets = new SigningSecrets(rings);
  const one = subscription();
  const first = await secrets.keys(one.sealedSecret, secretOwner(one));
  expect(await secrets.keys(one.sealedSecret, secretOwner(one))).toBe(first);
  expect(rings.ring).toHaveBeenCalledTimes(1);
  expect(first.wholeString.equals(signingKeys(SECRET).wholeString)).toBe(true);
});

test('a regenerated secret counts at once', async () => {
  const secrets = new SigningSecrets(keyRings);
  const one = subscription();
  await secrets.keys(one.sealedSecret, secretOwner(one));
  const fresh = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
  const resealed = KeyRing.parse(ROOT_SECRET).seal(fresh, secretOwner(one), new SeededRandom('iv').bytes(12));
  expect((await secrets.keys(resealed, secretOwner(one))).wholeString.equals(signingKeys(fresh).wholeString)).toBe(
    true,
  );
});

test('what was opened for one owner is not given to another', async () => {
  const secrets = new SigningSecrets(keyRings);
  const one = subscription();
  await secrets.keys(one.sealedSecret, secretOwner(one));
  const stranger = { ...secretOwner(one), tenantId: 'org_9/team_9' };
  await expect(secrets.keys(one.sealedSecret, stranger)).rejects.toThrow(UnsealError);
});
