/** The connections that are kept: for each tenant and origin a bounded number, and of such pools a bounded number. */
import { Connection } from './connection';
import type { ConnectionGuard, Destination } from './guarded-connect';

/** Something that needs a connection, now or when one is free. */
export interface ConnectionUser {
  /** No longer in need: its time has passed. */
  readonly settled: boolean;
  start(connection: Connection): void;
}

/** The connections of one tenant to one origin, each used by one attempt at a time. */
export class ConnectionPool {
  private readonly connections = new Set<Connection>();
  /** The one used last is used next, so that those not needed grow old and close. */
  private readonly idle: Connection[] = [];
  private waiting: ConnectionUser[] = [];

  constructor(
    private readonly guard: ConnectionGuard,
    private readonly origin: string,
    private readonly destination: Destination,
    private readonly size: number,
  ) {}

  get inUse(): boolean {
    return this.connections.size > this.idle.length || this.waiting.length > 0;
  }

  /** Starts the user with a kept connection, else with a new one, else as soon as one is given back. */
  acquire(user: ConnectionUser): void {
    const kept = this.takeIdle();
    if (kept) user.start(kept);
    else if (this.connections.size < this.size) user.start(this.open());
    else this.waiting.push(user);
  }

  /** Takes back a connection whose exchange is complete. */
  release(connection: Connection): void {
    if (!connection.isFresh(performance.now())) {
      this.discard(connection);
      return;
    }
    const next = this.nextWaiting();
    if (next) next.start(connection);
    else this.idle.push(connection);
  }

  /** Closes a connection that is in an unknown state. */
  discard(connection: Connection): void {
    this.connections.delete(connection);
    connection.destroy();
    const next = this.nextWaiting();
    if (next) next.start(this.open());
  }

  destroy(): void {
    for (const connection of this.connections) connection.destroy();
    this.connections.clear();
    this.idle.length = 0;
    this.waiting = [];
  }

  private open(): Connection {
    const connection = new Connection(this.guard, this.origin, this.destination, (closed) => this.forgetIdle(closed));
    this.connections.add(connection);
    return connection;
  }

  private takeIdle(): Connection | undefined {
    const nowMs = performance.now();
    for (let connection = this.idle.pop(); connection; connection = this.idle.pop()) {
      if (connection.isFresh(nowMs)) return connection;
      this.discard(connection);
    }
    return undefined;
  }

  /** A connection in use that loses its socket is its attempt's affair. */
  private forgetIdle(connection: Connection): void {
    const index = this.idle.indexOf(connection);
    if (index < 0) return;
    this.idle.splice(index, 1);
    this.discard(connection);
  }

  private nextWaiting(): ConnectionUser | undefined {
    let next = this.waiting.shift();
    while (next?.settled) next = this.waiting.shift();
    return next;
  }
}

/** The pools by key; beyond `capacity` those used longest ago are closed, unless an attempt is using them. */
export class ConnectionPools {
  private readonly pools = new Map<string, ConnectionPool>();

  constructor(private readonly capacity: number) {}

  get size(): number {
    return this.pools.size;
  }

  get(key: string, create: () => ConnectionPool): ConnectionPool {
    const known = this.pools.get(key);
    if (known) this.pools.delete(key);
    else this.makeRoom();
    const pool = known ?? create();
    this.pools.set(key, pool); // a Map keeps its keys in the order of insertion: the last is the one used last
    return pool;
  }

  destroy(): void {
    for (const pool of this.pools.values()) pool.destroy();
    this.pools.clear();
  }

  private makeRoom(): void {
    let excess = this.pools.size - this.capacity + 1;
    for (const [key, pool] of this.pools) {
      if (excess <= 0) return;
      if (pool.inUse) continue;
      pool.destroy();
      this.pools.delete(key);
      excess -= 1;
    }
  }
}
