/** Values against schemas, and what does not fit in words that say what to do. */
import { z } from '@hono/zod-openapi';
import { type ErrorDetail, InvalidRequest } from './errors';

/** What is being read, for what is said of names that it does not know. */
export type Part = 'query' | 'body';

/** @throws InvalidRequest naming every field at fault */
export function validated<T>(value: unknown, schema: z.ZodType<T>, part: Part): T {
  const parsed = schema.safeParse(value, { error: describeIssue });
  if (parsed.success) return parsed.data;
  const [first, ...others] = parsed.error.issues.flatMap((issue) => detailsOf(issue, part));
  throw new InvalidRequest([first ?? { field: part, message: 'does not fit' }, ...others]);
}

function detailsOf(issue: z.core.$ZodIssue, part: Part): ErrorDetail[] {
  const path = issue.path.map(String);
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      field: [...path, key.slice(0, 100)].join('.') || part,
      message: part === 'query' ? 'is not a parameter of this operation' : 'is not a field of this request',
    }));
  }
  return [{ field: path.map((each) => each.slice(0, 100)).join('.') || part, message: issue.message }];
}

const TYPES: Record<string, string> = {
  string: 'a string',
  boolean: 'true or false',
  number: 'a number',
  int: 'a whole number',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** The message for a fault that the schema itself says nothing about. */
function describeIssue(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is required' : `must be ${TYPES[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return issue.input === undefined
        ? 'is required'
        : `must be ${issue.values.length > 1 ? 'one of ' : ''}${listedValues(issue.values.map(String))}`;
    case 'too_small':
      return `must ${amount(issue.origin, 'at least', Number(issue.minimum))}`;
    case 'too_big':
      return `must ${amount(issue.origin, 'at most', Number(issue.maximum))}`;
    default:
      return 'does not fit';
  }
}

function amount(origin: string, bound: string, count: number): string {
  if (origin === 'string') return `have ${bound} ${count} character${count === 1 ? '' : 's'}`;
  if (origin === 'array') return `have ${bound} ${count} entr${count === 1 ? 'y' : 'ies'}`;
  return `be ${bound} ${count}`;
}

const VALUES_MAX = 20;

function listedValues(values: readonly string[]): string {
  return values.slice(0, VALUES_MAX).join(', ') + (values.length > VALUES_MAX ? ', ...' : '');
}

/**
 * A list of parameters as an object.
 *
 * @throws InvalidRequest for one that is given twice
 */
export function queryObject(query: URLSearchParams): Record<string, string> {
  const values = new Map<string, string>();
  for (const [name, value] of query) {
    if (values.has(name)) throw new InvalidRequest([{ field: name.slice(0, 100), message: 'is given more than once' }]);
    values.set(name, value);
  }
  return Object.fromEntries(values);
}
