/**
 * From a batch of delivery messages to attempts and what follows from them (rules 3 to 6 of the protocol,
 * docs/architecture.md). This file reads the targets of the batch. `turn.ts` decides about one message.
 */
import { targetName, type TenantId } from '../shared/identifiers';
import { logReturned } from '../shared/log';
import type { RemainingMs } from '../shared/retry-write';
import {
  DeliverBatch,
  type DeliverPorts,
  type DeliverSettings,
  type EnvironmentMemory,
  type MessageOutcome,
} from './deliver-batch';
import { type DeliveryMessage, parseDeliveryMessage } from './delivery-message';
import { type BatchTargets, Turn } from './turn';

export type { DeliverPorts, DeliverSettings, EnvironmentMemory, MessageOutcome } from './deliver-batch';

export interface QueuedDelivery {
  readonly messageId: string;
  readonly body: string;
}

export interface DeliverReport {
  readonly outcomes: Readonly<Record<MessageOutcome, number>>;
  /** Latency of each attempt, in milliseconds. */
  readonly latencies: readonly number[];
  readonly circuitsOpened: number;
  /** Failures were not counted, since nearly no endpoint could be reached. */
  readonly ownFaultSuspected: boolean;
  /** Ids of the messages that go back to their queue. */
  readonly returned: readonly string[];
}

/**
 * Never throws because of one message.
 *
 * @param remainingMs of the invocation
 */
export async function deliver(
  queued: readonly QueuedDelivery[],
  remainingMs: RemainingMs,
  settings: DeliverSettings,
  memory: EnvironmentMemory,
  ports: DeliverPorts,
): Promise<DeliverReport> {
  const batch = new DeliverBatch(settings, memory, ports, remainingMs, queued.length);
  const messages = queued.map((each) => parse(each, ports));
  const read = await readTargets(
    messages.filter((message) => message !== undefined),
    settings,
    ports,
  );
  const ended = await Promise.all(
    messages.map(async (message): Promise<MessageOutcome> => {
      if (message === undefined || read === undefined) return 'returned';
      return new Turn(message, read, batch).take();
    }),
  );
  const outcomes = { delivered: 0, retried: 0, failed: 0, cancelled: 0, deferred: 0, dropped: 0, returned: 0 };
  for (const outcome of ended) outcomes[outcome] += 1;
  return {
    outcomes,
    latencies: batch.latencies,
    circuitsOpened: batch.circuits.opened,
    ownFaultSuspected: batch.ownFaultSuspected,
    returned: queued.filter((_each, index) => ended[index] === 'returned').map(({ messageId }) => messageId),
  };
}

function parse({ messageId, body }: QueuedDelivery, { log }: DeliverPorts): DeliveryMessage | undefined {
  try {
    return parseDeliveryMessage(body);
  } catch (error) {
    logReturned(log, 'delivery', error, { message_id: messageId });
    return undefined;
  }
}

/** One strong read of all that the batch's messages go to. Undefined if refused: then the whole batch is returned. */
async function readTargets(
  messages: readonly DeliveryMessage[],
  { plans }: DeliverSettings,
  { subscriptions, log }: DeliverPorts,
): Promise<BatchTargets | undefined> {
  const keys = new Map(messages.map((message) => [targetName(message), message]));
  const accounts = new Set<TenantId>();
  for (const { url, tenantId } of messages) if (url !== undefined || plans !== undefined) accounts.add(tenantId);
  try {
    const asked = [...keys.values()].map(({ tenantId, subscriptionId }) => ({ tenantId, subscriptionId }));
    const found = await subscriptions.read(asked, [...accounts]);
    return {
      targets: new Map([...keys.keys()].map((key, index) => [key, found.subscriptions[index]])),
      accounts: found.accounts,
    };
  } catch (error) {
    logReturned(log, 'delivery', error, { messages: messages.length });
    return undefined;
  }
}
