// Starts DynamoDB Local: its jars from Maven, once, then a process on a free port of 127.0.0.1.
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, mkdirSync, openSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { localFolder } from '../../../local/paths';
import { CommandFailed, endProcessGroup, runCommand } from '../../../local/process-group';
import { lastLines } from '../../../local/setup/network.cjs';
import { hashOf } from '../../../local/setup/stamp.cjs';

export interface DynamoDbLocal {
  readonly endpoint: string;
  stop(): Promise<void>;
}

const LOGS = join(localFolder, 'test');
/** 50 MB, 15 s where the registry is near. */
const RESOLVE_LIMIT_MS = 300_000;
/** It is there after 2 s, of which one compiles its launcher. */
const START_LIMIT_MS = 60_000;

/** The folder with the jars of pom.xml: made whole or not at all, and once for each content of it. */
async function jars(signal?: AbortSignal): Promise<string> {
  const pom = join(__dirname, 'pom.xml');
  const folder = join(localFolder, 'dynamodb-local', hashOf([pom]).slice(0, 16));
  if (existsSync(folder)) return folder;
  const draft = `${folder}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  try {
    await runCommand(
      'mvn',
      ['--batch-mode', '--quiet', '--file', pom, 'dependency:copy-dependencies', `-DoutputDirectory=${draft}`],
      {
        cwd: draft,
        env: process.env,
        logFile: join(LOGS, 'dynamodb-local-maven.log'),
        timeLimitMs: RESOLVE_LIMIT_MS,
        ...(signal !== undefined && { signal }),
      },
    );
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (existsSync(folder)) return folder; // another run was first
    if (error instanceof CommandFailed)
      throw new Error(`Maven could not get DynamoDB Local: ${error.message}\n${lastLines(error.output)}`, {
        cause: error,
      });
    throw error;
  }
  return folder;
}

/** The port that it says it listens on. */
function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => {
      reject(new Error(`it did not start within ${START_LIMIT_MS / 1000} s`));
    }, START_LIMIT_MS);
    const settle = (end: () => void): void => {
      clearTimeout(limit);
      end();
    };
    child.once('error', (error) => {
      settle(() => {
        reject(error);
      });
    });
    child.once('exit', (code, by) => {
      settle(() => {
        reject(new Error(`it ended with ${by ?? `status ${code}`}`));
      });
    });
    createInterface({ input: child.stdout! }).on('line', (line) => {
      const port = /^port (\d+)$/.exec(line)?.[1];
      if (port !== undefined)
        settle(() => {
          resolve(Number(port));
        });
    });
  });
}

/** @throws Error with what Maven or Java said; nothing is left running then */
export async function startDynamoDbLocal(signal?: AbortSignal): Promise<DynamoDbLocal> {
  const folder = await jars(signal);
  const logFile = join(LOGS, 'dynamodb-local.log');
  mkdirSync(LOGS, { recursive: true });
  const log = openSync(logFile, 'w');
  // Its standard input is a pipe from here: it ends when this process does.
  const child = spawn(
    'java',
    [`-Dsqlite4java.library.path=${folder}`, '-cp', join(folder, '*'), join(__dirname, 'LoopbackDynamoDb.java')],
    { cwd: folder, detached: true, stdio: ['pipe', 'pipe', log] },
  );
  closeSync(log);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      resolve();
    });
    child.once('error', () => {
      resolve();
    });
  });
  const stop = async (): Promise<void> => {
    if (child.pid !== undefined) await endProcessGroup(child.pid);
    await ended;
  };
  try {
    return { endpoint: `http://127.0.0.1:${await portOf(child)}`, stop };
  } catch (error) {
    await stop();
    throw new Error(`DynamoDB Local did not start: ${(error as Error).message}. Its log: ${logFile}`, { cause: error });
  }
}
