import { findChromium } from '../browser/harness/chromium';
import { missingOfChromium, missingOfDynamoDbLocal, type OptionalTool, skipNotices } from '../runner/optional-tools';

const machine = { platform: 'linux', arch: 'x64' };
const commands = (found: Record<string, string>) => (command: string) => found[command];

describe('what DynamoDB Local misses', () => {
  test.each([
    ['nothing', { javac: 'javac 17.0.15\n', mvn: 'Apache Maven 3.8.7' }, undefined],
    ['a JDK', { mvn: 'Apache Maven 3.8.7' }, 'javac is not on PATH, or does not run'],
    ['a newer JDK', { javac: 'javac 11.0.2\n', mvn: 'Apache Maven 3.8.7' }, 'javac is of version 11'],
    ['a JDK of this decade', { javac: 'javac 1.8.0_402\n', mvn: 'Apache Maven 3.8.7' }, 'javac is of version 1'],
    ['Maven', { javac: 'javac 21\n' }, 'mvn is not on PATH, or does not run'],
  ])('is %s', (_what, found, missing) => {
    expect(missingOfDynamoDbLocal(commands(found), machine)).toBe(missing);
  });

  test('is told of a machine that it does not run on', () => {
    expect(missingOfDynamoDbLocal(commands({}), { platform: 'linux', arch: 'arm64' })).toBe(
      'it does not run on linux arm64',
    );
  });
});

describe('Chromium', () => {
  const among =
    (...paths: string[]) =>
    (path: string) =>
      paths.includes(path);

  test.each<[string, NodeJS.ProcessEnv, string[], string | undefined]>([
    ['where Debian puts it', {}, ['/usr/bin/chromium'], '/usr/bin/chromium'],
    ['where Ubuntu puts it', {}, ['/usr/bin/chromium-browser'], '/usr/bin/chromium-browser'],
    ['anywhere on PATH', { PATH: '/opt/a:/opt/b' }, ['/opt/b/google-chrome-stable'], '/opt/b/google-chrome-stable'],
    ['where it is said to be', { CHROMIUM: '/opt/chrome' }, ['/usr/bin/chromium', '/opt/chrome'], '/opt/chrome'],
    ['not, where it is said to be and is not', { CHROMIUM: '/opt/chrome' }, ['/usr/bin/chromium'], undefined],
    ['nowhere', { PATH: '/opt/a' }, [], undefined],
  ])('is found %s', (_where, env, paths, found) => {
    expect(findChromium(env, among(...paths))).toBe(found);
  });

  test('that does not run is missing', () => {
    expect(missingOfChromium(() => undefined, '/usr/bin/chromium')).toBe('/usr/bin/chromium does not run');
    expect(missingOfChromium(() => 'Chromium 156', '/usr/bin/chromium')).toBeUndefined();
  });
});

test('a run says what it skips, why, and what to install for it', () => {
  const tool = (missing?: string): OptionalTool => ({
    name: 'Oracle',
    suite: 'integration',
    neededFor: 'a second opinion',
    howToGet: 'the package oracle',
    missing: () => missing,
  });
  expect(skipNotices(['unit', 'integration'], [tool('oracle is not on PATH'), tool()])).toEqual([
    'a second opinion: Oracle cannot run here, oracle is not on PATH. To run it, install the package oracle',
  ]);
  expect(skipNotices(['unit'], [tool('oracle is not on PATH')])).toEqual([]);
});
