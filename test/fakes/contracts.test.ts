import { circuitStoreContract } from '../contracts/circuit-store.contract';
import { deliveryHistoryContract } from '../contracts/delivery-history.contract';
import { deliveryLogContract } from '../contracts/delivery-log.contract';
import { deliveryRatesContract } from '../contracts/delivery-rates.contract';
import { eventStoreContract } from '../contracts/event-store.contract';
import { failureCounterContract } from '../contracts/failure-counter.contract';
import { figuresContract } from '../contracts/figures.contract';
import { rateLimitsContract } from '../contracts/rate-limits.contract';
import { receptionsContract } from '../contracts/receptions.contract';
import { recoveryJobsContract } from '../contracts/recovery-jobs.contract';
import { subscriptionStoreContract } from '../contracts/subscription-store.contract';
import { InMemoryDeliveryHistory } from './delivery-history';
import { InMemoryDeliveryLog } from './delivery-log';
import { InMemoryEventStore } from './event-store';
import { InMemoryFigures } from './figures';
import { InMemoryRateLimits } from './rate-limits';
import { InMemoryReceptions } from './receptions';
import { InMemoryRecoveryJobs } from './recovery-jobs';
import { InMemorySubscriptionStore } from './subscription-store';

describe('the fake event store', () => eventStoreContract((clock) => new InMemoryEventStore(clock)));
describe('the fake subscription store', () => subscriptionStoreContract(() => new InMemorySubscriptionStore()));
describe('the fake delivery log', () => deliveryLogContract(() => new InMemoryDeliveryLog()));
describe('the fake delivery history', () =>
  deliveryHistoryContract((clock) => {
    const deliveries = new InMemoryDeliveryLog();
    return { history: new InMemoryDeliveryHistory(deliveries, clock), deliveries };
  }));
describe('the fake store of recoveries', () => recoveryJobsContract(() => new InMemoryRecoveryJobs()));
describe('the fake figures', () => figuresContract(() => new InMemoryFigures()));
describe('the fake store of receptions', () => receptionsContract(() => new InMemoryReceptions()));
describe('the fake limits', () => rateLimitsContract((clock) => new InMemoryRateLimits(clock)));
describe('the fake counter of failures', () =>
  failureCounterContract(() => {
    const deliveries = new InMemoryDeliveryLog();
    const subscriptions = new InMemorySubscriptionStore(deliveries);
    return { failures: subscriptions, subscriptions, deliveries };
  }));
describe('the fake rate limits', () =>
  deliveryRatesContract(() => {
    const subscriptions = new InMemorySubscriptionStore();
    return { rates: subscriptions, subscriptions };
  }));
describe('the fake store of circuits', () =>
  circuitStoreContract(() => {
    const subscriptions = new InMemorySubscriptionStore();
    return { circuits: subscriptions, subscriptions };
  }));
