import { spawnSync } from 'node:child_process';
import * as fc from 'fast-check';
import { isLoopbackAddress, isPublicAddress } from '../../../lambda/core/endpoint/special-purpose-addresses';

/**
 * IANA's registries as they stand, every row, written down a second time: first address (IPv6: its leading groups),
 * prefix length, source.
 */
const IPV4_REGISTRY: readonly (readonly [first: string, prefix: number, source: string])[] = [
  ['0.0.0.0', 8, 'RFC 791'],
  ['0.0.0.0', 32, 'RFC 1122'],
  ['10.0.0.0', 8, 'RFC 1918'],
  ['100.64.0.0', 10, 'RFC 6598'],
  ['127.0.0.0', 8, 'RFC 1122'],
  ['169.254.0.0', 16, 'RFC 3927'],
  ['172.16.0.0', 12, 'RFC 1918'],
  ['192.0.0.0', 24, 'RFC 6890'],
  ['192.0.0.0', 29, 'RFC 7335'],
  ['192.0.0.8', 32, 'RFC 7600'],
  ['192.0.0.9', 32, 'RFC 7723'],
  ['192.0.0.10', 32, 'RFC 8155'],
  ['192.0.0.170', 31, 'RFC 8880'],
  ['192.0.2.0', 24, 'RFC 5737'],
  ['192.31.196.0', 24, 'RFC 7535'],
  ['192.52.193.0', 24, 'RFC 7450'],
  ['192.88.99.0', 24, 'RFC 7526'],
  ['192.168.0.0', 16, 'RFC 1918'],
  ['192.175.48.0', 24, 'RFC 7534'],
  ['198.18.0.0', 15, 'RFC 2544'],
  ['198.51.100.0', 24, 'RFC 5737'],
  ['203.0.113.0', 24, 'RFC 5737'],
  ['224.0.0.0', 4, 'RFC 5771 (multicast)'],
  ['240.0.0.0', 4, 'RFC 1112'],
  ['255.255.255.255', 32, 'RFC 8190'],
];
const IPV6_REGISTRY: readonly (readonly [groups: readonly number[], prefix: number, source: string])[] = [
  [[0, 0, 0, 0, 0, 0, 0, 1], 128, 'RFC 4291 loopback'],
  [[0], 128, 'RFC 4291 unspecified'],
  [[0], 96, 'RFC 4291 IPv4-compatible'],
  [[0, 0, 0, 0, 0, 0xffff], 96, 'RFC 4291 IPv4-mapped'],
  [[0x64, 0xff9b], 96, 'RFC 6052 NAT64'],
  [[0x64, 0xff9b, 1], 48, 'RFC 8215 NAT64'],
  [[0x100], 64, 'RFC 6666'],
  [[0x100, 0, 0, 1], 64, 'RFC 9780'],
  [[0x2001], 23, 'RFC 2928'],
  [[0x2001], 32, 'RFC 4380 Teredo'],
  [[0x2001, 1, 0, 0, 0, 0, 0, 1], 128, 'RFC 7723'],
  [[0x2001, 1, 0, 0, 0, 0, 0, 2], 128, 'RFC 8155'],
  [[0x2001, 1, 0, 0, 0, 0, 0, 3], 128, 'RFC 9665'],
  [[0x2001, 2], 48, 'RFC 5180'],
  [[0x2001, 3], 32, 'RFC 7450'],
  [[0x2001, 4, 0x112], 48, 'RFC 7535'],
  [[0x2001, 0x10], 28, 'RFC 4843'],
  [[0x2001, 0x20], 28, 'RFC 7343'],
  [[0x2001, 0x30], 28, 'RFC 9374'],
  [[0x2001, 0xdb8], 32, 'RFC 3849'],
  [[0x2002], 16, 'RFC 3056 6to4'],
  [[0x2620, 0x4f, 0x8000], 48, 'RFC 7534'],
  [[0x3fff], 20, 'RFC 9637'],
  [[0x5f00], 16, 'RFC 9602'],
  [[0xfc00], 7, 'RFC 4193'],
  [[0xfe80], 10, 'RFC 4291 link local'],
  [[0xfec0], 10, 'RFC 3879 site local'],
  [[0xff00], 8, 'RFC 4291 multicast'],
];

interface Block {
  readonly first: bigint;
  readonly last: bigint;
  readonly source: string;
}

const IPV4_BLOCKS = IPV4_REGISTRY.map(([first, prefix, source]) => block(fromIPv4(first), 32 - prefix, source));
const IPV6_BLOCKS = IPV6_REGISTRY.map(([groups, prefix, source]) => block(fromGroups(groups), 128 - prefix, source));
const GLOBAL_UNICAST = block(fromGroups([0x2000]), 125, 'RFC 4291, section 2.4');

describe('the registries', () => {
  describe.each(IPV4_BLOCKS.map((row) => [`${toIPv4(row.first)}-${toIPv4(row.last)} (${row.source})`, row] as const))(
    'IPv4 %s',
    (_name, row) => {
      rangeIsNotPublic(row, toIPv4, (value) => value >= 0n && value < 1n << 32n && isModelPublicIPv4(value));
    },
  );

  describe.each(IPV6_BLOCKS.map((row) => [`${toIPv6(row.first)}-${toIPv6(row.last)} (${row.source})`, row] as const))(
    'IPv6 %s',
    (_name, row) => {
      rangeIsNotPublic(row, toIPv6, (value) => value >= 0n && value < 1n << 128n && isModelPublicIPv6(value));
    },
  );

  test('all other IPv4 addresses are public', () => {
    fc.assert(
      fc.property(
        fc.bigInt(0n, (1n << 32n) - 1n),
        (value) => isPublicAddress(toIPv4(value)) === isModelPublicIPv4(value),
      ),
      { numRuns: 5000 },
    );
  });

  test('all other IPv6 addresses are public within 2000::/3, and none without', () => {
    const anywhere = fc.bigInt(0n, (1n << 128n) - 1n);
    const unicast = fc.bigInt(GLOBAL_UNICAST.first, GLOBAL_UNICAST.last);
    fc.assert(
      fc.property(fc.oneof(anywhere, unicast), (value) => isPublicAddress(toIPv6(value)) === isModelPublicIPv6(value)),
      { numRuns: 5000 },
    );
  });
});

describe('IPv6 forms that carry an IPv4 address are not public, whatever they carry', () => {
  const anyIPv4 = fc.oneof(
    fc.bigInt(0n, (1n << 32n) - 1n),
    fc.constantFrom(fromIPv4('127.0.0.1'), fromIPv4('169.254.169.254'), fromIPv4('8.8.8.8')),
  );
  const any32Bits = fc.bigInt(0n, (1n << 32n) - 1n);

  test.each<readonly [string, (address: bigint, rest: bigint) => bigint]>([
    ['IPv4-mapped (::ffff:0:0/96)', (address) => (0xffffn << 32n) | address],
    ['IPv4-translated (::ffff:0:0:0/96)', (address) => (0xffffn << 48n) | address],
    ['IPv4-compatible (::/96)', (address) => address],
    ['NAT64 (64:ff9b::/96)', (address) => fromGroups([0x64, 0xff9b]) | address],
    ['NAT64 at a site (64:ff9b:1::/48)', (address, rest) => fromGroups([0x64, 0xff9b, 1]) | (rest << 40n) | address],
    ['6to4 (2002::/16)', (address, rest) => fromGroups([0x2002]) | (address << 80n) | rest],
    ['Teredo by its server (2001::/32)', (address, rest) => fromGroups([0x2001]) | (address << 64n) | rest],
    [
      'Teredo by its obfuscated client (2001::/32)',
      (address, rest) => fromGroups([0x2001]) | (rest << 64n) | (address ^ 0xffffffffn),
    ],
  ])('%s', (_form, embed) => {
    fc.assert(fc.property(anyIPv4, any32Bits, (address, rest) => !isPublicAddress(toIPv6(embed(address, rest)))));
  });
});

describe('spellings', () => {
  test.each([
    ['::ffff:127.0.0.1'],
    ['::ffff:7f00:1'],
    ['0:0:0:0:0:ffff:7F00:0001'],
    ['::127.0.0.1'],
    ['::7f00:1'],
    ['64:ff9b::10.0.0.1'],
    ['64:ff9b::a00:1'],
    ['64:ff9b:1::8.8.8.8'],
    ['2002:7f00:1::'],
    ['2002:0808:0808::1'],
    ['2001:0:4136:e378:8000:63bf:3fff:fdd2'],
    ['::'],
    ['::1'],
    ['0::0:1'],
    ['FE80::1'],
    ['fd12:3456::1'],
    ['fec0::1'],
    ['ff02::1'],
    ['2001:DB8::1'],
    ['fe80::1%eth0'],
    ['2606:4700::1111%1'],
    ['2606:4700::1111%25lo'],
  ])('%s is not public', (address) => {
    expect(isPublicAddress(address)).toBe(false);
  });

  test.each([
    ['8.8.8.8'],
    ['1.1.1.1'],
    ['9.255.255.255'],
    ['11.0.0.0'],
    ['100.63.255.255'],
    ['100.128.0.0'],
    ['172.15.255.255'],
    ['172.32.0.0'],
    ['223.255.255.255'],
    ['2606:4700:4700::1111'],
    ['2600:1f18::1'],
    ['2A00:1450:4001:80b::200e'],
    ['2001:200::1'],
    ['2001:4860:4860::8888'],
    ['2001:4860:4860::8.8.8.8'],
    ['2003::1'],
    ['3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ])('%s is public', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  test.each([
    [''],
    ['hooks.acme.com'],
    ['1.2.3'],
    ['1.2.3.4.5'],
    ['0x8.8.8.8'],
    ['08.8.8.8'],
    ['134744072'],
    ['8.8.8.8 '],
    ['[2606:4700::1]'],
    ['2606:4700:::1'],
    ['8.8.8.8/32'],
  ])('%j is no address, so it is not public', (address) => {
    expect(isPublicAddress(address)).toBe(false);
    expect(isLoopbackAddress(address)).toBe(false);
  });

  test.each([['127.0.0.1'], ['127.255.255.254'], ['::1'], ['0:0:0:0:0:0:0:1']])(
    '%s is a loopback address',
    (address) => {
      expect(isLoopbackAddress(address)).toBe(true);
    },
  );

  test.each([
    ['::ffff:127.0.0.1'],
    ['::127.0.0.1'],
    ['128.0.0.0'],
    ['126.255.255.255'],
    ['::2'],
    ['::1%lo'],
    ['10.0.0.1'],
  ])('%s is no loopback address', (address) => {
    expect(isLoopbackAddress(address)).toBe(false);
  });
});

describe("a second opinion: Python's ipaddress.is_global", () => {
  /** What Python calls global and we do not, and why. */
  const EXPLAINED: readonly (readonly [first: bigint, hostBits: number, why: string])[] = [
    [fromIPv4('224.0.0.0'), 28, 'multicast is no host'],
    [
      fromIPv4('192.0.0.0'),
      8,
      'the whole block of IETF protocol assignments; the PCP and TURN anycast addresses lead into the network ' +
        'we are in',
    ],
    [fromIPv4('192.31.196.0'), 8, 'AS112 sinks DNS queries'],
    [fromIPv4('192.52.193.0'), 8, 'AMT relays multicast'],
    [fromIPv4('192.88.99.0'), 8, 'the 6to4 relay anycast was withdrawn'],
    [fromIPv4('192.175.48.0'), 8, 'AS112 sinks DNS queries'],
    [fromGroups([0x2001]), 105, 'IETF protocol assignments, Teredo and ORCHID among them'],
    [fromGroups([0x2002]), 112, '6to4 carries an IPv4 address'],
    [fromGroups([0x2620, 0x4f, 0x8000]), 80, 'AS112 sinks DNS queries'],
    [fromGroups([0x3fff]), 108, 'documentation since RFC 9637'],
  ];
  const IPV6_OUTSIDE_GLOBAL_UNICAST = 'IANA has handed out nothing outside 2000::/3 (RFC 4291, section 2.4)';

  test('agrees, but for what is explained; and never calls an address private that we call public', () => {
    const samples = generatedAddresses();
    const opinions = askPython(samples.map(({ text }) => text));
    const unexplained = samples.filter(({ text, value, isV4 }, index) => {
      const ours = isPublicAddress(text);
      if (ours === opinions[index]) return false;
      return ours || explanation(value, isV4) === undefined;
    });
    expect(unexplained.map(({ text }) => text)).toEqual([]);
    expect(opinions.filter(Boolean).length).toBeGreaterThan(1000);
    expect(opinions.filter((isGlobal) => !isGlobal).length).toBeGreaterThan(500);
  });

  function explanation(value: bigint, isV4: boolean): string | undefined {
    if (!isV4 && (value < GLOBAL_UNICAST.first || value > GLOBAL_UNICAST.last)) return IPV6_OUTSIDE_GLOBAL_UNICAST;
    return EXPLAINED.find(
      ([first, hostBits]) => first < 1n << 32n === isV4 && value >> BigInt(hostBits) === first >> BigInt(hostBits),
    )?.[2];
  }
});

function generatedAddresses(): { readonly text: string; readonly value: bigint; readonly isV4: boolean }[] {
  const inV4 = (value: bigint) => ({ text: toIPv4(value), value, isV4: true });
  const inV6 = (value: bigint) => ({ text: toIPv6(value), value, isV4: false });
  const edges = ({ first, last }: Block): bigint[] => [first - 1n, first, (first + last) / 2n, last, last + 1n];
  const seed = 20_26;
  return [
    ...IPV4_BLOCKS.flatMap(edges)
      .filter((value) => value >= 0n && value < 1n << 32n)
      .map(inV4),
    ...IPV6_BLOCKS.flatMap(edges)
      .filter((value) => value >= 0n && value < 1n << 128n)
      .map(inV6),
    ...IPV4_BLOCKS.flatMap(({ first, last }) => fc.sample(fc.bigInt(first, last), { numRuns: 20, seed })).map(inV4),
    ...IPV6_BLOCKS.flatMap(({ first, last }) => fc.sample(fc.bigInt(first, last), { numRuns: 20, seed })).map(inV6),
    ...fc.sample(fc.bigInt(0n, (1n << 32n) - 1n), { numRuns: 1500, seed }).map(inV4),
    ...fc.sample(fc.bigInt(GLOBAL_UNICAST.first, GLOBAL_UNICAST.last), { numRuns: 1000, seed }).map(inV6),
    ...fc.sample(fc.bigInt(0n, (1n << 128n) - 1n), { numRuns: 500, seed }).map(inV6),
  ];
}

function askPython(addresses: readonly string[]): boolean[] {
  const program =
    'import ipaddress, json, sys; print(json.dumps([ipaddress.ip_address(a).is_global for a in json.load(sys.stdin)]))';
  const { stdout, stderr, status } = spawnSync('python3', ['-c', program], {
    input: JSON.stringify(addresses),
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`python3 failed: ${stderr}`);
  return JSON.parse(stdout) as boolean[];
}

function rangeIsNotPublic(
  { first, last }: Block,
  format: (value: bigint) => string,
  isPublicOutside: (value: bigint) => boolean,
): void {
  test('its first and last address are not public', () => {
    expect(isPublicAddress(format(first))).toBe(false);
    expect(isPublicAddress(format(last))).toBe(false);
  });

  test('no address inside is public', () => {
    fc.assert(fc.property(fc.bigInt(first, last), (value) => !isPublicAddress(format(value))));
  });

  test('the addresses just outside are what their own blocks say', () => {
    for (const value of [first - 1n, last + 1n]) expect(isPublicAddress(format(value))).toBe(isPublicOutside(value));
  });
}

function isModelPublicIPv4(value: bigint): boolean {
  return !IPV4_BLOCKS.some(({ first, last }) => value >= first && value <= last);
}

function isModelPublicIPv6(value: bigint): boolean {
  return (
    value >= GLOBAL_UNICAST.first &&
    value <= GLOBAL_UNICAST.last &&
    !IPV6_BLOCKS.some(({ first, last }) => value >= first && value <= last)
  );
}

function block(first: bigint, hostBits: number, source: string): Block {
  return { first, last: first | ((1n << BigInt(hostBits)) - 1n), source };
}

function fromIPv4(address: string): bigint {
  return BigInt(
    `0x${address
      .split('.')
      .map((octet) => Number(octet).toString(16).padStart(2, '0'))
      .join('')}`,
  );
}

function fromGroups(leading: readonly number[]): bigint {
  return BigInt(
    `0x${Array.from({ length: 8 }, (_unused, index) => (leading[index] ?? 0).toString(16).padStart(4, '0')).join('')}`,
  );
}

function toIPv4(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => ((value >> shift) & 0xffn).toString()).join('.');
}

function toIPv6(value: bigint): string {
  return Array.from({ length: 8 }, (_unused, index) =>
    ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
  ).join(':');
}
