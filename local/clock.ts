import { setTimeout as sleep } from 'node:timers/promises';
import { LambdaClient, paginateListEventSourceMappings } from '@aws-sdk/client-lambda';
import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { clientConfig } from './aws-client';
import { planMove } from './clock-plan';
import { peekQueues, type QueuedMessage } from './queued-messages';
import { tryLock } from './setup/lock.cjs';
import type { LocalStack } from './stack-file';
import { UserError } from './user-error';
import { readClockOffset, virtualNow, writeClockOffset } from './virtual-clock';

/** Longer than the readers of the clock file may be late by (20 ms, local/clock/), so that all see the new time. */
const CLOCK_SEEN_MS = 50;
const POLL_MS = 20;
/** Above the deadline of an attempt (10 s), so that a function which is still at it is not taken for a crashed one. */
const SETTLE_MS = 15_000;
const WAKE_QUEUE = 'cdk-webhooks-local-clock';

export interface MoveOptions {
  /**
   * Real ms to wait for a message that a function has, or should have, taken and that does not go away. Default 15 s.
   */
  readonly settleMs?: number;
  /** Told the virtual seconds passed so far and the messages that have become due. */
  readonly onStep?: (passedSeconds: number, due: readonly QueuedMessage[]) => void;
}

type ClockStack = Pick<LocalStack, 'awsEndpointUrl' | 'region' | 'clockFile'>;

/** Names of the queues that a function consumes. */
async function consumedQueues(stack: ClockStack): Promise<ReadonlySet<string>> {
  const client = new LambdaClient(clientConfig(stack));
  const names = new Set<string>();
  try {
    for await (const page of paginateListEventSourceMappings({ client }, {})) {
      for (const { EventSourceArn: arn = '', State: state } of page.EventSourceMappings ?? []) {
        if (arn.startsWith('arn:aws:sqs:') && state !== 'Disabled') names.add(arn.slice(arn.lastIndexOf(':') + 1));
      }
    }
  } finally {
    client.destroy();
  }
  return names;
}

/**
 * Any message makes the emulator look at once for what has become due, instead of within a second. Nobody reads these.
 */
async function makeWaker(client: SQSClient): Promise<() => Promise<void>> {
  const { QueueUrl } = await client.send(
    new CreateQueueCommand({ QueueName: WAKE_QUEUE, Attributes: { MessageRetentionPeriod: '60' } }),
  );
  return async () => {
    await client.send(new SendMessageCommand({ QueueUrl, MessageBody: 'wake' }));
  };
}

/** Remembers since when each wait lasts. */
class Patience {
  readonly #since = new Map<string, number>();

  constructor(private readonly settleMs: number) {}

  begin(waits: readonly string[]): void {
    for (const wait of waits) {
      if (!this.#since.has(wait)) this.#since.set(wait, performance.now());
    }
  }

  readonly isOver = (wait: string): boolean => performance.now() - (this.#since.get(wait) ?? Infinity) > this.settleMs;
}

async function move(
  stack: ClockStack,
  wake: () => Promise<void>,
  seconds: number,
  { settleMs = SETTLE_MS, onStep }: MoveOptions,
): Promise<void> {
  const consumed = await consumedQueues(stack);
  const patience = new Patience(settleMs);
  let passed = 0;
  for (;;) {
    const messages = (await peekQueues(stack.awsEndpointUrl)).filter(({ queueName }) => consumed.has(queueName));
    const now = virtualNow(stack.clockFile);
    const next = planMove({ messages, now, remaining: seconds - passed, isGivenUp: patience.isOver });
    if (next.kind === 'done') return;
    if (next.kind === 'wait') {
      patience.begin(next.waits);
      await sleep(POLL_MS);
      continue;
    }
    writeClockOffset(stack.clockFile, readClockOffset(stack.clockFile) + next.seconds);
    passed += next.seconds;
    await sleep(CLOCK_SEEN_MS);
    await wake();
    onStep?.(
      passed,
      messages.filter(({ visibleAt }) => visibleAt > now && visibleAt <= now + next.seconds),
    );
  }
}

/**
 * Moves a running local stack's time forward, losing nothing: it goes from one due message to the next, at most 900 s
 * at a time, and lets the functions finish in between. A message whose function crashed or hangs comes back when its
 * visibility timeout has passed in virtual time.
 * @param seconds virtual time to pass
 * @throws {UserError} when something else is moving it
 */
export async function moveClock(stack: ClockStack, seconds: number, options: MoveOptions = {}): Promise<void> {
  const lock = tryLock(`${stack.clockFile}.lock`);
  if (!lock.held)
    throw new UserError(`Process ${lock.holder?.pid ?? 'unknown'} is moving the clock already; wait for it to end.`);
  const client = new SQSClient(clientConfig(stack));
  try {
    await move(stack, await makeWaker(client), seconds, options);
  } finally {
    client.destroy();
    lock.release();
  }
}
