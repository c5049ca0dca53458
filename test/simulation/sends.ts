import { DEFERRAL_MAX_MS } from '../../lambda/core/endpoint/circuit';
import { RATE_WAIT_MAX_MS } from '../../lambda/core/endpoint/rate-limit';
import type { Context } from './context';
import type { Invocation } from './invocation';
import type { DeliveryStory } from './ledger';
import type { SimulatedQueue } from './queues';
import type { DeliveryQueues, OutgoingDelivery, SendResult } from '../../lambda/core/delivery/delivery-queues';
import type { DeliveryMessage } from '../../lambda/core/delivery/delivery-message';

/** AWS, "SendMessageBatch". */
const ENTRIES_OF_A_SEND = 10;
/** An answer that never came is given up after this, by the client. */
const UNANSWERED_MS = 3_000;
const RETRY_AFTER_MAX_MS = 24 * 3600 * 1000;

export type QueueOf = (name: OutgoingDelivery['queue']) => SimulatedQueue;

export class Sends {
  constructor(
    private readonly context: Context,
    private readonly queueOf: QueueOf,
    /** The greatest difference of two functions' clocks. */
    private readonly skewMs: number,
  ) {}

  madeBy(invocation: Invocation): DeliveryQueues {
    return {
      send: async (deliveries) => {
        const groups = Map.groupBy(deliveries, ({ queue }) => this.queueOf(queue));
        const results = new Map<OutgoingDelivery, SendResult>();
        const batches = [...groups].flatMap(([queue, all]) =>
          Array.from({ length: Math.ceil(all.length / ENTRIES_OF_A_SEND) }, (_unused, index) => ({
            queue,
            entries: all.slice(index * ENTRIES_OF_A_SEND, (index + 1) * ENTRIES_OF_A_SEND),
          })),
        );
        await Promise.all(
          batches.map(async ({ queue, entries }) =>
            (await this.sendBatch(invocation, queue, entries)).forEach((result, index) =>
              results.set(entries[index]!, result),
            ),
          ),
        );
        return deliveries.map((delivery) => results.get(delivery)!);
      },
    };
  }

  private sendBatch(
    invocation: Invocation,
    queue: SimulatedQueue,
    entries: readonly OutgoingDelivery[],
  ): Promise<readonly SendResult[]> {
    const { faults } = this.context;
    return new Promise((resolve) => {
      this.context.timeline.after(invocation.latency(), () => {
        if (invocation.over || invocation.mayDie('send')) return;
        const unanswered = faults.strikes('send-unanswered', 0.04);
        const results = entries.map((entry) => this.sendOne(invocation, queue, entry, unanswered));
        if (invocation.mayDie('send')) return;
        this.context.timeline.after(
          unanswered ? UNANSWERED_MS : invocation.latency(),
          () => !invocation.over && resolve(results),
        );
      });
    });
  }

  private sendOne(
    invocation: Invocation,
    queue: SimulatedQueue,
    { message, delaySeconds }: OutgoingDelivery,
    unanswered: boolean,
  ): SendResult {
    const { ledger, random, trace } = this.context;
    const story = ledger.delivery(message);
    if (invocation.isSendRefused() || (unanswered && random.chance(0.3))) {
      trace.say(
        invocation.name,
        () => `its send of ${story.name} k${message.attempt} to ${queue.name} is ${unanswered ? 'lost' : 'refused'}`,
      );
      return unanswered ? 'unanswered' : 'refused';
    }
    this.check(invocation, story, message);
    story.sent ??= { at: this.context.timeline.now, since: invocation.startedAt };
    queue.pushDelivery(message, delaySeconds);
    if (!unanswered) return 'sent';
    // A fan-out that is done again, and a recovery's page, check each delivery's record: their copies need no excuse.
    if (invocation.kind === 'deliver' || invocation.kind === 'wait')
      ledger.excuse(message.deliveryId, 'a send was taken, but not answered');
    trace.say(invocation.name, () => `has no answer to its send of ${story.name} k${message.attempt}`);
    return 'unanswered';
  }

  /** What must be true of every message that waits for an attempt: its due time, its deferrals. */
  private check(invocation: Invocation, story: DeliveryStory, message: DeliveryMessage): void {
    const { ledger, settings, timeline } = this.context;
    const [deferredMs, rateWaitedMs] = [message.deferredMs ?? 0, message.rateWaitedMs ?? 0];
    if (deferredMs + rateWaitedMs > 0) story.deferred = true;
    if (deferredMs > DEFERRAL_MAX_MS) ledger.violate('3', story.name, `deferred for ${deferredMs} ms in all`);
    if (rateWaitedMs > RATE_WAIT_MAX_MS)
      ledger.violate('3', story.name, `waited for ${rateWaitedMs} ms because of a rate limit`);
    if (message.dueAt === undefined || message.attempt === 1 || deferredMs + rateWaitedMs > 0) return;
    const before = story.attempts.findLast(
      (each) => each.by === invocation.name && each.numbers.includes(message.attempt - 1),
    );
    if (before?.endedAt === undefined) return;
    const stepMs = settings.retry.delays[message.attempt - 2]! * 1000;
    const askedMs =
      settings.retry.retryAfter && before.result?.kind === 'answered' ? retryAfterMs(before.result, before.endedAt) : 0;
    const waitMs = message.dueAt - before.endedAt;
    const longestMs =
      Math.max(Math.ceil(stepMs * (1 + settings.retry.jitter)), askedMs) + (timeline.now - before.endedAt);
    // A date has whole seconds, and is read against the function's own clock.
    if (waitMs < Math.max(stepMs, askedMs - 1_000) - this.skewMs)
      ledger.violate(
        '3',
        story.name,
        `attempt ${message.attempt} is due ${waitMs} ms after the one before, and not ${Math.max(stepMs, askedMs)}`,
      );
    if (waitMs > longestMs + this.skewMs)
      ledger.violate(
        '3',
        story.name,
        `attempt ${message.attempt} is due ${waitMs} ms after the one before, and not at most ${longestMs}`,
      );
  }
}

/** RFC 9110, section 10.2.3, on the statuses that the design names. */
function retryAfterMs(
  { status, retryAfter }: { readonly status: number; readonly retryAfter?: string },
  now: number,
): number {
  if (retryAfter === undefined || (status !== 429 && status !== 503)) return 0;
  const waitMs = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - now;
  return Math.min(Math.max(waitMs, 0), RETRY_AFTER_MAX_MS);
}
