import type { DeliveryQueue, OutgoingDelivery, RejectedEvent, RejectedEvents, SendResult } from '../../lambda/core/ports';
import { Faults } from './faults';

export class InMemoryDeliveryQueue implements DeliveryQueue {
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

export class InMemoryRejectedEvents implements RejectedEvents {
  readonly faults = new Faults();
  readonly buried: RejectedEvent[] = [];

  bury(rejected: RejectedEvent): Promise<void> {
    return Promise.resolve().then(() => {
      this.faults.check();
      this.buried.push(rejected);
    });
  }
}
