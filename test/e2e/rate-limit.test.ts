/** A subscription's rate limit, on the deployed stack: several functions at once, one limit. */
import { randomUUID } from 'node:crypto';
import { eventMessage } from '../builders/event';
import { ManagementClient } from './management-client';
import { Platform } from './platform';
import { Receiver } from './receiver';

jest.setTimeout(120_000);

const platform = new Platform();
const receiver = new Receiver();
const operator = new ManagementClient(platform.stack.apiUrl, platform.stack.operatorApiKey);

beforeAll(() => receiver.listen());
afterAll(() => receiver.close());

const PER_SECOND = 4;
const EVENTS = 40;
/**
 * The limit evens out over two seconds; from its grant to its arrival a request takes up to another, on a busy machine.
 */
const AHEAD_SECONDS = 3;

test(
  'what comes faster than a rate limit arrives in its turn: all of it, each once, and at no time more than the ' +
    'limit',
  async () => {
    const tenant = platform.newTenant();
    const [organization, team] = tenant.split('/');
    const path = `/${randomUUID()}`;
    const webhook = await operator.done<{ id: string; rate_limit: number }>(
      'POST',
      `/organizations/${organization}/teams/${team}/webhooks`,
      { url: receiver.url(path), events: ['job.completed'], rate_limit: PER_SECOND },
    );
    expect(webhook.rate_limit).toBe(PER_SECOND);
    const ids = Array.from({ length: EVENTS }, () => randomUUID());
    await platform.publish(ids.map((id) => eventMessage({ tenant_id: tenant, event_id: id })));

    await receiver.arrived(path, EVENTS, 60_000);
    const arrivals = receiver.at(path);
    expect(arrivals.map(({ headers }) => headers['webhook-id'] as string).sort()).toEqual([...ids].sort());
    const times = arrivals.map(({ virtualAt }) => virtualAt);
    const most = (seconds: number) =>
      Math.max(...times.map((begin) => times.filter((time) => time >= begin && time < begin + seconds).length));
    for (const seconds of [1, 2, 5]) expect(most(seconds)).toBeLessThanOrEqual(PER_SECOND * (seconds + AHEAD_SECONDS));
    await platform.settled(tenant);
    const records = await platform.deliveries(tenant);
    expect(records.map(({ status, attempts }) => `${status} ${attempts}`)).toEqual(
      Array<string>(EVENTS).fill('delivered 1'),
    );
  },
);
