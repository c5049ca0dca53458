/**
 * One new connection, guarded: resolve, check every address, dial a checked one, verify TLS against the name.
 *
 * The check is part of connecting and the socket is opened to the very address that was checked, so no answer of DNS
 * between the two, and none later, leads a connection elsewhere. Connections are made only here.
 */
import { type Reason, reasonText } from '../../core/shared/reason';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { AttemptPhase, TransportFailure } from '../../core/endpoint/endpoint';
import {
  ADDRESS_REFUSED,
  isAddressAllowed,
  isLocalhost,
  literalAddress,
  withoutTrailingDot,
  type EndpointPolicy,
} from '../../core/endpoint/endpoint-policy';
import type { Dial } from './dial';
import { ResolutionError, type Resolver } from './resolver';
import { describeConnectFailure, describeResolution, isOurOwnFault, LocalFaultError } from './transport-failure';

/** What every connection of a client is made with. */
export interface ConnectionGuard {
  readonly policy: EndpointPolicy;
  readonly resolver: Resolver;
  readonly dial: Dial;
}

/** Where to: an origin whose URL has passed the policy. */
export interface Destination {
  /** As in a WHATWG URL: lower case, IPv6 in brackets. */
  readonly hostname: string;
  readonly port: number;
  readonly secure: boolean;
}

/** Why there is no connection, in the terms of an attempt's result. */
export type ConnectOutcome =
  | { readonly kind: 'forbidden'; readonly reason: Reason }
  | { readonly kind: 'transport'; readonly failure: TransportFailure; readonly reason: Reason };

export class ConnectError extends Error {
  override readonly name = 'ConnectError';

  constructor(
    readonly outcome: ConnectOutcome,
    options?: ErrorOptions,
  ) {
    super(reasonText(outcome.reason), options);
  }
}

export type ConnectCallback = (...result: [null, Socket] | [Error, null]) => void;

/** RFC 8305, section 5: when to try the next address while this one keeps silent. */
const CONNECTION_ATTEMPT_DELAY_MS = 250;

/** All addresses are checked, this many are tried: a name is no list of hosts to knock at. */
const MAX_ADDRESSES_DIALLED = 6;

/** What `localhost` stands for, without asking (RFC 6761, section 6.3); the check of addresses says where it may be. */
const LOOPBACK_ADDRESSES = ['127.0.0.1', '::1'];

/** A connection in the making: calls back once, unless it is cancelled. */
export class GuardedConnect {
  /** How far it is. */
  phase: AttemptPhase = 'resolve';

  private readonly dialled = new Set<Socket>();
  private addresses: readonly string[] = [];
  private tried = 0;
  private failed = 0;
  private firstError: unknown;
  private nextAddress: NodeJS.Timeout | undefined;
  private certificateValidTo: string | undefined;
  private settled = false;

  constructor(
    private readonly guard: ConnectionGuard,
    private readonly destination: Destination,
    private readonly callback: ConnectCallback,
  ) {
    this.checkedAddresses().then(
      (addresses) => {
        if (this.settled) return;
        this.phase = 'connect';
        this.addresses = addresses.slice(0, MAX_ADDRESSES_DIALLED);
        this.dialNext();
      },
      (error: unknown) => this.fail(asConnectError(error)),
    );
  }

  /** Opens nothing more and closes what is open; does not call back. */
  cancel(): void {
    this.settled = true;
    this.abandonExcept(undefined);
  }

  /** @throws {@link ConnectError} if any of the name's addresses is forbidden, whatever the others are */
  private async checkedAddresses(): Promise<readonly string[]> {
    const { policy, resolver } = this.guard;
    const { hostname } = this.destination;
    const literal = literalAddress(hostname);
    let addresses: readonly string[];
    if (literal !== undefined) addresses = [literal];
    else if (isLocalhost(hostname)) addresses = LOOPBACK_ADDRESSES;
    else addresses = await resolver.resolve(withoutTrailingDot(hostname));
    if (addresses.length === 0) throw new ResolutionError(hostname, 'ENODATA');
    if (!addresses.every((address) => isAddressAllowed(address, policy))) {
      throw new ConnectError({ kind: 'forbidden', reason: ADDRESS_REFUSED.reason });
    }
    return addresses;
  }

  private dialNext(): void {
    const address = this.addresses[this.tried];
    if (address === undefined) return;
    this.tried += 1;
    let socket: Socket;
    try {
      socket = this.dialTo(address);
    } catch (cause) {
      this.fail(new LocalFaultError('a socket could not be opened', { cause }));
      return;
    }
    this.dialled.add(socket);
    socket.once('connect', () => this.reached(socket));
    // Stays for as long as the socket does: an abandoned socket's error is nobody's.
    socket.on('error', (error) => this.lost(socket, error));
    if (this.tried < this.addresses.length)
      this.nextAddress = setTimeout(() => this.dialNext(), CONNECTION_ATTEMPT_DELAY_MS);
  }

  private dialTo(address: string): Socket {
    const { hostname, port, secure } = this.destination;
    return this.guard.dial({
      address,
      port,
      ...(secure ? { verifiedName: literalAddress(hostname) ?? withoutTrailingDot(hostname) } : {}),
    });
  }

  /** The first address to answer is the one; TLS is negotiated with it alone. */
  private reached(socket: Socket): void {
    if (this.settled || this.phase === 'tls') return;
    this.abandonExcept(socket);
    if (!(socket instanceof TLSSocket)) {
      this.succeed(socket);
      return;
    }
    this.phase = 'tls';
    // 'secure' comes before the certificate is judged; a socket that rejected its certificate no longer has it. Not
    // getPeerX509Certificate(): in Node 24 that one leaves nothing for the judgment, which then fails every
    // certificate.
    socket.prependOnceListener('secure', () => (this.certificateValidTo = socket.getPeerCertificate().valid_to));
    socket.once('secureConnect', () => this.succeed(socket));
  }

  private lost(socket: Socket, error: unknown): void {
    if (this.settled || !this.dialled.has(socket)) return;
    this.firstError ??= error;
    this.failed += 1;
    if (this.phase === 'tls' || this.failed === this.addresses.length) {
      this.fail(this.socketFailure(this.phase === 'tls' ? error : this.firstError));
    } else if (this.failed === this.tried) {
      clearTimeout(this.nextAddress);
      this.dialNext();
    }
  }

  private abandonExcept(chosen: Socket | undefined): void {
    clearTimeout(this.nextAddress);
    for (const socket of this.dialled) {
      if (socket === chosen) continue;
      this.dialled.delete(socket);
      socket.destroy();
    }
  }

  private succeed(socket: Socket): void {
    if (this.settled) return;
    this.settled = true;
    this.callback(null, socket);
  }

  private socketFailure(error: unknown): Error {
    if (isOurOwnFault(error)) return new LocalFaultError('no socket is left', { cause: error });
    return new ConnectError(
      { kind: 'transport', ...describeConnectFailure(error, this.phase, this.certificateValidTo) },
      { cause: error },
    );
  }

  private fail(error: Error): void {
    if (this.settled) return;
    this.settled = true;
    this.abandonExcept(undefined);
    this.callback(error, null);
  }
}

/** @param error why the name has no checked addresses */
function asConnectError(error: unknown): Error {
  if (error instanceof ConnectError) return error;
  if (error instanceof ResolutionError)
    return new ConnectError({ kind: 'transport', ...describeResolution(error) }, { cause: error });
  return new LocalFaultError('the resolver is broken', { cause: error });
}
