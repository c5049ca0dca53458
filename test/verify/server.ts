/** A server of an example, in a process of its own on 127.0.0.1. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { freePort } from '../../local/free-port';
import { environment } from './command';

/** Between two tries to connect to a server that is starting. */
const TRY_AGAIN_MS = 25;

export interface Server {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/**
 * @returns when it takes connections
 * @throws with what it printed, when it ends before
 */
export async function serve(
  command: string,
  args: (port: number) => readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<Server> {
  const port = await freePort();
  const child = spawn(command, args(port), {
    cwd,
    env: environment({ ...env, PORT: String(port) }),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const printed: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => printed.push(chunk));
  let broken: Error | undefined;
  child.once('error', (error) => {
    broken = error;
  });
  while (!(await takesConnections(port))) {
    if (broken !== undefined || hasEnded(child))
      throw new Error(
        `${command} ${args(port).join(' ')} does not serve: ` +
          `${broken?.message ?? ''}\n${Buffer.concat(printed).toString()}`,
      );
    await setTimeout(TRY_AGAIN_MS);
  }
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      if (hasEnded(child)) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

function hasEnded({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode !== null || signalCode !== null;
}

function takesConnections(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
