/** Tokens that are told from others before anything is asked of the API with them. */
import type { Settings } from '../../dashboard/settings';
import { isOfNoUse } from '../../dashboard/components/refused';

const LEAPOCR = { tenantPath: '/organizations/{organization_id}/teams/{team_id}' } as Settings;
const REKOGNITA = { tenantPath: '/accounts/{account_id}' } as Settings;
const claims = (tenant: string, ...scopes: string[]) => ({
  tenant,
  scopes: new Set(scopes),
  issuedAt: 0,
  expiresAt: 1,
});

test('one that may read is of use, whatever else it may', () => {
  expect(isOfNoUse({ settings: LEAPOCR, claims: claims('acme/web', 'webhooks:read') })).toBe(false);
  expect(isOfNoUse({ settings: REKOGNITA, claims: claims('acme', 'webhooks:write', 'webhooks:read') })).toBe(false);
});

test('one that may write and not read is of none', () =>
  expect(isOfNoUse({ settings: LEAPOCR, claims: claims('acme/web', 'webhooks:write') })).toBe(true));

test('another platform’s, whose tenants have other parts, is of none', () => {
  expect(isOfNoUse({ settings: LEAPOCR, claims: claims('acme', 'webhooks:read') })).toBe(true);
  expect(isOfNoUse({ settings: LEAPOCR, claims: claims('acme/', 'webhooks:read') })).toBe(true);
  expect(isOfNoUse({ settings: REKOGNITA, claims: claims('acme/web', 'webhooks:read') })).toBe(true);
});
