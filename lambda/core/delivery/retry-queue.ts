/** Rule 4: the next attempt's message is in its queue before the record says that this attempt was made. */
import { BATCHING_WINDOW_MS, GroupedWriter } from '../shared/grouped-writer';
import { sendWithRetries } from './send-with-retries';
import { RETRY_WRITE_MARGIN_MS, type RemainingMs } from '../shared/retry-write';
import type { ChainId } from '../shared/identifiers';
import { queueFor } from './queue-choice';
import type { RandomSource } from '../shared/random';
import type { Clock } from '../shared/clock';
import type { DeliveryQueues, SendResult } from './delivery-queues';
import type { DeliveryMessage } from './delivery-message';

const CHAIN_ID_BYTES = 9;
/** SendMessageBatch takes ten entries (AWS). Messages of a batch that wait for the same thing share one request. */
const GROUP = 10;

export function newChain(random: RandomSource): ChainId {
  return Buffer.from(random.bytes(CHAIN_ID_BYTES)).toString('base64url') as ChainId;
}

export class RetryQueue {
  private readonly writer: GroupedWriter<DeliveryMessage, SendResult>;

  /** @param expectsMore whether other messages of the batch may be put back, too */
  constructor(
    private readonly ports: { readonly clock: Clock; readonly queues: DeliveryQueues },
    tiers: number,
    private readonly remainingMs: RemainingMs,
    expectsMore: () => boolean,
  ) {
    const { clock, queues } = ports;
    this.writer = new GroupedWriter(
      GROUP,
      async (messages) =>
        (await queues.send(messages.map((message) => ({ message, ...queueFor(message, clock.now(), tiers) })))).map(
          (result) => ({ ok: true, result }),
        ),
      { expectsMore: expectsMore, wait: () => clock.sleep(BATCHING_WINDOW_MS) },
    );
  }

  /**
   * Sends the message without its payload, to the queue that its due time asks for.
   *
   * @returns whether it is known to be there
   */
  async send(message: DeliveryMessage): Promise<boolean> {
    const [result] = await sendWithRetries(
      [{ ...message, payload: undefined }],
      async ([one]) => [await this.writer.write(one!)],
      this.ports.clock,
      (pauseMs) => this.remainingMs() - pauseMs >= RETRY_WRITE_MARGIN_MS,
    );
    return result === 'sent';
  }
}
