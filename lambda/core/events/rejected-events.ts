export interface RejectedEvent {
  readonly body: string;
  readonly field: string;
  readonly reason: string;
}

export interface RejectedEvents {
  /**
   * Puts the message into the event queue's dead-letter queue with its reason.
   *
   * @throws PortUnavailable
   */
  deadLetter(rejected: RejectedEvent): Promise<void>;
}
