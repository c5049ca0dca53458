/** The constructs cannot import the core (jsii), so they name a scheme's headers themselves. Both say the same. */
import { SignatureScheme } from '../../../lib/signature-scheme';
import { schemeHeaders } from '../../../lambda/core/signing/schemes';
import type { SignatureScheme as SchemeSettings } from '../../../lambda/core/shared/profile';

test.each([
  ['Standard Webhooks', SignatureScheme.standardWebhooks()],
  ['an HMAC', SignatureScheme.hmac({ header: 'X-Signature' })],
  ['an HMAC with a timestamp', SignatureScheme.hmac({ header: 'X-Signature', timestampHeader: 'X-Timestamp' })],
])('%s: the construct names the headers that the functions write', (_name, scheme) => {
  const written = schemeHeaders([scheme._settings() as SchemeSettings]).map(({ name }) => name);
  expect([...scheme._headers()].sort()).toEqual([...written].sort());
  expect(written.length).toBeGreaterThan(0);
});
