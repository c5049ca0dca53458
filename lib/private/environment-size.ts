import { Stack } from 'aws-cdk-lib';

/** A function's environment holds 4 KB in all (AWS, "Lambda quotas"). */
export const ENVIRONMENT_MAX_BYTES = 4 * 1024;
/**
 * A name, URL or ARN that is known at deploy only. The longest usual one is a queue's URL with 140, a table's name is
 * half of that.
 */
const REFERENCE_BYTES = 120;

/** About how many bytes an environment takes. */
export function environmentBytes(stack: Stack, environment: { [name: string]: string }): number {
  return Object.entries(environment).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + bytesOf(stack.resolve(value)),
    0,
  );
}

function bytesOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  const join = (value as { 'Fn::Join'?: [string, unknown[]] })['Fn::Join'];
  return join === undefined ? REFERENCE_BYTES : join[1].reduce<number>((sum, part) => sum + bytesOf(part), 0);
}
