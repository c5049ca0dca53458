/** A customer's endpoint that does what it should not, one behavior a listener: what attempts meet out there. */
import type { Socket } from 'node:net';
import type { KeyPair, TestCertificates } from '../adapters/http/certificates';
import { receiving, Receivers } from '../adapters/http/receivers';
import { freePort } from '../../local/free-port';
import { HOSTILE_NAMES } from './harness/hostile-names';

/** An endpoint that was made hostile, and what it has seen. */
export interface HostileEndpoint {
  readonly url: string;
  /** TCP connections that were made to it. */
  readonly connections: () => number;
}

export type Behavior = (receiver: HostileReceiver) => Promise<HostileEndpoint>;

const DRIP_MS = 1000;
/** More than is ever read of an answer (16 KiB), in pieces. */
const CHUNK = Buffer.alloc(64 * 1024, 'x');
const HUGE_BODY_BYTES = 64 * 1024 * 1024;
const OVER_16_KIB = 17 * 1024;

export class HostileReceiver {
  private readonly receivers = new Receivers();
  private readonly timers = new Set<NodeJS.Timeout>();

  /** @param certificates for `localhost` */
  constructor(readonly certificates: TestCertificates) {}

  close(): void {
    for (const timer of this.timers) clearInterval(timer);
    this.receivers.close();
  }

  /** Reads the whole request, as a receiver does, and answers. */
  answers(status: number, headers: Readonly<Record<string, string>> = {}): Promise<HostileEndpoint> {
    const bodiless = status === 204 || status === 304;
    return this.receivers.http(
      receiving((_request, _message, response) =>
        response.writeHead(status, headers).end(bodiless ? undefined : 'noted'),
      ),
    );
  }

  /** Writes these bytes for an answer, and closes. */
  writes(...parts: readonly string[]): Promise<HostileEndpoint> {
    return this.receivers.raw((socket) => socket.end(parts.join('')));
  }

  /** Writes these bytes, and nothing more; the connection stays open. */
  stopsAfter(bytes: string): Promise<HostileEndpoint> {
    return this.receivers.raw((socket) => socket.write(bytes));
  }

  /** Writes these bytes, and then one more a second for ever. */
  drips(bytes: string): Promise<HostileEndpoint> {
    return this.receivers.raw((socket) => {
      socket.write(bytes);
      this.untilClosed(socket, () => socket.write('x'));
    });
  }

  /** Writes these bytes, and then a body that has no end, as fast as it is read. */
  floods(bytes: string, limit = Infinity): Promise<HostileEndpoint> {
    return this.receivers.raw((socket) => {
      socket.write(bytes);
      let left = limit;
      const more = () => {
        while (left > 0 && !socket.destroyed) {
          left -= CHUNK.length;
          if (!socket.write(CHUNK)) return;
        }
      };
      socket.on('drain', more);
      more();
    });
  }

  /** Writes these bytes, if any, and resets the connection (RST). */
  resets(bytes = ''): Promise<HostileEndpoint> {
    return this.receivers.raw((socket) =>
      bytes === '' ? socket.resetAndDestroy() : socket.write(bytes, () => socket.resetAndDestroy()),
    );
  }

  /** Closes as soon as it is connected to. */
  hangsUp(): Promise<HostileEndpoint> {
    return this.receivers.tcp((socket) => socket.destroy());
  }

  /** Nobody listens on its port. */
  async refuses(): Promise<HostileEndpoint> {
    return { url: `http://127.0.0.1:${await freePort()}/hook`, connections: () => 0 };
  }

  presents(certificate: KeyPair): Promise<HostileEndpoint> {
    return this.receivers
      .https(
        certificate,
        receiving((_request, _message, response) => response.end()),
      )
      .then((made) => ({ ...made, url: `https://localhost:${made.port}/hook` }));
  }

  /** Takes the connection, and never speaks TLS. */
  silentTls(): Promise<HostileEndpoint> {
    return this.receivers
      .tcp((socket) => socket.resume())
      .then((made) => ({ ...made, url: `https://127.0.0.1:${made.port}/hook` }));
  }

  /**
   * Well-behaved, but called by another scheme or name than it listens to.
   *
   * @param origin without the port
   */
  async calledBy(origin: string): Promise<HostileEndpoint> {
    const made = await this.answers(200);
    return { ...made, url: `${origin}:${new URL(made.url).port}/hook` };
  }

  private untilClosed(socket: Socket, act: () => void): void {
    const timer = setInterval(act, DRIP_MS);
    this.timers.add(timer);
    socket.once('close', () => clearInterval(timer));
  }
}

const status = (line: string, ...headers: readonly string[]): string =>
  [`HTTP/1.1 ${line}`, ...headers, '', ''].join('\r\n');
const CHUNKED = 'transfer-encoding: chunked';

/** Everything that an endpoint is known to do, but for the plain statuses. */
export const BEHAVIORS = {
  'refuses the connection': (receiver) => receiver.refuses(),
  'closes the connection at once': (receiver) => receiver.hangsUp(),
  'resets the connection before it answers': (receiver) => receiver.resets(),
  'resets the connection in the middle of the body': (receiver) =>
    receiver.resets(`${status('200 OK', 'content-length: 100')}half`),
  'closes the connection in the middle of the headers': (receiver) => receiver.writes('HTTP/1.1 200 OK\r\ncontent-le'),
  'closes the connection in the middle of a chunked body': (receiver) =>
    receiver.writes(status('200 OK', CHUNKED), '4\r\nhalf\r\n'),
  'has a self-signed certificate': (receiver) => receiver.presents(receiver.certificates.selfSigned),
  'has an expired certificate': (receiver) => receiver.presents(receiver.certificates.expired),
  'has a certificate of an unknown authority': (receiver) => receiver.presents(receiver.certificates.unknownAuthority),
  'speaks plain HTTP where TLS is asked for': (receiver) => receiver.calledBy('https://127.0.0.1'),
  'has a name that stands for a loopback address': (receiver) => receiver.calledBy(`http://${HOSTILE_NAMES.loopback}`),
  'has a name that does not exist': (receiver) => receiver.calledBy(`http://${HOSTILE_NAMES.missing}`),
  'has a name that its name server cannot resolve': (receiver) => receiver.calledBy(`http://${HOSTILE_NAMES.failing}`),
  'has a name that no name server answers for': (receiver) => receiver.calledBy(`http://${HOSTILE_NAMES.silent}`),
  'has a name that stands for a private address': (receiver) => receiver.calledBy(`http://${HOSTILE_NAMES.private}`),
  'has a name that stands for an allowed address and a private one': (receiver) =>
    receiver.calledBy(`http://${HOSTILE_NAMES.mixed}`),
  'has a name that stands for the metadata service': (receiver) =>
    receiver.calledBy(`http://${HOSTILE_NAMES.metadata}`),
  'never answers the TLS handshake': (receiver) => receiver.silentTls(),
  'never answers': (receiver) => receiver.stopsAfter(''),
  'sends its headers a byte a second': (receiver) => receiver.drips('HTTP/1.1 200 OK\r\nx-slow: '),
  'never ends its body': (receiver) => receiver.stopsAfter(`${status('200 OK', 'content-length: 100')}half`),
  'sends its body a byte a second': (receiver) => receiver.drips(status('200 OK', 'content-length: 100')),
  'answers 500 and sends its body a byte a second': (receiver) =>
    receiver.drips(status('500 Internal Server Error', 'content-length: 100')),
  'answers 200 with an endless body': (receiver) => receiver.floods(status('200 OK')),
  'answers 200 with a body of 64 MiB': (receiver) =>
    receiver.floods(status('200 OK', `content-length: ${HUGE_BODY_BYTES}`), HUGE_BODY_BYTES),
  'answers 404 with an endless body': (receiver) => receiver.floods(status('404 Not Found')),
  'answers 500 with an endless body': (receiver) => receiver.floods(status('500 Internal Server Error')),
  'answers 200 after three 103': (receiver) =>
    receiver.writes(
      ...Array<string>(3).fill(status('103 Early Hints', 'link: </style.css>')),
      status('200 OK', 'content-length: 0'),
    ),
  'storms with 1xx': (receiver) =>
    receiver.writes(
      ...Array<string>(1000).fill(status('103 Early Hints', 'link: </style.css>')),
      status('200 OK', 'content-length: 0'),
    ),
  'switches protocols': (receiver) =>
    receiver.writes(status('101 Switching Protocols', 'upgrade: websocket', 'connection: upgrade')),
  'answers with what is no HTTP': (receiver) => receiver.writes('SSH-2.0-OpenSSH_9.6\r\n'),
  'answers with two different lengths': (receiver) =>
    receiver.writes(status('200 OK', 'content-length: 2', 'content-length: 3'), 'ok'),
  'answers with a chunk of no size': (receiver) => receiver.writes(status('200 OK', CHUNKED), 'zz\r\nok\r\n0\r\n\r\n'),
  'answers with headers over 16 KiB': (receiver) =>
    receiver.writes(status('200 OK', `x-large: ${'x'.repeat(OVER_16_KIB)}`, 'content-length: 0')),
} as const satisfies Record<string, Behavior>;
