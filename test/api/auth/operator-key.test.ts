import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SecretKeyRing } from '../../../lambda/adapters/secrets-manager/named-key-ring';
import { matchingKey } from '../../../lambda/api/auth/operator-key';
import { parseNamedKeys } from '../../../lambda/core/shared/credentials';
import { KeyRingError, PortUnavailable } from '../../../lambda/core/shared/errors';
import { RecordingLog } from '../../fakes/log';
import { ManualClock } from '../../fakes/time-and-random';
import { OPERATOR_KEY, setUp, T } from '../harness';

const SECOND_KEY = 'second'.padEnd(64, '0');
const ring = (keys: object, current = 'k1') => JSON.stringify({ version: 1, current, ...keys });

/** Secrets Manager with one secret, that a test changes. */
function setUpRing() {
  const clock = new ManualClock();
  const log = new RecordingLog();
  const secret = { text: ring({ k1: OPERATOR_KEY }), reads: 0, failing: false };
  const client = new SecretsManagerClient({ region: 'us-east-1' });
  client.send = () => {
    secret.reads += 1;
    return secret.failing
      ? Promise.reject(new Error('timed out'))
      : Promise.resolve({ $metadata: {}, SecretString: secret.text });
  };
  return { clock, log, secret, keys: new SecretKeyRing(client, 'operator-key', clock, log) };
}

describe('the ring in Secrets Manager', () => {
  test('is read once a minute', async () => {
    const { clock, secret, keys } = setUpRing();
    await keys.keys();
    clock.advance(59_999);
    await keys.keys();
    expect(secret.reads).toBe(1);
    clock.advance(1);
    await keys.keys();
    expect(secret.reads).toBe(2);
  });

  test('is read anew for a key that is not on it, every five seconds at most', async () => {
    const { clock, secret, keys } = setUpRing();
    await keys.keys();
    clock.advance(4_999);
    await keys.keys(true);
    expect(secret.reads).toBe(1);
    clock.advance(1);
    await keys.keys(true);
    await keys.keys(true);
    expect(secret.reads).toBe(2);
  });

  test('goes on being used for ten minutes while it cannot be read, and no longer', async () => {
    const { clock, log, secret, keys } = setUpRing();
    const first = await keys.keys();
    secret.failing = true;
    clock.advance(600_000);
    expect(await keys.keys()).toBe(first);
    expect(log.lines).toMatchObject([{ level: 'warn' }]);
    clock.advance(60_000);
    await expect(keys.keys()).rejects.toThrow(PortUnavailable);
  });

  test('that was never read is unavailable', async () => {
    const { secret, keys } = setUpRing();
    secret.failing = true;
    await expect(keys.keys()).rejects.toThrow(PortUnavailable);
  });

  test.each([
    ['no JSON', `${OPERATOR_KEY},`],
    ['another version', ring({ k1: OPERATOR_KEY, version: 2 })],
    ['no current key', ring({ k1: OPERATOR_KEY }, 'k2')],
    ['a short key', ring({ k1: OPERATOR_KEY, k2: 'short-key' })],
    ['null', 'null'],
  ])('with %s is refused, and no key told', async (_what, text) => {
    const { secret, keys } = setUpRing();
    secret.text = text;
    const error: unknown = await keys.keys().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(KeyRingError);
    expect((error as Error).message).not.toMatch(/operator0|short-key/);
  });
});

describe('the operator key', () => {
  test('is any on the ring, and nothing else', () => {
    const keys = parseNamedKeys(ring({ k1: OPERATOR_KEY, k2: SECOND_KEY, note: 'not-a-key'.padEnd(64, '0') }, 'k2'));
    expect([OPERATOR_KEY, SECOND_KEY].map((key) => matchingKey(key, keys))).toEqual(['k1', 'k2']);
    for (const other of [
      '',
      'k1',
      OPERATOR_KEY.slice(0, -1),
      `${OPERATOR_KEY}0`,
      OPERATOR_KEY.toUpperCase(),
      'not-a-key'.padEnd(64, '0'),
    ])
      expect(matchingKey(other, keys)).toBeUndefined();
  });

  test('is rotated and revoked without a deploy', async () => {
    const { clock, secret, keys } = setUpRing();
    const api = setUp({ ports: { operatorKeys: keys } });
    const status = async (key: string) => (await api.call('GET', `${T}/plan`, { key })).status;
    expect([await status(OPERATOR_KEY), await status(SECOND_KEY)]).toEqual([200, 401]);
    secret.text = ring({ k1: OPERATOR_KEY, k2: SECOND_KEY }, 'k2');
    clock.advance(5_000);
    expect([await status(SECOND_KEY), await status(OPERATOR_KEY)]).toEqual([200, 200]);
    secret.text = ring({ k2: SECOND_KEY }, 'k2');
    clock.advance(60_000);
    expect([await status(SECOND_KEY), await status(OPERATOR_KEY)]).toEqual([200, 401]);
  });

  test('that nobody can tell is 503, not 401', async () => {
    const { secret, keys } = setUpRing();
    secret.failing = true;
    expect((await setUp({ ports: { operatorKeys: keys } }).call('GET', `${T}/plan`)).status).toBe(503);
  });
});
