import type { OperationalEvent, OperationalEvents } from '../../lambda/core/delivery/operational-event';
import type { RecoveryStep } from '../../lambda/core/replay/recovery-job';
import { Faults } from './faults';
import type { DeliveryQueues, OutgoingDelivery, SendResult } from '../../lambda/core/delivery/delivery-queues';
import type { RecoveryQueue } from '../../lambda/core/replay/recovery-jobs';
import type { RejectedEvent, RejectedEvents } from '../../lambda/core/events/rejected-events';

export class InMemoryDeliveryQueues implements DeliveryQueues {
  readonly sent: OutgoingDelivery[] = [];
  /** What the next sends answer, one a delivery; `sent` when there is none left. */
  readonly answers: SendResult[] = [];

  send(deliveries: readonly OutgoingDelivery[]): Promise<readonly SendResult[]> {
    return Promise.resolve(
      deliveries.map((delivery) => {
        const answer = this.answers.shift() ?? 'sent';
        if (answer === 'sent') this.sent.push(delivery);
        return answer;
      }),
    );
  }
}

export class InMemoryRecoveryQueue implements RecoveryQueue {
  readonly sent: { readonly step: RecoveryStep; readonly delaySeconds: number }[] = [];
  /** What the next sends answer; `sent` when there is none left. */
  readonly answers: SendResult[] = [];

  send(step: RecoveryStep, delaySeconds: number): Promise<SendResult> {
    const answer = this.answers.shift() ?? 'sent';
    if (answer === 'sent') this.sent.push({ step, delaySeconds });
    return Promise.resolve(answer);
  }
}

export class InMemoryRejectedEvents implements RejectedEvents {
  readonly faults = new Faults();
  readonly buried: RejectedEvent[] = [];

  deadLetter(rejected: RejectedEvent): Promise<void> {
    return Promise.resolve().then(() => {
      this.faults.check();
      this.buried.push(rejected);
    });
  }
}

export class RecordingOperationalEvents implements OperationalEvents {
  readonly faults = new Faults();
  readonly emitted: OperationalEvent[] = [];

  get names(): string[] {
    return this.emitted.map(({ name }) => name);
  }

  emit(events: readonly OperationalEvent[]): Promise<void> {
    return Promise.resolve().then(() => {
      this.faults.check();
      this.emitted.push(...events);
    });
  }
}
