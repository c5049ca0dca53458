import { SettingsError } from '../../../lambda/core/shared/errors';
import { parseCatalog, parseProfile } from '../../../lambda/core/shared/profile';
import { LEAPOCR_PROFILE, leapOcrSettings } from '../../builders/profile';

test('the settings that the construct writes are read back', () => {
  expect(parseProfile(leapOcrSettings())).toEqual(LEAPOCR_PROFILE);
});

test.each([
  ['nothing', undefined, /WEBHOOK_PROFILE is missing/],
  ['no JSON', '{', /WEBHOOK_PROFILE is not JSON/],
  ['a version to come', JSON.stringify({ ...LEAPOCR_PROFILE, version: 2 }), /version/],
  ['a setting of a version to come', JSON.stringify({ ...LEAPOCR_PROFILE, color: 'red' }), /color/],
  ['a scheme it does not know', leapOcrSettings({ signatures: [{ kind: 'ed25519' } as never] }), /signatures/],
  [
    'a header that would split the request',
    leapOcrSettings({ signatures: [{ kind: 'hmac', header: 'X\r\nY', encoding: 'hex', prefix: '', content: 'body' }] }),
    /signatures\.0\.header/,
  ],
])('%s stops the function with a message', (_what, json, message) => {
  expect(() => parseProfile(json)).toThrow(SettingsError);
  expect(() => parseProfile(json)).toThrow(message);
});

test('a catalog names its event types', () => {
  const eventType = { name: 'job.created', description: 'A job is created.', schema: {}, example: {} };
  const catalog = { version: 1, tenantPath: '/tenants/{tenant_id}', eventTypes: [eventType] };
  expect(parseCatalog(JSON.stringify(catalog))).toEqual(catalog);
  expect(() => parseCatalog(JSON.stringify({ ...catalog, eventTypes: [{ ...eventType, name: 'a b' }] }))).toThrow(
    /eventTypes\.0\.name/,
  );
});

test('a catalog names the plans that have webhooks', () => {
  const catalog = {
    version: 1,
    tenantPath: '/tenants/{tenant_id}',
    eventTypes: [],
    plans: [{ id: 'growth', name: 'Growth', maxSubscriptions: 25 }],
  };
  expect(parseCatalog(JSON.stringify(catalog))).toEqual(catalog);
  expect(() => parseCatalog(JSON.stringify({ ...catalog, plans: [{ id: 'Growth', name: 'Growth' }] }))).toThrow(
    /plans\.0\.id/,
  );
});
