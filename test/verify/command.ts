import { spawnSync } from 'node:child_process';
import { delimiter } from 'node:path';
import { binFolder } from '../../local/paths';

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** For its standard input. */
  readonly input?: string;
}

/**
 * For what the examples and the languages' own tests are started with: this project's Node.js first on PATH, Go without
 * network and C.
 */
export function environment(more: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  return {
    ...process.env,
    PATH: [binFolder, process.env.PATH].join(delimiter),
    GOPROXY: 'off',
    GOTOOLCHAIN: 'local',
    GOFLAGS: '',
    CGO_ENABLED: '0',
    DENO_NO_UPDATE_CHECK: '1',
    npm_config_update_notifier: 'false',
    PYTHONDONTWRITEBYTECODE: '1',
    ...more,
  };
}

/**
 * @returns what it printed
 * @throws with all that it printed, unless it ended well
 */
export function run(command: string, args: readonly string[], { cwd, env, input }: CommandOptions = {}): string {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    cwd,
    env: environment(env),
    input,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${status}\n${stdout}\n${stderr}`);
  return stdout;
}
