import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DEMO_EVENTS, DEMO_TENANT, DEMO_TENANTS, startDemo } from './demo';
import { startEmulator } from './emulator';
import { localFolder } from './paths';
import { openPortal } from './portal-link';
import { say, sayPairs, sayTitle } from './report';
import { claimLocalStack, readRecord, removeRecord, writeRecord } from './running-record';
import { step } from './setup/progress.cjs';
import { deploy } from './stack';
import { removeStackFile, stackNamed, writeStackFile, type LocalStack } from './stack-file';
import type { StartOptions } from './start-options';
import { UserError } from './user-error';
import { virtualNow } from './virtual-clock';

const STACKS = ['leapocr', 'rekognita'];
/** Emptied at each start; its logs stay for a look afterwards. */
const RUN_FOLDER = join(localFolder, 'run');

export function alreadyRunning(pid: number | undefined): UserError {
  const url = readRecord()?.awsEndpointUrl;
  return new UserError(
    'A local stack of this folder is running already (pid ' +
      `${pid ?? 'unknown'}${url === undefined ? '' : `, ${url}`}). End it first: npm run stop`,
  );
}

/** One link a stack; they are good for an hour, and lead to this machine alone. */
async function portalLinks(local: LocalStack): Promise<Record<string, string>> {
  const links = Object.entries(local.stacks).flatMap(([name, stack]) => {
    const tenant = DEMO_TENANTS[name];
    return tenant === undefined
      ? []
      : [openPortal(stack, tenant).then((link) => [`Dashboard, ${name}`, link] as const)];
  });
  return Object.fromEntries(await Promise.all(links));
}

async function sayNextSteps(local: LocalStack, logFile: string): Promise<void> {
  const { apiUrl } = stackNamed(local, 'leapocr');
  sayTitle('\nThe local stack is up');
  sayPairs({
    'AWS endpoint': `${local.awsEndpointUrl}  (any credentials, ${local.region})`,
    'Management API': apiUrl,
    'Demo receiver': `${local.receiverUrl ?? ''}  (${DEMO_TENANT}: ${DEMO_EVENTS.join(', ')})`,
    'Names and URLs': '.local/stack.json',
    Log: logFile,
  });
  sayTitle('\nOpen in a browser, within the hour (npm run -s portal has fresh links)');
  sayPairs(await portalLinks(local));
  sayTitle('\nTry');
  sayPairs({
    'Send an event': `npm run send -- --tenant ${DEMO_TENANT} --type job.failed`,
    'Subscribe an endpoint':
      `npm run subscribe -- --tenant ${DEMO_TENANT} ` + '--url http://127.0.0.1:8080/hook --events job.completed',
    'Move its time': 'npm run clock -- 30m',
    // The key is read from the file: what is printed may be kept as a log.
    'Call the API':
      `curl -H "X-API-KEY: $(node -p "require('./.local/stack.json').stacks.leapocr.operatorApiKey")" ` +
      `${apiUrl}/webhooks/event-types`,
  });
}

/** The resources of one run, given back in the opposite order, whatever happens. */
async function withCleanUp<T>(
  work: (onEnd: (returnToQueue: () => Promise<void> | void) => void) => Promise<T>,
): Promise<T> {
  const stack: (() => Promise<void> | void)[] = [];
  try {
    return await work((returnToQueue) => stack.push(returnToQueue));
  } finally {
    for (const returnToQueue of stack.reverse()) await returnToQueue();
  }
}

function whenAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else
      signal.addEventListener(
        'abort',
        () => {
          resolve();
        },
        { once: true },
      );
  });
}

/**
 * Runs a local stack in this process: emulator, deploy, demo receiver, first delivery; then, unless `options.exit`,
 * until `controller` is aborted. Nothing is left running when it resolves or rejects.
 * @throws {UserError} with what went wrong; the signal's reason when aborted before the first delivery
 */
export async function supervise(options: StartOptions, controller: AbortController): Promise<void> {
  const begun = performance.now();
  const { signal } = controller;
  await withCleanUp(async (onEnd) => {
    const claim = claimLocalStack();
    if (!claim.held) throw alreadyRunning(claim.holder?.pid);
    onEnd(() => {
      claim.release();
    });
    rmSync(RUN_FOLDER, { recursive: true, force: true });
    mkdirSync(RUN_FOLDER, { recursive: true });
    const shownStep = <T>(label: string, work: () => Promise<T>): Promise<T> => step(label, work, process.stdout);

    const emulator = await shownStep('Embedded AWS', () =>
      startEmulator({ port: options.port, folder: RUN_FOLDER, portOption: 'npm start -- --port N' }, signal),
    );
    onEnd(async () => {
      say('\nStopping …');
      await emulator.stop();
      say('Stopped; nothing is left running.');
    });
    writeRecord(emulator.pid, emulator.awsEndpointUrl, false);
    onEnd(removeRecord);
    const demo = await startDemo(options.receiverPort, () => virtualNow(emulator.clockFile));
    onEnd(() => demo.receiver.close());

    const stacks = await deploy(emulator, {
      stacks: STACKS,
      endpointPolicy: options.endpointPolicy,
      folder: RUN_FOLDER,
      step: shownStep,
      signal,
    });
    const local: LocalStack = {
      awsEndpointUrl: emulator.awsEndpointUrl,
      region: emulator.region,
      clockFile: emulator.clockFile,
      receiverUrl: demo.receiver.url,
      stacks,
    };
    writeStackFile(local);
    onEnd(() => {
      removeStackFile();
    });

    if (options.endpointPolicy === 'production') await demo.showRefusal(local);
    else {
      await demo.deliverOnce(local, signal);
      say(`\nFirst verified delivery ${((performance.now() - begun) / 1000).toFixed(1)} s after the start.`);
    }
    if (options.exit) return;
    await sayNextSteps(local, emulator.logFile);
    writeRecord(emulator.pid, emulator.awsEndpointUrl, true); // whoever follows a start in the background stops here
    const dies = emulator.ended.then(() => {
      if (!signal.aborted) throw new UserError(`The embedded AWS ended unexpectedly. Its log: ${emulator.logFile}`);
    });
    await Promise.race([whenAborted(signal), dies]);
  });
}
