import type { SubscriptionKey } from '../shared/identifiers';
import type { RecoveryJob, RecoveryStep } from './recovery-job';
import type { SendResult } from '../delivery/delivery-queues';

/** The current or last recovery of each subscription. */
export interface RecoveryJobs {
  /**
   * Read strongly.
   *
   * @throws PortUnavailable, UnreadableItem
   */
  read(key: SubscriptionKey): Promise<RecoveryJob | undefined>;
  /**
   * Puts a job if what stands there is still what was seen; false when not.
   *
   * @param seen absent: there was none
   * @throws PortUnavailable
   */
  start(job: RecoveryJob, seen: RecoveryJob | undefined): Promise<boolean>;
  /**
   * Moves a running job on; false when it has moved, or ended, or another has taken its place. True also when this very
   * write is there already, from a try whose answer was lost.
   *
   * @param by names this write: random
   * @throws PortUnavailable
   */
  advance(seen: RecoveryJob, to: RecoveryJob, by: string): Promise<boolean>;
  /**
   * Takes back a job whose first page is not done; false when it is, and the job goes on.
   *
   * @throws PortUnavailable
   */
  remove(job: RecoveryJob): Promise<boolean>;
}

/** The queue of the recovery function: one message is one page. */
export interface RecoveryQueue {
  /**
   * Never throws for what the queue did, and never repeats a send by itself.
   *
   * @param delaySeconds 0 to 900
   */
  send(step: RecoveryStep, delaySeconds: number): Promise<SendResult>;
}
