import { API_PREFIX, type Operation } from './operation';
import { tenantOf } from './tenant-path';

/** @returns the methods of a path, with HEAD where there is GET. A path that does not exist has none. */
export function allowedMethods(path: string, operations: readonly Operation[]): string[] {
  const methods = new Set(
    operations.filter((operation) => isPathOf(operation, path)).map(({ method }) => method.toUpperCase()),
  );
  if (methods.has('GET')) methods.add('HEAD');
  return [...methods].sort();
}

function isPathOf({ path: template, params: schema, tenant }: Operation, path: string): boolean {
  const [names, values] = [(API_PREFIX + template).split('/'), path.split('/')];
  if (names.length !== values.length) return false;
  const params: Record<string, string> = {};
  for (const [index, name] of names.entries()) {
    const value = decodedPart(values[index]!);
    if (name.startsWith('{')) params[name.slice(1, -1)] = value;
    else if (name !== value) return false;
  }
  return schema.safeParse(params).success && (tenant === undefined || tenantOf(tenant, params) !== undefined);
}

function decodedPart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part; // what no id has
  }
}
