/** A name server for tests: UDP on 127.0.0.1, one question a packet, answers by a function (RFC 1035, section 4). */
import { createSocket, type Socket } from 'node:dgram';
import { isIPv4 } from 'node:net';

export type RecordType = 'A' | 'AAAA';

export interface StubAnswer {
  /** Those of the question's type are given. */
  readonly addresses: readonly string[];
  /** @default 0 - not to be kept */
  readonly ttlSeconds?: number;
}

/** What the stub says of a name: addresses, an error, or nothing. */
export type StubReply = StubAnswer | 'nxdomain' | 'servfail' | 'silence';

export interface DnsStub {
  /** For `CachingResolver`'s servers. */
  readonly server: string;
  /** The questions so far, such as `A hooks.acme.com`. */
  readonly questions: string[];
  close(): void;
}

const TYPE_A = 1;
const TYPE_AAAA = 28;
const RESPONSE_RECURSION_AVAILABLE = 0x8180;
const RESPONSE_CODES = { servfail: 2, nxdomain: 3 };

export async function startDnsStub(reply: (name: string, type: RecordType) => StubReply): Promise<DnsStub> {
  const socket: Socket = createSocket('udp4');
  const questions: string[] = [];
  socket.on('message', (query, from) => {
    const { name, type, end } = questionIn(query);
    questions.push(`${type} ${name}`);
    const said = reply(name, type);
    if (said !== 'silence') socket.send(response(query.subarray(0, end), type, said), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return { server: `127.0.0.1:${socket.address().port}`, questions, close: () => void socket.close() };
}

function questionIn(query: Buffer): { name: string; type: RecordType; end: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = query.readUInt8(at); length > 0; length = query.readUInt8(at)) {
    labels.push(query.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return {
    name: labels.join('.').toLowerCase(),
    type: query.readUInt16BE(at + 1) === TYPE_AAAA ? 'AAAA' : 'A',
    end: at + 5,
  };
}

function response(headerAndQuestion: Buffer, type: RecordType, said: Exclude<StubReply, 'silence'>): Buffer {
  const head = Buffer.from(headerAndQuestion);
  const addresses =
    typeof said === 'string' ? [] : said.addresses.filter((address) => isIPv4(address) === (type === 'A'));
  head.writeUInt16BE(RESPONSE_RECURSION_AVAILABLE | (typeof said === 'string' ? RESPONSE_CODES[said] : 0), 2);
  head.writeUInt16BE(addresses.length, 6);
  head.writeUInt32BE(0, 8); // neither authority nor additional records
  const ttlSeconds = typeof said === 'string' ? 0 : (said.ttlSeconds ?? 0);
  return Buffer.concat([head, ...addresses.map((address) => record(type, address, ttlSeconds))]);
}

function record(type: RecordType, address: string, ttlSeconds: number): Buffer {
  const data = type === 'A' ? Buffer.from(address.split('.').map(Number)) : ipv6Bytes(address);
  const fixed = Buffer.alloc(12);
  fixed.writeUInt16BE(0xc00c, 0); // the question's name
  fixed.writeUInt16BE(type === 'A' ? TYPE_A : TYPE_AAAA, 2);
  fixed.writeUInt16BE(1, 4); // IN
  fixed.writeUInt32BE(ttlSeconds, 6);
  fixed.writeUInt16BE(data.length, 10);
  return Buffer.concat([fixed, data]);
}

function ipv6Bytes(address: string): Buffer {
  const [head = '', tail = ''] = address.split('::');
  const groups = (part: string) => (part === '' ? [] : part.split(':'));
  const elided = Array<string>(8 - groups(head).length - groups(tail).length).fill('0');
  return Buffer.from(
    [...groups(head), ...elided, ...groups(tail)].map((group) => group.padStart(4, '0')).join(''),
    'hex',
  );
}
