import { missingOfGo, missingOfPhp, missingOfPsr7 } from '../runner/optional-tools';

const commands =
  (found: Record<string, string>) =>
  (command: string, ...args: string[]) =>
    found[args.at(-1)!.includes('Psr7') ? 'psr7' : command];

test.each([
  ['nothing', 'go version go1.22 linux/amd64', undefined],
  ['nothing, after a decade', 'go version go2.0.1 darwin/arm64', undefined],
  ['a newer Go', 'go version go1.19.8 linux/amd64', 'go is of version 1.19'],
])('what Go misses is %s', (_what, go, missing) => {
  expect(missingOfGo(commands({ go }))).toBe(missing);
});

test.each([
  ['nothing', '8.1', undefined],
  ['nothing, with PHP 10', '10.0', undefined],
  ['a newer PHP', '7.4', 'php is of version 7.4'],
])('what PHP misses is %s', (_what, php, missing) => {
  expect(missingOfPhp(commands({ php }))).toBe(missing);
});

test('what is not there at all', () => {
  expect(missingOfGo(commands({}))).toBe('go is not on PATH, or does not run');
  expect(missingOfPhp(commands({}))).toBe('php is not on PATH, or does not run');
  expect(missingOfPsr7(commands({}))).toBe('php is not on PATH, or does not run');
});

test('PSR-7 needs a library beside PHP', () => {
  expect(missingOfPsr7(commands({ php: '8.2', psr7: '' }))).toBeUndefined();
  expect(missingOfPsr7(commands({ php: '8.2' }))).toBe("GuzzleHttp/Psr7/autoload.php is not in PHP's include path");
});
