import { parseArgs, type ParseArgsConfig } from 'node:util';
import { UserError } from './user-error';

type Options = NonNullable<ParseArgsConfig['options']>;

/**
 * The command's options; nothing else is allowed on its line.
 * @throws {UserError} that says what is wrong, with the usage
 */
export function parseOptions<const T extends Options>(args: readonly string[], options: T, usage: string) {
  return parseWith({ args: [...args], options, strict: true, allowPositionals: false } as const, usage).values;
}

/** The same for a command that takes arguments without a name. */
export function parseArguments(args: readonly string[], usage: string): readonly string[] {
  return parseWith({ args: [...args], options: {}, strict: true, allowPositionals: true } as const, usage).positionals;
}

function parseWith<const T extends ParseArgsConfig>(config: T, usage: string) {
  try {
    return parseArgs(config);
  } catch (error) {
    // Node's message ends in advice on how to write a positional argument, which is of no use here.
    throw usageError((error as Error).message.split('. To specify')[0] ?? '', usage);
  }
}

export function usageError(message: string, usage: string): UserError {
  return new UserError(`${message.replace(/\.?$/, '.')}\n\n${usage}`);
}

/** A TCP port, where 0 means any free one. */
export function parsePort(option: string, text: string, usage: string): number {
  const port = Number(text);
  if (/^\d{1,5}$/.test(text) && port <= 65_535) return port;
  throw usageError(`${option} takes a port, 0 to 65535, and not "${text}"`, usage);
}

export function parseChoice<T extends string>(option: string, text: string, choices: readonly T[], usage: string): T {
  const choice = choices.find((one) => one === text);
  if (choice !== undefined) return choice;
  throw usageError(`${option} takes ${choices.join(' or ')}, and not "${text}"`, usage);
}

export function required(option: string, value: string | undefined, usage: string): string {
  if (value !== undefined && value !== '') return value;
  throw usageError(`${option} is missing`, usage);
}
