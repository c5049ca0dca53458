import { Duration } from 'aws-cdk-lib';
import { parseCatalog, parseProfile } from '../../lambda/core/shared/profile';
import { type CustomProfileProps, EndpointPolicy, RetrySchedule, SignatureScheme, WebhookProfile } from '../../lib';
import { LEAPOCR_PROFILE } from '../builders/profile';

const EVENT = { name: 'a.b', description: 'x', schema: {}, example: {} };
const TTLS = { eventSeconds: 39 * 86_400, deliverySeconds: 39 * 86_400 };

function custom(changes: Partial<CustomProfileProps> = {}): WebhookProfile {
  return WebhookProfile.custom({ name: 'acme', userAgent: 'Acme', eventTypes: [EVENT], ...changes });
}

/** As the functions read them. */
const settingsOf = (profile: WebhookProfile) => parseProfile(JSON.stringify(profile._settings(TTLS)));
const catalogOf = (profile: WebhookProfile) => parseCatalog(JSON.stringify(profile._catalog()));

describe('the tenant path', () => {
  test('is one part, unless the profile says otherwise', () => {
    expect(custom().tenantPath).toBe('/tenants/{tenant_id}');
    expect(settingsOf(custom()).tenantParts).toBe(1);
    expect(catalogOf(custom()).tenantPath).toBe('/tenants/{tenant_id}');
  });

  test.each([
    ['/organizations/{organization_id}/teams/{team_id}', 2],
    ['/accounts/{account}', 1],
    ['/a/{a1}/{a2}/b-c/{a_3}/{a4}', 4],
  ])('%s: tenant ids have as many parts as it has parameters', (tenantPath, parts) => {
    const profile = custom({ tenantPath });
    expect(settingsOf(profile).tenantParts).toBe(parts);
    expect(catalogOf(profile).tenantPath).toBe(tenantPath);
  });

  test.each([
    ['no parameter', '/tenants'],
    ['five parameters', '/t/{a}/{b}/{c}/{d}/{e}'],
    ['a parameter twice', '/a/{part}/b/{part}'],
    ['a parameter that the API has for itself', '/tenants/{webhook_id}'],
    ['no slash before it', 'tenants/{tenant_id}'],
    ['a slash behind it', '/tenants/{tenant_id}/'],
    ['a part that is half a parameter', '/tenants/t-{tenant_id}'],
    ['capitals', '/Tenants/{tenant_id}'],
    ['nothing in it', ''],
    ['a dot', '/v1.0/{tenant_id}'],
    ['a parameter first, which any path of the API would fit', '/{tenant_id}'],
    ['a name first that the API has for itself', '/webhooks/{tenant_id}'],
    ['a name first that the API has for itself, too', '/portal-sessions/{tenant_id}'],
  ])('with %s is refused', (_what, tenantPath) => {
    expect(() => custom({ tenantPath })).toThrow(
      `tenantPath "${tenantPath}" must be like /organizations/{organization_id}/teams/{team_id}`,
    );
  });
});

describe('plans', () => {
  test('of LeapOCR: settings name those that have webhooks, the catalog tells their limits', () => {
    expect(settingsOf(WebhookProfile.leapOcr())).toEqual(LEAPOCR_PROFILE);
    expect(settingsOf(WebhookProfile.leapOcr()).plans).toEqual(['starter', 'growth', 'scale', 'enterprise']);
    expect(catalogOf(WebhookProfile.leapOcr()).plans).toEqual([
      { id: 'starter', name: 'Starter', maxSubscriptions: 10 },
      { id: 'growth', name: 'Growth', maxSubscriptions: 25 },
      { id: 'scale', name: 'Scale', maxSubscriptions: 100 },
      { id: 'enterprise', name: 'Enterprise', maxSubscriptions: 500 },
    ]);
  });

  test.each([
    ['Rekognita', WebhookProfile.rekognita()],
    ['Standard Webhooks', WebhookProfile.standardWebhooks({ name: 'standard', userAgent: 'x', eventTypes: [EVENT] })],
    ['a platform that names none', custom()],
  ])('do not matter to %s', (_name, profile) => {
    expect(settingsOf(profile).plans).toBeUndefined();
    expect(catalogOf(profile).plans).toBeUndefined();
  });

  test('are known to customers by the name that the platform gives them, and may have no limit', () => {
    const profile = custom({
      plans: [
        { id: 'pro', name: 'Professional' },
        { id: 'basic-2', maxSubscriptions: 1 },
      ],
    });
    expect(settingsOf(profile).plans).toEqual(['pro', 'basic-2']);
    expect(catalogOf(profile).plans).toEqual([
      { id: 'pro', name: 'Professional' },
      { id: 'basic-2', name: 'Basic-2', maxSubscriptions: 1 },
    ]);
  });

  test.each<[string, CustomProfileProps['plans'], RegExp]>([
    ['none', [], /plans is empty; leave it out/],
    ['one twice', [{ id: 'pro' }, { id: 'pro' }], /plans names a plan twice/],
    ['an id with a capital', [{ id: 'Pro' }], /plan "Pro" needs an id of 1 to 64 characters/],
    ['an id without a character', [{ id: '' }], /plan "" needs an id/],
    ['an id too long', [{ id: 'a'.repeat(65) }], /needs an id/],
    ['a limit of none', [{ id: 'pro', maxSubscriptions: 0 }], /a maxSubscriptions from 1 to 10000/],
    ['a limit too high', [{ id: 'pro', maxSubscriptions: 10_001 }], /a maxSubscriptions from 1 to 10000/],
    ['half a subscription', [{ id: 'pro', maxSubscriptions: 1.5 }], /a maxSubscriptions from 1 to 10000/],
  ])('%s: refused', (_what, plans, message) => {
    expect(() => custom({ plans })).toThrow(message);
  });
});

describe('bad properties are refused, with what is wrong', () => {
  test.each<[string, Partial<CustomProfileProps>, RegExp]>([
    ['a name with a space', { name: 'a b' }, /name must be/],
    ['no events', { eventTypes: [] }, /eventTypes is empty/],
    ['an event twice', { eventTypes: [EVENT, EVENT] }, /twice/],
    ['an event name with a space', { eventTypes: [{ ...EVENT, name: 'a b' }] }, /event type "a b"/],
    ['no signature', { standardWebhooks: false }, /no signature/],
    ['a header twice', { headers: { 'Webhook-Id': 'x' } }, /named twice/],
    ['a header that is ours', { headers: { 'Content-Type': 'text/plain' } }, /"content-type" is set by the sender/],
    ['a header that breaks the line', { headers: { 'X-A': 'a\r\nb' } }, /printable ASCII/],
    ['a long deadline', { deadline: Duration.seconds(16) }, /from 1 to 15/],
    ['a deadline of half seconds', { deadline: Duration.millis(1500) }, /whole number of seconds/],
    [
      'an event without a schema',
      { eventTypes: [{ name: 'a', description: 'x', example: {} } as never] },
      /needs a description, a schema and an example/,
    ],
    ['a disable threshold of zero', { disableAfter: 0 }, /disableAfter/],
  ])('%s', (_what, changes, message) => {
    expect(() => custom(changes)).toThrow(message);
  });

  test('a signature prefix that breaks the line, a header that is none', () => {
    expect(() => SignatureScheme.hmac({ header: 'X-A', prefix: 'a\r\nb' })).toThrow(/printable ASCII/);
    expect(() => SignatureScheme.hmac({ header: 'X A' })).toThrow(/"X A" is not a header name/);
  });

  test.each([
    ['a fraction of a second', [Duration.millis(1500)], {}, /1500 milliseconds|whole number/],
    ['no wait at all', [Duration.seconds(0)], {}, /from 1 to 7 days/],
    ['too long a wait', [Duration.days(8)], {}, /from 1 to 7 days/],
    ['no delay at all', [], {}, /at least one delay/],
    ['too many', Array.from({ length: 16 }, () => Duration.seconds(1)), {}, /at most 15/],
    ['jitter that takes away', [Duration.seconds(1)], { jitter: -0.1 }, /jitter is -0.1/],
    ['too much jitter', [Duration.seconds(1)], { jitter: 0.3 }, /jitter is 0.3/],
  ])('a schedule with %s', (_what, delays, options, message) => {
    expect(() => RetrySchedule.of(delays, options)).toThrow(message);
  });

  test('ports of an endpoint policy', () => {
    expect(() => EndpointPolicy.production({ ports: [0] })).toThrow(/0 is not a port/);
    expect(() => EndpointPolicy.production({ ports: [] })).toThrow(/empty/);
  });
});
