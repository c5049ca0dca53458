/** One class a cause. Messages say what was wrong, with which value, and what to do; they never carry a secret. */

/** An event that does not fit the contract: dead-lettered at once, with this reason. */
export class EventRejected extends Error {
  override readonly name = 'EventRejected';
  constructor(
    /** Dotted path of the field at fault, or `body` when there is no field to name. */
    readonly field: string,
    readonly reason: string,
  ) {
    super(`${field}: ${reason}`);
  }
}

/** An event over the contract's size. */
export class EventTooLarge extends EventRejected {}

/**
 * A queue message of ours that this version cannot read: returned to its queue, and so in time to the dead-letter
 * queue.
 */
export class UnreadableMessage extends Error {
  override readonly name = 'UnreadableMessage';
}

/**
 * A stored item that this version cannot read: of a format to come, or damaged. What it belongs to waits; nothing else
 * does.
 */
export class UnreadableItem extends Error {
  override readonly name = 'UnreadableItem';
}

/**
 * A call to a table, queue or store that was refused, throttled or never answered. The work it belonged to can be
 * redone.
 */
export class PortUnavailable extends Error {
  override readonly name = 'PortUnavailable';
  constructor(
    readonly port: string,
    cause: unknown,
  ) {
    super(
      `${port} did not take the call: ${cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)}`,
      { cause },
    );
  }
}

/** The root key ring is not in the shape this version knows, or lacks a key that a sealed secret names. */
export class KeyRingError extends Error {
  override readonly name = 'KeyRingError';
}

/** A sealed secret that does not open: altered, or bound to another tenant or subscription. */
export class UnsealError extends Error {
  override readonly name = 'UnsealError';
}

/** A setting that the construct passed is not one this version knows. */
export class SettingsError extends Error {
  override readonly name = 'SettingsError';
}

/** What a caller asked for cannot be done as asked; the message is for them. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput';
  constructor(
    /** Dotted path of the field at fault, or `body`. */
    readonly field: string,
    readonly reason: string,
  ) {
    super(`${field}: ${reason}`);
  }
}

/** What a caller sent is larger than what is taken. */
export class InputTooLarge extends InvalidInput {}

/** What a caller names is not there, or is another tenant's: the two are not told apart. */
export class NotFound extends Error {
  override readonly name = 'NotFound';
}

/** What a caller asked for does not go with how things stand; the message says what to do first. */
export class Conflict extends Error {
  override readonly name = 'Conflict';
}

/** The caller may not do that, or its tenant's plan does not allow it. */
export class Forbidden extends Error {
  override readonly name = 'Forbidden';
}

/** Too often; again after so many seconds. */
export class RateLimited extends Error {
  override readonly name = 'RateLimited';
  constructor(
    message: string,
    readonly retryAfterSeconds: number,
  ) {
    super(message);
  }
}
