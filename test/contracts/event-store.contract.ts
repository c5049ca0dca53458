import { randomBytes } from 'node:crypto';
import type { EventId } from '../../lambda/core/shared/identifiers';
import { TENANT } from '../builders/subscription';
import { ManualClock } from '../fakes/time-and-random';
import type { AcceptedEvent, AcceptedEvents, EventStore } from '../../lambda/core/events/event-store';

/** What every event store does, the fake and the real one alike. */
export function eventStoreContract(create: (clock: ManualClock) => EventStore & AcceptedEvents): void {
  const clock = new ManualClock(Date.now());
  let store: EventStore & AcceptedEvents;
  beforeAll(() => {
    store = create(clock);
  });
  const expiry = () => Math.floor(clock.now() / 1000) + 3600;
  const event = (changes: Partial<AcceptedEvent> = {}): AcceptedEvent => ({
    eventId: `evt_${randomBytes(8).toString('hex')}` as EventId,
    eventType: 'job.completed',
    tenantId: TENANT,
    payload: '{"a":1}',
    arrivedAt: clock.now(),
    ...changes,
  });

  test('an event is claimed once; a copy gets what is stored, whatever it says itself', async () => {
    const first = event({ webhookUrl: 'https://a.example.com/', occurredAt: '2026-03-19T10:21:44Z' });
    expect(await store.claim(first, expiry())).toEqual({ fresh: true });
    const { payload: _payload, ...stored } = first;
    expect(
      await store.claim({ ...first, eventType: 'other', payload: 'other', arrivedAt: first.arrivedAt + 5 }, expiry()),
    ).toEqual({ fresh: false, stored });
    expect(await store.payload(first.tenantId, first.eventId)).toBe('{"a":1}');
  });

  test('of copies that come at the same time, one is fresh', async () => {
    const one = event();
    const claims = await Promise.all(
      Array.from({ length: 8 }, (_unused, index) => store.claim({ ...one, payload: String(index) }, expiry())),
    );
    expect(claims.filter(({ fresh }) => fresh)).toHaveLength(1);
    expect(await store.payload(one.tenantId, one.eventId)).toBe(String(claims.findIndex(({ fresh }) => fresh)));
  });

  test("another tenant's event of the same id is another", async () => {
    const one = event();
    await store.claim(one, expiry());
    expect(
      await store.claim({ ...one, tenantId: 'org_123/other' as typeof TENANT, payload: 'theirs' }, expiry()),
    ).toEqual({ fresh: true });
    expect(await store.payload(one.tenantId, one.eventId)).toBe('{"a":1}');
  });

  test('what is past its time counts as absent, though it is still stored', async () => {
    const old = event();
    await store.claim(old, Math.floor(clock.now() / 1000) - 1);
    expect(await store.payload(old.tenantId, old.eventId)).toBeUndefined();
    expect(await store.event(old.tenantId, old.eventId)).toBeUndefined();
    expect(await store.claim({ ...old, payload: 'new' }, expiry())).toEqual({ fresh: true });
    expect(await store.payload(old.tenantId, old.eventId)).toBe('new');
  });

  test('an event that never came has no payload', async () => {
    expect(await store.payload(TENANT, 'evt_none' as EventId)).toBeUndefined();
    expect(await store.event(TENANT, 'evt_none' as EventId)).toBeUndefined();
  });

  test.each<[string, Partial<AcceptedEvent>]>([
    ['goes to subscriptions', {}],
    ['names its own URL and time', { webhookUrl: 'https://a.example.com/', occurredAt: '2026-03-19T10:21:44Z' }],
    ['is large', { payload: randomBytes(450_000).toString('hex') }],
  ])('an event that %s is read back whole, and by its own tenant alone', async (_what, changes) => {
    const one = event(changes);
    await store.claim(one, expiry());
    expect(await store.event(one.tenantId, one.eventId)).toEqual(one);
    expect(await store.event('org_123/other' as typeof TENANT, one.eventId)).toBeUndefined();
  });

  test.each([
    ['nothing', ''],
    ['1 KiB of JSON', JSON.stringify({ text: 'lorem ipsum '.repeat(90) })],
    ['text beyond ASCII', JSON.stringify({ name: '\u0440\u0430\u0445\u0443\u043d\u043e\u043a \u{1F9FE}\u0000' })],
    ['300 KB that compress', 'abc'.repeat(100_000)],
    ['380 KB that do not compress', randomBytes(190_000).toString('hex')],
    ['900 KB that do not compress', randomBytes(450_000).toString('hex')],
    ['700 KB that do not compress enough', randomBytes(525_000).toString('base64')],
  ])('a payload of %s is read back as it was', async (_what, payload) => {
    const one = event({ payload });
    await store.claim(one, expiry());
    expect(await store.payload(one.tenantId, one.eventId)).toBe(payload);
  });
}
