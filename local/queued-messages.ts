import { z } from 'zod';

/** The emulator's view of every message in every queue: GET /_ministack/sqs/messages (ministack/app.py, 1.5.33). */
const peek = z.object({
  messages: z.record(
    z.string(),
    z.record(
      z.string(),
      z.record(
        z.string(),
        z.array(
          z.looseObject({
            MessageId: z.string(),
            Body: z.string(),
            /** Seconds since 1970 of virtual time, rounded down; a message is in flight or delayed until then. */
            VisibleAt: z.number(),
            ReceiveCount: z.number(),
            Attributes: z.looseObject({ SentTimestamp: z.string().optional() }),
            MessageAttributes: z.record(z.string(), z.looseObject({ StringValue: z.string().optional() })),
          }),
        ),
      ),
    ),
  ),
});

export interface QueuedMessage {
  readonly id: string;
  readonly queueName: string;
  /** When it can be received, in seconds since 1970 of virtual time; at most 1 s late, never early. */
  readonly visibleAt: number;
  /** 0: never received, so that it is delayed when it is not visible. Otherwise it is in flight then. */
  readonly receiveCount: number;
  readonly body: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * A delay is whole seconds, so a message never received becomes visible at the same fraction of a second as it was
 * sent; of others only the second is known.
 */
function visibleAt(second: number, receiveCount: number, sentMs: string | undefined): number {
  if (receiveCount > 0 || sentMs === undefined) return second + 1;
  return second + ((Number(sentMs) % 1000) + 1) / 1000;
}

/** @throws {z.ZodError} when the emulator's answer has another shape than 1.5.33's */
export function parsePeek(answer: unknown): readonly QueuedMessage[] {
  return Object.values(peek.parse(answer).messages)
    .flatMap((regions) => Object.values(regions))
    .flatMap((queues) =>
      Object.entries(queues).flatMap(([url, messages]) =>
        messages.map((message) => ({
          id: message.MessageId,
          queueName: url.slice(url.lastIndexOf('/') + 1),
          visibleAt: visibleAt(message.VisibleAt, message.ReceiveCount, message.Attributes.SentTimestamp),
          receiveCount: message.ReceiveCount,
          body: message.Body,
          attributes: Object.fromEntries(
            Object.entries(message.MessageAttributes).map(([name, { StringValue }]) => [name, StringValue ?? '']),
          ),
        })),
      ),
    );
}

/** All messages in all queues, without receiving any. */
export async function peekQueues(awsEndpointUrl: string): Promise<readonly QueuedMessage[]> {
  const answer = await fetch(`${awsEndpointUrl}/_ministack/sqs/messages`, { signal: AbortSignal.timeout(30_000) });
  if (!answer.ok) throw new Error(`${answer.url} answered ${answer.status}: ${await answer.text()}`);
  return parsePeek(await answer.json());
}
