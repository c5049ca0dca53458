/** Reads what a construct wrote for its functions. */
import type * as z from 'zod/mini';
import { SettingsError } from './errors';

/**
 * @param what it is, for errors: an environment variable's name, a file's
 * @param json absent: it is not there
 * @throws SettingsError that names the field at fault
 */
export function parseSettings<T>(what: string, schema: z.ZodMiniType<T>, json: string | undefined): T {
  if (json === undefined) throw new SettingsError(`${what} is missing; deploy the function by its construct`);
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new SettingsError(`${what} is not JSON: ${(error as Error).message}`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const field = issue === undefined || issue.path.length === 0 ? '' : ` ${issue.path.join('.')}:`;
  throw new SettingsError(
    `${what}:${field} ${describeIssue(issue)}; construct and function versions differ, redeploy the stack`,
  );
}

/** The library's own words would be as many bytes again in every bundle. */
function describeIssue(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code === 'unrecognized_keys') return `${issue.keys.join(', ')} is unknown`;
  if (issue?.code === 'invalid_type') return `is not of type ${issue.expected}`;
  return `has an unsupported value (${issue?.code ?? 'unknown'})`;
}
