/** Rule 4: the next attempt's message is in its queue before the record says that this attempt was made. */
import { GroupedWriter } from '../shared/grouped-writer';
import { RETRY_WRITE_MARGIN_MS, type RemainingMs } from '../shared/retry-write';
import type { ChainId } from '../shared/identifiers';
import { queueFor } from './queue-choice';
import type { RandomSource } from '../shared/random';
import type { Clock } from '../shared/clock';
import type { DeliveryQueues, SendResult } from './delivery-queues';
import type { DeliveryMessage } from './delivery';

const CHAIN_ID_BYTES = 9;
/** A refused send is tried again in the process this often; then the record owes it. */
const SEND_TRIES = 4;
const FIRST_PAUSE_MS = 100;
/** What waits for the same thing is put back together: one request to SQS for up to ten. */
const MOMENT_MS = 5;
const GROUP = 10;

export function newChain(random: RandomSource): ChainId {
  return Buffer.from(random.bytes(CHAIN_ID_BYTES)).toString('base64url') as ChainId;
}

export class RetryQueue {
  private readonly writer: GroupedWriter<DeliveryMessage, SendResult>;

  /** @param moreMayCome whether other messages of the batch may be put back, too */
  constructor(
    private readonly ports: { readonly clock: Clock; readonly queues: DeliveryQueues },
    tiers: number,
    private readonly remainingMs: RemainingMs,
    moreMayCome: () => boolean,
  ) {
    const { clock, queues } = ports;
    this.writer = new GroupedWriter(
      GROUP,
      async (messages) =>
        (await queues.send(messages.map((message) => ({ message, ...queueFor(message, clock.now(), tiers) })))).map(
          (result) => ({ ok: true, result }),
        ),
      { expectsMore: moreMayCome, wait: () => clock.sleep(MOMENT_MS) },
    );
  }

  /**
   * Without its payload, to the queue that its due time asks for.
   *
   * @returns whether it is known to be there
   */
  async send({ payload: _inline, ...message }: DeliveryMessage): Promise<boolean> {
    const { clock } = this.ports;
    for (let attempt = 1; ; attempt += 1) {
      const result = await this.writer.write(message);
      if (result === 'sent') return true;
      const pause = FIRST_PAUSE_MS * 2 ** (attempt - 1);
      if (result === 'unanswered' || attempt === SEND_TRIES || this.remainingMs() - pause < RETRY_WRITE_MARGIN_MS)
        return false;
      await clock.sleep(pause);
    }
  }
}
