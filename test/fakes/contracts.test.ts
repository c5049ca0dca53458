import { circuitStoreContract } from '../contracts/circuit-store.contract';
import { deliveryLogContract } from '../contracts/delivery-log.contract';
import { eventStoreContract } from '../contracts/event-store.contract';
import { failureCounterContract } from '../contracts/failure-counter.contract';
import { subscriptionStoreContract } from '../contracts/subscription-store.contract';
import { InMemoryDeliveryLog } from './delivery-log';
import { InMemoryEventStore } from './event-store';
import { InMemorySubscriptionStore } from './subscription-store';

describe('the fake event store', () => eventStoreContract((clock) => new InMemoryEventStore(clock)));
describe('the fake subscription store', () => subscriptionStoreContract(() => new InMemorySubscriptionStore()));
describe('the fake delivery log', () => deliveryLogContract(() => new InMemoryDeliveryLog()));
describe('the fake counter of failures', () =>
  failureCounterContract(() => {
    const deliveries = new InMemoryDeliveryLog();
    const subscriptions = new InMemorySubscriptionStore(deliveries);
    return { failures: subscriptions, subscriptions, deliveries };
  }));
describe('the fake store of circuits', () =>
  circuitStoreContract(() => {
    const subscriptions = new InMemorySubscriptionStore();
    return { circuits: subscriptions, subscriptions };
  }));
