/**
 * A variable that the stack sets.
 *
 * @throws Error that names the one that is missing
 */
export function environment(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`the environment variable ${name} is not set`);
  return value;
}
