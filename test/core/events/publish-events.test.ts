import { InvalidInput, PortUnavailable } from '../../../lambda/core/shared/errors';
import { publishEvents } from '../../../lambda/core/events/publish-events';
import type { TenantId } from '../../../lambda/core/shared/identifiers';
import { TENANT } from '../../builders/subscription';
import type { SendResult } from '../../../lambda/core/delivery/delivery-queues';

const rules = { tenantParts: 2, eventTypes: new Set(['job.created']) };
const event = (changes: Record<string, unknown> = {}) => ({
  event_id: 'evt_1',
  event_type: 'job.created',
  payload: { a: 1 },
  ...changes,
});

function setUp() {
  const published: { tenantId: TenantId; messages: readonly string[] }[] = [];
  const answers: SendResult[] = [];
  const publisher = {
    publish: (tenantId: TenantId, messages: readonly string[]) => {
      published.push({ tenantId, messages });
      return Promise.resolve(messages.map(() => answers.shift() ?? 'sent'));
    },
  };
  return {
    published,
    answers,
    publish: (body: unknown) =>
      publishEvents(typeof body === 'string' ? body : JSON.stringify(body), TENANT, rules, publisher),
  };
}

test('one event goes on the queue as the contract has it, under the tenant of the path', async () => {
  const { published, publish } = setUp();
  expect(await publish(event())).toEqual(['evt_1']);
  expect(published).toEqual([{ tenantId: TENANT, messages: [JSON.stringify({ ...event(), tenant_id: TENANT })] }]);
});

test('numbers keep their digits', async () => {
  const { published, publish } = setUp();
  await publish('{"event_id":"e","event_type":"job.created","payload":{"n":12345678901234567890,"m":1.10}}');
  expect(published[0]!.messages[0]).toContain('"payload":{"n":12345678901234567890,"m":1.10}');
});

test('a batch keeps its order', async () => {
  const { published, publish } = setUp();
  const events = Array.from({ length: 100 }, (_unused, index) => event({ event_id: `evt_${index}` }));
  expect(await publish({ events })).toEqual(events.map(({ event_id: id }) => id));
  expect(published[0]!.messages).toHaveLength(100);
});

test.each<[string, unknown, string]>([
  ['no JSON', '{"event_id":', 'body'],
  ['a list', [event()], 'body'],
  ['an empty batch', { events: [] }, 'events'],
  ['101 events', { events: Array.from({ length: 101 }, () => event()) }, 'events'],
  ['a field beside events', { events: [event()], more: 1 }, 'more'],
  ['another tenant', event({ tenant_id: 'org_1/other' }), 'tenant_id'],
  ['another tenant in a batch', { events: [event(), event({ tenant_id: 7 })] }, 'events.1.tenant_id'],
  ['an unknown type', event({ event_type: 'nope' }), 'event_type'],
  ['a missing payload, in a batch', { events: [event(), event({ payload: undefined })] }, 'events.1.payload'],
  ['a text for an event', { events: ['x'] }, 'events.0'],
  ['an unknown field', event({ webhookUrl: 'x' }), 'webhookUrl'],
  ['deep nesting', `{"events":${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 'events.0'],
  ["an event over the contract's size", event({ payload: 'x'.repeat(960 * 1024) }), 'body'],
])('%s is refused, and nothing is published', async (_what, body, field) => {
  const { published, publish } = setUp();
  const refusal: unknown = await publish(body).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(InvalidInput);
  expect((refusal as InvalidInput).field).toBe(field);
  expect(published).toEqual([]);
});

test.each<SendResult>(['refused', 'unanswered'])('a batch of which one is %s is not accepted', async (result) => {
  const { answers, publish } = setUp();
  answers.push('sent', result);
  await expect(publish({ events: [event(), event({ event_id: 'evt_2' })] })).rejects.toThrow(PortUnavailable);
});
