import { describeError, PortUnavailable, RaceLost } from './errors';

/** By the names that the API uses: `tenant_id`, `delivery_id`, `event_id`. */
export type LogFields = Readonly<Record<string, string | number | boolean>>;

/** What operators read. Values never hold a secret or a payload. */
export interface Log {
  warn(message: string, fields: LogFields): void;
  error(message: string, fields: LogFields): void;
}

/** An error as the log shows it. */
export function errorFields(error: unknown): LogFields {
  return error instanceof Error
    ? { error: error.name, reason: error.message }
    : { error: typeof error, reason: describeError(error) };
}

/**
 * A message goes back to its queue. Refused calls and lost races are expected, and their work is done again. Anything
 * else is a fault that an operator has to look at.
 *
 * @param what the message is, such as `delivery`
 */
export function logReturned(log: Log, what: string, error: unknown, fields: LogFields): void {
  const level = error instanceof PortUnavailable || error instanceof RaceLost ? 'warn' : 'error';
  log[level](`${what} returned to the queue`, { ...fields, ...errorFields(error) });
}
