/** Two tenants use the API as they like, each reaching for what is the other's, and neither ever sees a trace of it. */
import { reason } from '../../../lambda/core/shared/reason';
import * as fc from 'fast-check';
import { publicDeliveryId, type EventId, type TenantId, urlTarget } from '../../../lambda/core/shared/identifiers';
import {
  type Answer,
  type CallOptions,
  type Harness,
  OTHER,
  recordDelivery,
  setUp,
  TENANT,
  tenantPathOf,
} from '../harness';

/** In every field that a tenant can fill: its answers may hold its own, and never the other's. */
const MARKERS = ['alpha7f3a', 'omega9c1d'] as const;
const TENANTS: readonly TenantId[] = [TENANT, OTHER];
/** Event ids are a tenant's own: both use the same. */
const EVENT_IDS = ['event-1', 'event-2', 'event-3'];
const ALL_SCOPES = ['webhooks:read', 'webhooks:write', 'webhooks:secrets', 'events:write'];

const STEPS = [
  'create',
  'checkUrl',
  'list',
  'read',
  'update',
  'delete',
  'regenerate',
  'test',
  'health',
  'recover',
  'recovery',
  'deliveries',
  'deliveriesOfUrl',
  'deliveriesOfEvent',
  'followCursor',
  'delivery',
  'payload',
  'payloadOfDelivery',
  'retry',
  'stats',
  'origins',
  'accountSecret',
  'regenerateAccountSecret',
  'publish',
  'publishAsOther',
  'othersPath',
  'deliver',
  'deliverToUrl',
] as const;

interface Step {
  readonly who: 0 | 1;
  readonly what: (typeof STEPS)[number];
  /** Whether it reaches for the other's. */
  readonly reach: boolean;
  readonly pick: number;
}

const steps = fc.array(
  fc.record({
    who: fc.constantFrom(0 as const, 1 as const),
    what: fc.constantFrom(...STEPS),
    reach: fc.boolean(),
    pick: fc.nat(100),
  }),
  { minLength: 10, maxLength: 60 },
);

/** What one tenant has been told of: ids of its things, which the other may know and try, too. */
interface Known {
  readonly webhooks: string[];
  readonly deliveries: string[];
  /** With the query that each was given for. */
  readonly cursors: string[];
  /** Its signing secrets, which only it may ever see. */
  readonly secrets: string[];
}

class World {
  readonly api: Harness = setUp({ auth: { lambda: { functionName: 'credentials', cacheSeconds: 60 } } });
  readonly known: readonly Known[] = MARKERS.map(() => ({ webhooks: [], deliveries: [], cursors: [], secrets: [] }));

  constructor() {
    MARKERS.forEach((marker, index) =>
      this.api.credentialFunction.known.set(marker, {
        tenant_id: TENANTS[index],
        user_id: `user-${marker}`,
        scopes: ALL_SCOPES,
      }),
    );
  }

  async take({ who, what, reach, pick }: Step): Promise<void> {
    this.api.clock.advance(1000);
    const of = reach ? 1 - who : who;
    const one = (from: 'webhooks' | 'deliveries' | 'cursors') =>
      this.known[of]![from][pick % Math.max(1, this.known[of]![from].length)];
    const webhook = one('webhooks') ?? '0199d1c2-7f1a-7c3e-9a55-3f0c2b7d4e10';
    const delivery = one('deliveries') ?? `dlv_${'A'.repeat(43)}`;
    const marker = MARKERS[who];
    const event = EVENT_IDS[pick % EVENT_IDS.length]!;
    const call = (method: string, path: string, options: CallOptions = {}) =>
      this.call(who, method, tenantPathOf(TENANTS[who]!) + path, options);
    const fields = {
      url: `https://${marker}.example.com/${marker}`,
      description: marker,
      headers: { [`x-${marker}`]: marker },
    };
    const newEvent = (changes: object = {}) => ({
      event_id: event,
      event_type: 'job.completed',
      payload: { text: marker },
      webhook_url: `https://${marker}.example.com/e`,
      ...changes,
    });
    switch (what) {
      case 'create':
        await call('POST', '/webhooks', { body: { ...fields, events: ['job.completed'] } });
        return;
      case 'checkUrl':
        await call('POST', '/webhooks/check-url', { body: { url: fields.url } });
        return;
      case 'list':
        await call('GET', '/webhooks', { query: `limit=${1 + (pick % 3)}` });
        return;
      case 'read':
        await call('GET', `/webhooks/${webhook}`);
        return;
      case 'update':
        await call('PUT', `/webhooks/${webhook}`, {
          body: { ...fields, events: ['job.failed'], enabled: pick % 4 > 0 },
        });
        return;
      case 'delete':
        if (pick % 2 === 0) await call('DELETE', `/webhooks/${webhook}`);
        return;
      case 'regenerate':
        await call('POST', `/webhooks/${webhook}/regenerate-secret`, { body: { overlap_seconds: pick } });
        return;
      case 'test':
        await call('POST', `/webhooks/${webhook}/test`);
        return;
      case 'health':
        await call('GET', `/webhooks/${webhook}/health`);
        return;
      case 'recover':
        await call('POST', `/webhooks/${webhook}/recoveries`, { body: { since: '2026-03-19T00:00:00Z' } });
        return;
      case 'recovery':
        await call('GET', `/webhooks/${webhook}/recoveries`);
        return;
      case 'deliveries':
        await call('GET', '/webhooks/events', { query: `subscription_id=${webhook}&limit=1` });
        return;
      case 'deliveriesOfUrl':
        await call('GET', '/webhooks/events', {
          query: `subscription_id=${urlTarget(`https://${MARKERS[of as 0 | 1]}.example.com/`)}&limit=1`,
        });
        return;
      case 'deliveriesOfEvent':
        await call('GET', `/webhooks/events/${event}/deliveries`, { query: 'limit=1' });
        return;
      case 'followCursor':
        await call('GET', '/webhooks/events', { query: one('cursors') ?? `subscription_id=${webhook}` });
        return;
      case 'delivery':
        await call('GET', `/webhooks/events/${delivery}`);
        return;
      case 'payload':
        await call('GET', `/webhooks/events/${event}/payload`);
        return;
      case 'payloadOfDelivery':
        await call('GET', `/webhooks/events/${delivery}/payload`);
        return;
      case 'retry':
        await call('POST', `/webhooks/events/${delivery}/retry`);
        return;
      case 'stats':
        await call('GET', '/webhooks/stats', { query: `subscription_id=${webhook}` });
        return;
      case 'origins':
        await call('GET', '/webhooks/origins', { query: 'limit=1' });
        return;
      case 'accountSecret':
        await call('GET', '/webhooks/account-secret');
        return;
      case 'regenerateAccountSecret':
        await call('POST', '/webhooks/account-secret/regenerate');
        return;
      case 'publish':
        await call('POST', '/events', { body: newEvent() });
        return;
      case 'publishAsOther':
        expect((await call('POST', '/events', { body: newEvent({ tenant_id: TENANTS[1 - who] }) })).status).toBe(400);
        return;
      case 'othersPath': {
        const others = tenantPathOf(TENANTS[1 - who]!);
        const paths = [
          '/webhooks',
          `/webhooks/${webhook}`,
          `/webhooks/events/${delivery}`,
          `/webhooks/events/${event}/payload`,
          '/webhooks/origins',
          '/webhooks/stats',
          '/webhooks/account-secret',
        ];
        expect((await this.call(who, 'GET', others + paths[pick % paths.length]!)).status).toBe(404);
        return;
      }
      case 'deliver':
        if (
          this.api.subscriptions.subscriptions.some(({ id, tenantId }) => id === webhook && tenantId === TENANTS[who])
        )
          await this.deliver(who, event, { subscriptionId: webhook });
        return;
      case 'deliverToUrl':
        await this.deliver(who, `${event}-url`, { url: `https://${marker}.example.com/${marker}` });
        return;
    }
  }

  /** What dispatch, deliver and the figures come to. */
  private async deliver(
    who: 0 | 1,
    eventId: string,
    target: { subscriptionId: string } | { url: string },
  ): Promise<void> {
    const [marker, tenantId] = [MARKERS[who], TENANTS[who]!];
    const history = [{ at: this.api.clock.now(), latencyMs: 1, status: 503, answer: marker }];
    const record = await recordDelivery(this.api, tenantId, target, {
      eventId: eventId as EventId,
      payload: JSON.stringify({ text: marker }),
      history,
      url: `https://${marker}.example.com/${marker}`,
      reason: reason('not-json-detail', { detail: marker }),
    });
    const origin = `https://${marker}.example.com`;
    await this.api.figures.apply({
      kind: 'origin',
      tenantId,
      target: urlTarget(origin),
      origin,
      at: this.api.clock.now(),
    });
    this.known[who]!.deliveries.push(publicDeliveryId(record));
  }

  private async call(who: 0 | 1, method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    const answer = await this.api.call(method, path, { ...options, key: MARKERS[who] });
    const [own, other] = [this.known[who]!, this.known[1 - who]!];
    const traces = [
      MARKERS[1 - who]!,
      TENANTS[1 - who]!,
      TENANTS[1 - who]!.split('/')[0]!,
      ...other.secrets,
      ...other.webhooks,
      ...other.deliveries,
    ];
    expect({ request: `${method} ${path}`, traces: traces.filter((trace) => answer.text.includes(trace)) }).toEqual({
      request: `${method} ${path}`,
      traces: [],
    });
    this.learn(own, answer, options.query);
    return answer;
  }

  private learn(own: Known, { json }: Answer, query: string | undefined): void {
    const {
      id,
      url,
      secret,
      next_cursor: cursor,
    } = (json ?? {}) as { id?: string; url?: string; secret?: string; next_cursor?: string };
    if (url !== undefined && id !== undefined && !own.webhooks.includes(id)) own.webhooks.push(id);
    if (id?.startsWith('dl')) own.deliveries.push(id);
    if (secret !== undefined) own.secrets.push(secret);
    if (cursor !== undefined && query !== undefined)
      own.cursors.push(`${query.replace(/&cursor=.*/, '')}&cursor=${cursor}`);
  }

  /** What is kept and sent of each is its own. */
  checkState(): void {
    const { subscriptions, deliveries, publisher, endpoint, queues, audit } = this.api;
    const kept = [
      ...subscriptions.subscriptions,
      ...deliveries.records,
      ...publisher.published,
      ...endpoint.requests,
      ...queues.sent.map(({ message }) => message),
      ...audit,
    ];
    for (const item of kept) {
      const who = TENANTS.indexOf(item.tenantId as TenantId);
      const text =
        'body' in item
          ? `${item.url} ${Buffer.from(item.body).toString()} ${JSON.stringify(item.headers)}`
          : JSON.stringify(item);
      expect(who).toBeGreaterThanOrEqual(0);
      for (const trace of [MARKERS[1 - who]!, TENANTS[1 - who]!]) expect(text).not.toContain(trace);
    }
  }
}

test('neither tenant sees a trace of the other, or leaves one there', async () => {
  const met = new Set<string>();
  await fc.assert(
    fc.asyncProperty(steps, async (sequence) => {
      const world = new World();
      const first = ([0, 1] as const).flatMap((who) =>
        (['create', 'deliver'] as const).map((what) => ({ who, what, reach: false, pick: 0 })),
      );
      for (const step of [...first, ...sequence]) await world.take(step);
      world.checkState();
      for (const { route, method, status } of world.api.lines)
        met.add(`${method} ${route} ${status < 300 ? 'ok' : 'refused'}`);
    }),
    { seed: 20260319, numRuns: 150 },
  );
  // The sequences are worth something: every operation of a tenant came to its success, and every one with an id was
  // refused, too.
  const { operations } = setUp();
  const ofTenants = operations.filter(({ tenant, id }) => tenant !== undefined && !['getPlan', 'setPlan'].includes(id));
  for (const { method, path } of ofTenants) expect([...met]).toContain(`${method.toUpperCase()} /api/v1${path} ok`);
  for (const { method, path } of ofTenants.filter(({ path: each }) =>
    /_id\}|\{id\}/.test(each.replace(/^.*teams\/\{team_id\}/, '')),
  ))
    expect([...met]).toContain(`${method.toUpperCase()} /api/v1${path} refused`);
});
