/** No secret is in any answer but those that are there to show it, nor in any line of the log or the audit trail. */
import type { OperationId } from '../../../lambda/api/auth/access';
import { KeyRing } from '../../../lambda/core/signing/key-ring';
import { accountSecretOwner } from '../../../lambda/core/subscriptions/account-secret';
import { ROOT_SECRET } from '../../builders/subscription';
import { createWebhook, type Harness, OPERATOR_KEY, PORTAL_KEY, setUp, TENANT, tenantPathOf } from '../harness';
import { requestsFor, sendRequest } from '../requests';
import { secretOwner } from '../../../lambda/core/subscriptions/subscription';

const SHOWS_A_SECRET: readonly OperationId[] = [
  'createWebhook',
  'regenerateWebhookSecret',
  'getAccountSecret',
  'regenerateAccountSecret',
];
const HEADER_VALUE = 'header-value-hunter2';
const CREDENTIAL = 'customers-credential';

/** Every secret that there is by now, those in force and those before them. */
async function secretsOf({ subscriptions }: Harness): Promise<string[]> {
  const ring = KeyRing.parse(ROOT_SECRET);
  const { sealedSecret } = await subscriptions.account(TENANT);
  return [
    ...subscriptions.subscriptions.flatMap((each) =>
      [each.sealedSecret, each.previousSecret?.sealed].flatMap((sealed) =>
        sealed === undefined ? [] : [ring.unseal(sealed, secretOwner(each))],
      ),
    ),
    ...(sealedSecret === undefined ? [] : [ring.unseal(sealedSecret, accountSecretOwner(TENANT))]),
  ];
}

test.each([
  ['the operator', { key: OPERATOR_KEY }, undefined],
  ['a customer who may see secrets', { key: CREDENTIAL }, undefined],
  ['a customer who may not', { bearer: CREDENTIAL }, ['webhooks:read', 'webhooks:write', 'events:write']],
])('for %s', async (_who, credential, scopes) => {
  const api = setUp({ auth: { lambda: { functionName: 'credentials', cacheSeconds: 60 } } });
  api.credentialFunction.known.set(CREDENTIAL, { tenant_id: TENANT, ...(scopes !== undefined && { scopes }) });
  await createWebhook(api, TENANT, { headers: { authorization: HEADER_VALUE } });
  await api.call('GET', `${tenantPathOf(TENANT)}/webhooks/account-secret`);
  const always = [OPERATOR_KEY, PORTAL_KEY, CREDENTIAL, HEADER_VALUE, ROOT_SECRET, 'r'.repeat(64)];
  const tokens: string[] = [];
  for (const [id, request] of Object.entries(await requestsFor(api, TENANT)) as [
    OperationId,
    Parameters<typeof sendRequest>[1],
  ][]) {
    if (id === 'deleteWebhook') continue;
    const before = await secretsOf(api);
    for (const options of [
      request.options,
      { ...request.options, raw: `{"${HEADER_VALUE}` },
      { ...request.options, body: { [CREDENTIAL]: HEADER_VALUE, headers: { 'x-a': `${HEADER_VALUE}\n` } } },
    ]) {
      const { status, text, json } = await sendRequest(api, { ...request, options }, credential);
      if (id === 'createPortalSession' && status === 201) tokens.push((json as { token: string }).token);
      const secrets = [...before, ...(await secretsOf(api))];
      const shown = SHOWS_A_SECRET.includes(id) && status < 300 && scopes === undefined;
      // A field's name is said back to who sent it.
      const others = options === request.options ? always : always.filter((each) => each !== CREDENTIAL);
      expect({
        id,
        status,
        found: [...others, ...(shown ? [] : secrets)].filter((secret) => text.includes(secret)),
      }).toEqual({ id, status, found: [] });
      if (shown) expect(secrets.some((secret) => text.includes(secret))).toBe(true);
    }
  }
  const lines = JSON.stringify([api.lines, api.log.lines, api.audit]);
  expect([...always, ...tokens, ...(await secretsOf(api))].filter((secret) => lines.includes(secret))).toEqual([]);
  expect(lines).not.toContain('hooks.example.com');
});

test('what fails is logged without what it failed on', async () => {
  const api = setUp();
  api.subscriptions.faults.refuse(1, () => {
    try {
      JSON.parse(`{"secret": whsec_hidden}`);
    } catch (error) {
      return error as Error;
    }
    throw new Error('that was no JSON');
  });
  expect((await api.call('GET', `${tenantPathOf(TENANT)}/webhooks`)).status).toBe(500);
  expect(api.log.lines).toMatchObject([{ fields: { error: 'SyntaxError' } }]);
  expect(JSON.stringify(api.log.lines)).not.toContain('whsec');
});
