/**
 * Something that the user can put right: the message says what was wrong and what to do, and is printed without a stack
 * trace.
 */
export class UserError extends Error {
  override readonly name = 'UserError';
}
