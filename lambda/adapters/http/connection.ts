/**
 * A connection to one origin for one tenant: an undici client, which has one socket at a time, and what an attempt
 * needs to know of it.
 */
import { Client } from 'undici';
import type { AttemptPhase } from '../../core/endpoint/endpoint';
import { GuardedConnect, type ConnectionGuard, type Destination } from './guarded-connect';

/**
 * No socket is used for longer, however busy: a moved endpoint is followed, and a frozen function wakes up to no stale
 * socket.
 */
export const MAX_SOCKET_AGE_MS = 60_000;

/** Of the status line's and headers' bytes; Node's own default (`--max-http-header-size`). */
const MAX_HEADER_BYTES = 16 * 1024;

export class Connection {
  readonly client: Client;
  private connecting: GuardedConnect | undefined;
  private connectedAtMs = 0;

  /** @param onDisconnect when its socket was closed by either side */
  constructor(
    guard: ConnectionGuard,
    origin: string,
    destination: Destination,
    onDisconnect: (connection: Connection) => void,
  ) {
    this.client = new Client(origin, {
      connect: (_options, callback) => {
        this.connecting = new GuardedConnect(guard, destination, (...result) => {
          this.connectedAtMs = performance.now();
          callback(...result);
        });
      },
      allowH2: false,
      pipelining: 1,
      maxHeaderSize: MAX_HEADER_BYTES,
      keepAliveTimeout: MAX_SOCKET_AGE_MS,
      keepAliveMaxTimeout: MAX_SOCKET_AGE_MS,
      headersTimeout: 0, // the attempt has one deadline of its own
      bodyTimeout: 0,
    });
    this.client.on('disconnect', () => onDisconnect(this));
  }

  /** The part of connecting that is under way, or was the last. */
  get phase(): AttemptPhase {
    return this.connecting?.phase ?? 'resolve';
  }

  isFresh(nowMs: number): boolean {
    return nowMs - this.connectedAtMs < MAX_SOCKET_AGE_MS;
  }

  /** Closes at once, in whichever phase. */
  destroy(): void {
    this.connecting?.cancel();
    void this.client.destroy();
  }
}
