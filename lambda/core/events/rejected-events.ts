import type { Reason } from '../shared/reason';

export interface RejectedEvent {
  readonly body: string;
  readonly field: string;
  readonly reason: Reason;
}

export interface RejectedEvents {
  /**
   * Puts the message into the event queue's dead-letter queue with its reason.
   *
   * @throws PortUnavailable
   */
  deadLetter(rejected: RejectedEvent): Promise<void>;
}
