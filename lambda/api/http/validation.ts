/** Values against schemas, and what does not fit in words that say what to do. */
import { z } from '@hono/zod-openapi';
import { reason, type Reason } from '../../core/shared/reason';
import { formatReason, parseReason } from '../../core/shared/reason-format';
import { type FieldFault, InvalidRequest } from './errors';

/** The part of a request, for the reason that names an unknown field. */
export type Part = 'query' | 'body';

/** @throws InvalidRequest naming every field at fault */
export function validated<T>(value: unknown, schema: z.ZodType<T>, part: Part): T {
  const parsed = schema.safeParse(value, { error: (issue) => formatReason(describeIssue(issue)) });
  if (parsed.success) return parsed.data;
  const [first, ...others] = parsed.error.issues.flatMap((issue) => faultsOf(issue, part));
  throw new InvalidRequest([first ?? { field: part, reason: reason('unfit') }, ...others]);
}

function faultsOf(issue: z.core.$ZodIssue, part: Part): FieldFault[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    const why = part === 'query' ? reason('not-known-parameter') : reason('not-known');
    return issue.keys.map((key) => ({ field: [...path, key.slice(0, 100)].join('.') || part, reason: why }));
  }
  const field = path.map((each) => each.slice(0, 100)).join('.') || part;
  return [{ field, reason: parseReason(issue.message) }];
}

const OF_ANOTHER_TYPE: Readonly<Record<string, Reason | undefined>> = {
  string: reason('not-a-string'),
  boolean: reason('not-a-boolean'),
  number: reason('not-a-number'),
  int: reason('not-a-whole-number'),
  array: reason('not-a-list'),
  object: reason('not-an-object'),
  record: reason('not-an-object'),
};

/** For what a schema says nothing of its own about. */
function describeIssue(issue: z.core.$ZodRawIssue): Reason {
  switch (issue.code) {
    case 'invalid_type':
      if (issue.input === undefined) return reason('required');
      return OF_ANOTHER_TYPE[issue.expected] ?? reason('unfit');
    case 'invalid_value':
      return issue.input === undefined ? reason('required') : oneOf(issue.values.map(String));
    case 'too_small':
      return reason(TOO_SMALL[issue.origin] ?? 'too-small', { limit: Number(issue.minimum) });
    case 'too_big':
      return reason(TOO_BIG[issue.origin] ?? 'too-large', { limit: Number(issue.maximum) });
    default:
      return reason('unfit');
  }
}

const TOO_SMALL: Readonly<Record<string, 'too-short' | 'too-few' | undefined>> = {
  string: 'too-short',
  array: 'too-few',
};
const TOO_BIG: Readonly<Record<string, 'too-long' | 'too-many' | undefined>> = {
  string: 'too-long',
  array: 'too-many',
};

const VALUES_MAX = 20;

function oneOf(values: readonly string[]): Reason {
  const listed = values.slice(0, VALUES_MAX).join(', ') + (values.length > VALUES_MAX ? ', ...' : '');
  return values.length === 1 ? reason('not-this', { value: listed }) : reason('not-one-of', { values: listed });
}

/**
 * A list of parameters as an object.
 *
 * @throws InvalidRequest for one that is given twice
 */
export function queryObject(query: URLSearchParams): Record<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of query) {
    if (values.has(name)) throw new InvalidRequest([{ field: name.slice(0, 100), reason: reason('repeated') }]);
    values.set(name, value);
  }
  return Object.fromEntries(values);
}
