import type { ReceivedEvent } from './received-event';

/** An event of a receiver's source. */
export interface ReceptionKey {
  readonly source: string;
  /** As {@link ReceivedEvent} has it. */
  readonly identity: string;
}

/** `received`: marked. `taken`: by another invocation, until the time given, epoch milliseconds. */
export type Lease =
  { readonly state: 'leased' } | { readonly state: 'received' } | { readonly state: 'taken'; readonly until: number };

/** Which events a receiver has taken. */
export interface Receptions {
  /**
   * Makes the event this owner's until a time, unless it is received or another's. What is past its time counts as
   * absent.
   *
   * @param owner random; who holds the lease already holds it again
   * @param now
   * @param until epoch milliseconds
   * @throws PortUnavailable
   */
  lease(key: ReceptionKey, owner: string, now: number, until: number): Promise<Lease>;
  /**
   * Received, and known as such until a time, epoch milliseconds; nothing, when the lease is another's by now.
   *
   * @throws PortUnavailable
   */
  mark(key: ReceptionKey, owner: string, until: number): Promise<void>;
  /**
   * Gives up the lease, if it is this owner's.
   *
   * @throws PortUnavailable
   */
  free(key: ReceptionKey, owner: string): Promise<void>;
}

/** Where a receiver's events go. */
export interface ReceivedEvents {
  /** Of one message, in bytes of UTF-8. */
  readonly maxBytes: number;
  /**
   * Returns once the target has it.
   *
   * @throws PortUnavailable: it may have it, or not
   */
  send(event: ReceivedEvent): Promise<void>;
}
