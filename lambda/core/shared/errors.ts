/** One class a cause. Messages say what was wrong, with which value, and what to do; they never carry a secret. */

import { fieldFaultText, type Reason, reasonText } from './reason';

/** An event that does not fit the contract: dead-lettered at once, with this reason. */
export class EventRejected extends Error {
  override readonly name = 'EventRejected';
  constructor(
    /** Dotted path of the field at fault, or `body` when there is no field to name. */
    readonly field: string,
    readonly reason: Reason,
  ) {
    super(`${field}: ${fieldFaultText(reason)}`);
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
    super(`call to the ${port} failed: ${describeError(cause)}`, { cause });
  }
}

/**
 * Another write came first, so this one has to be decided again. Nothing is wrong with the service. The work that it
 * belonged to can be redone.
 */
export class RaceLost extends Error {
  override readonly name = 'RaceLost';
}

/** An error by its name and message. Any other value that was thrown, as text. */
export function describeError(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
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

/** What a caller asked for cannot be done. The reason is for them. */
export abstract class Refusal extends Error {
  constructor(readonly reason: Reason) {
    super(reasonText(reason));
  }
}

/** A field has a value that is not allowed. */
export class InvalidInput extends Refusal {
  override readonly name = 'InvalidInput';
  constructor(
    /** Dotted path of the field at fault, or `body`. */
    readonly field: string,
    reason: Reason,
  ) {
    super(reason);
    this.message = `${field}: ${this.message}`;
  }
}

/** What a caller sent is larger than what is accepted. */
export class InputTooLarge extends InvalidInput {}

/** What a caller names does not exist, or belongs to another tenant: the two are not told apart. */
export class NotFound extends Refusal {
  override readonly name = 'NotFound';
}

/** The request does not fit the present state. The reason says what to do first. */
export class Conflict extends Refusal {
  override readonly name = 'Conflict';
}

/** The caller may not do that, or its tenant's plan does not allow it. */
export class Forbidden extends Refusal {
  override readonly name = 'Forbidden';
}

/** Too often. The caller may try again after so many seconds. */
export class RateLimited extends Refusal {
  override readonly name = 'RateLimited';
  constructor(
    reason: Reason,
    readonly retryAfterSeconds: number,
  ) {
    super(reason);
  }
}
