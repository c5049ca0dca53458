import { ApiError } from '../api/error';

/** What the server says of one field of a form; of a field within it, such as `headers.x-key`, too. */
export function fieldError(error: Error | null, field: string): string | undefined {
  if (!(error instanceof ApiError)) return undefined;
  return error.details.find((detail) => detail.field === field || detail.field.startsWith(`${field}.`))?.message;
}

/** Whether all that the server says is said beside the fields. */
export function isFieldError(error: Error | null, fields: readonly string[]): boolean {
  return (
    error instanceof ApiError &&
    error.details.length > 0 &&
    error.details.every((detail) =>
      fields.some((field) => detail.field === field || detail.field.startsWith(`${field}.`)),
    )
  );
}
