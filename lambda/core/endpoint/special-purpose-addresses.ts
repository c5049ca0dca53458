/**
 * Which IP addresses are public: reachable by anybody on the internet and set aside for nothing else.
 *
 * The tables are IANA's special-purpose address registries (RFC 6890), each row as the registry has it, plus multicast.
 * A block is refused whole, also where the registry calls it globally reachable (AS112 sinks, the PCP and TURN anycast
 * addresses, AMT relays, ORCHID): none of them is anybody's webhook receiver, and an anycast address is answered by the
 * network that we are in.
 *
 * The IPv6 forms that carry an IPv4 address are refused whole as well, whatever address they carry: IPv4-mapped,
 * IPv4-compatible, NAT64, 6to4 and Teredo. A receiver with such an address has the IPv4 address itself, so nothing is
 * lost; and no decoder of embedded addresses (Teredo's is obfuscated, 64:ff9b:1::/48 may hold its address at any of six
 * offsets, RFC 6052 section 2.2) can be wrong if there is none.
 *
 * @see https://www.iana.org/assignments/iana-ipv4-special-registry
 * @see https://www.iana.org/assignments/iana-ipv6-special-registry
 */
import { isIPv4, isIPv6 } from 'node:net';

/** A row of a registry: the block in CIDR notation, what it is for, and the document that says so. */
export interface SpecialPurposeBlock {
  readonly block: string;
  readonly name: string;
  readonly source: string;
}

const row = (block: string, name: string, source: string): SpecialPurposeBlock => ({ block, name, source });

/** The IPv4 registry, and multicast. */
export const SPECIAL_PURPOSE_IPV4: readonly SpecialPurposeBlock[] = [
  row('0.0.0.0/8', 'this network', 'RFC 791, section 3.2'),
  row('10.0.0.0/8', 'private use', 'RFC 1918'),
  row('100.64.0.0/10', 'shared address space (carrier-grade NAT)', 'RFC 6598'),
  row('127.0.0.0/8', 'loopback', 'RFC 1122, section 3.2.1.3'),
  row('169.254.0.0/16', 'link local; cloud metadata, Lambda runtime API', 'RFC 3927'),
  row('172.16.0.0/12', 'private use', 'RFC 1918'),
  row('192.0.0.0/24', 'IETF protocol assignments', 'RFC 6890, section 2.1'),
  row('192.0.2.0/24', 'documentation (TEST-NET-1)', 'RFC 5737'),
  row('192.31.196.0/24', 'AS112-v4', 'RFC 7535'),
  row('192.52.193.0/24', 'AMT', 'RFC 7450'),
  row('192.88.99.0/24', 'deprecated 6to4 relay anycast', 'RFC 7526'),
  row('192.168.0.0/16', 'private use', 'RFC 1918'),
  row('192.175.48.0/24', 'direct delegation AS112', 'RFC 7534'),
  row('198.18.0.0/15', 'benchmarking', 'RFC 2544'),
  row('198.51.100.0/24', 'documentation (TEST-NET-2)', 'RFC 5737'),
  row('203.0.113.0/24', 'documentation (TEST-NET-3)', 'RFC 5737'),
  row('224.0.0.0/4', 'multicast', 'RFC 5771'),
  row('240.0.0.0/4', 'reserved, limited broadcast', 'RFC 1112, section 4; RFC 8190'),
];

/**
 * All that can be public in IPv6: what IANA hands out as global unicast. The rest of the space is reserved (RFC 4291,
 * section 2.4).
 */
const GLOBAL_UNICAST_IPV6 = '2000::/3';

/**
 * The IPv6 registry's rows inside 2000::/3. Its others (::/96 with loopback, mapped, NAT64, ULA, link local, multicast
 * ...) lie outside.
 */
export const SPECIAL_PURPOSE_IPV6: readonly SpecialPurposeBlock[] = [
  row(
    '2001::/23',
    'IETF protocol assignments, Teredo, benchmarking and ORCHID included',
    'RFC 2928, RFC 4380, RFC 5180, RFC 7343',
  ),
  row('2001:db8::/32', 'documentation', 'RFC 3849'),
  row('2002::/16', '6to4', 'RFC 3056'),
  row('2620:4f:8000::/48', 'direct delegation AS112', 'RFC 7534'),
  row('3fff::/20', 'documentation', 'RFC 9637'),
];

interface Range {
  readonly first: bigint;
  readonly last: bigint;
}

const IPV4_BITS = 32;
const IPV6_BITS = 128;

const specialIPv4 = SPECIAL_PURPOSE_IPV4.map(({ block }) => rangeOf(block));
const specialIPv6 = SPECIAL_PURPOSE_IPV6.map(({ block }) => rangeOf(block));
const loopbackIPv4 = rangeOf('127.0.0.0/8');
const globalUnicastIPv6 = rangeOf(GLOBAL_UNICAST_IPV6);

/**
 * @param address an IPv4 address in dotted decimal or an IPv6 address without brackets, as a resolver returns it
 * @returns whether it is public; false for all that is not an address, and for an address with a zone id (RFC 4007)
 */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) {
    const value = ipv4Value(address);
    return !specialIPv4.some((range) => contains(range, value));
  }
  if (isUnzonedIPv6(address)) {
    const value = ipv6Value(address);
    return contains(globalUnicastIPv6, value) && !specialIPv6.some((range) => contains(range, value));
  }
  return false;
}

/** Whether an address is 127.0.0.0/8 or ::1, in its own form: a mapped or compatible one is not. */
export function isLoopbackAddress(address: string): boolean {
  if (isIPv4(address)) return contains(loopbackIPv4, ipv4Value(address));
  return isUnzonedIPv6(address) && ipv6Value(address) === 1n;
}

const isUnzonedIPv6 = (address: string): boolean => isIPv6(address) && !address.includes('%');

const contains = (range: Range, value: bigint): boolean => value >= range.first && value <= range.last;

function rangeOf(block: string): Range {
  const slash = block.indexOf('/');
  const address = block.slice(0, slash);
  const isV4 = isIPv4(address);
  const hostBits = (isV4 ? IPV4_BITS : IPV6_BITS) - Number(block.slice(slash + 1));
  const first = isV4 ? ipv4Value(address) : ipv6Value(address);
  return { first, last: first + (1n << BigInt(hostBits)) - 1n };
}

/** @param address known to be dotted decimal */
function ipv4Value(address: string): bigint {
  return BigInt(address.split('.').reduce((value, octet) => value * 256 + Number(octet), 0));
}

/**
 * @param address known to be IPv6 without a zone id; its last 32 bits may be in dotted decimal (RFC 4291, section 2.2)
 */
function ipv6Value(address: string): bigint {
  const [head = '', tail] = address.split('::');
  const before = groupsOf(head);
  const after = tail === undefined ? [] : groupsOf(tail);
  const elided = Array<bigint>(8 - before.length - after.length).fill(0n);
  return [...before, ...elided, ...after].reduce((value, group) => (value << 16n) | group, 0n);
}

function groupsOf(part: string): bigint[] {
  if (part === '') return [];
  return part.split(':').flatMap((group) => {
    if (!group.includes('.')) return [BigInt(`0x${group}`)];
    const embedded = ipv4Value(group);
    return [embedded >> 16n, embedded & 0xffffn];
  });
}
