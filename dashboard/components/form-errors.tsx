import type { ReactNode } from 'react';
import { ApiError, type FieldReason } from '../api/error';
import { ServerSays } from './ServerSays';
import { Untrusted } from './Untrusted';

/** @returns what the server says of a field of a form, or of a field within it, such as `headers.x-key` */
export function fieldSays(error: Error | null, field: string): ReactNode {
  if (!(error instanceof ApiError)) return undefined;
  const found = error.details.find((detail) => isOf(field, detail));
  if (found === undefined) return undefined;
  const within = found.field.slice(field.length + 1);
  return (
    <>
      {within !== '' && (
        <>
          <Untrusted text={within} />:{' '}
        </>
      )}
      <ServerSays {...found.reason} />
    </>
  );
}

/** Whether all that the server says is said beside the fields. */
export function isFieldError(error: Error | null, fields: readonly string[]): boolean {
  return (
    error instanceof ApiError &&
    error.details.length > 0 &&
    error.details.every((detail) => fields.some((field) => isOf(field, detail)))
  );
}

function isOf(field: string, { field: named }: FieldReason): boolean {
  return named === field || named.startsWith(`${field}.`);
}
