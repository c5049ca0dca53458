import { spawnSync } from 'node:child_process';

/** A program that only some suites need and that set-up does not bring. */
export interface OptionalTool {
  readonly name: string;
  /** Exits with 0 when the tool is there. */
  readonly probe: readonly [string, ...string[]];
  readonly neededFor: string;
  readonly howToGet: string;
}

/** CONTRIBUTING lists the same. A suite that needs one skips itself without it. */
export const OPTIONAL_TOOLS: readonly OptionalTool[] = [
  { name: 'OpenSSL', probe: ['openssl', 'version'], neededFor: 'checking the signature vectors by a second implementation', howToGet: 'sudo apt-get install openssl' },
];

export function missingTools(tools = OPTIONAL_TOOLS): readonly OptionalTool[] {
  return tools.filter(({ probe: [program, ...args] }) => spawnSync(program, args, { stdio: 'ignore' }).status !== 0);
}
