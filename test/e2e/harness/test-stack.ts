// What the integration, e2e and browser projects share: an emulator of the run's own, found by the tests through one
// environment variable a project.
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startEmulator, type Emulator } from '../../../local/emulator';
import { freePort } from '../../../local/free-port';
import { localFolder } from '../../../local/paths';
import { step } from '../../../local/setup/progress.cjs';
import { abortOnSignals, Interrupted } from '../../../local/shutdown';
import { deploy } from '../../../local/stack';
import { readStackFile, writeStackFile, type LocalStack } from '../../../local/stack-file';
import { startNameServer } from './hostile-names';
import { makeRunFolder } from './run-folder';

export type EmulatorProject = 'integration' | 'e2e' | 'browser';

const STACKS = ['leapocr', 'rekognita'];

interface Run {
  readonly emulator: Emulator;
  readonly folder: string;
  nameServer?: { close(): void };
}

const running = new Map<EmulatorProject, Run>();

const variable = (project: EmulatorProject): string => `CDK_WEBHOOKS_${project.toUpperCase()}_STACK`;

/** Somebody may take the free port before the emulator does; then another one is tried. */
async function startOnFreePort(folder: string, signal: AbortSignal): Promise<Emulator> {
  const attempts = 3;
  for (let attempt = 1; ; attempt++) {
    try {
      return await startEmulator({ port: await freePort(), folder }, signal);
    } catch (error) {
      if (attempt === attempts || signal.aborted) throw error;
    }
  }
}

/** jest just dies of a signal: here the emulator is ended first. (Of a SIGKILL it ends by itself.) */
function endOnSignals(project: EmulatorProject): AbortSignal {
  const { signal } = abortOnSignals();
  signal.addEventListener(
    'abort',
    () => {
      void stopTestStack(project).finally(() =>
        process.exit(signal.reason instanceof Interrupted ? signal.reason.exitStatus : 1),
      );
    },
    { once: true },
  );
  return signal;
}

/**
 * For a project's globalSetup: an emulator, for e2e and browser with our stacks deployed to it and a name server of
 * their own. Nothing is left running when it throws.
 */
export async function startTestStack(project: EmulatorProject): Promise<void> {
  const signal = endOnSignals(project);
  const folder = makeRunFolder(project);
  const shownStep = <T>(label: string, work: () => Promise<T>): Promise<T> => step(label, work);
  const emulator = await shownStep(`Embedded AWS (${project})`, () => startOnFreePort(folder, signal));
  const run: Run = { emulator, folder };
  running.set(project, run);
  const deployStacks = async () => {
    const nameServer = await startNameServer();
    run.nameServer = nameServer;
    return deploy(emulator, {
      stacks: STACKS,
      endpointPolicy: 'development',
      nameServers: [nameServer.server],
      folder,
      step: shownStep,
      signal,
    });
  };
  try {
    const stacks = project === 'integration' ? {} : await deployStacks();
    const { awsEndpointUrl, region, clockFile } = emulator;
    const file = join(folder, 'stack.json');
    writeStackFile({ awsEndpointUrl, region, clockFile, stacks }, file);
    process.env[variable(project)] = file;
  } catch (error) {
    await stopTestStack(project);
    throw error;
  }
}

/** For a project's globalTeardown. The emulator's log, with those of the handlers, stays in .local/test. */
export async function stopTestStack(project: EmulatorProject): Promise<void> {
  const run = running.get(project);
  if (!run) return;
  running.delete(project);
  run.nameServer?.close();
  await run.emulator.stop();
  mkdirSync(join(localFolder, 'test'), { recursive: true });
  copyFileSync(run.emulator.logFile, join(localFolder, 'test', `${project}-emulator.log`));
  rmSync(run.folder, { recursive: true, force: true });
}

/**
 * For tests: where the emulator of the project is, or of the first of several that runs, and what is deployed to it.
 */
export function testStack(...projects: [EmulatorProject, ...EmulatorProject[]]): LocalStack {
  const file = projects.map((project) => process.env[variable(project)]).find((each) => each !== undefined);
  if (file === undefined)
    throw new Error(
      `This test needs the jest project ${projects.join(' or ')}, whose globalSetup starts an emulator: npm ` +
        `test -- ${projects[0]}`,
    );
  return readStackFile(file);
}
