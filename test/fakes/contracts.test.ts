import { deliveryLogContract } from '../contracts/delivery-log.contract';
import { eventStoreContract } from '../contracts/event-store.contract';
import { subscriptionStoreContract } from '../contracts/subscription-store.contract';
import { InMemoryDeliveryLog } from './delivery-log';
import { InMemoryEventStore } from './event-store';
import { InMemorySubscriptionStore } from './subscription-store';

describe('the fake event store', () => eventStoreContract((clock) => new InMemoryEventStore(clock)));
describe('the fake subscription store', () => subscriptionStoreContract(() => new InMemorySubscriptionStore()));
describe('the fake delivery log', () => deliveryLogContract(() => new InMemoryDeliveryLog()));
