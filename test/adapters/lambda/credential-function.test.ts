import type { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { LambdaCredentialFunction } from '../../../lambda/adapters/lambda/credential-function';
import { PortUnavailable } from '../../../lambda/core/shared/errors';

function setUp(answer: () => object) {
  const inputs: InvokeCommand['input'][] = [];
  const client = {
    send: ({ input }: InvokeCommand) =>
      Promise.resolve().then(() => {
        inputs.push(input);
        return answer();
      }),
  } as unknown as Pick<LambdaClient, 'send'>;
  return { inputs, credentials: new LambdaCredentialFunction('arn:function', client) };
}

const payload = (text: string) => () => ({ Payload: Buffer.from(text) });

test('the function is told the credential and where it came from', async () => {
  const { inputs, credentials } = setUp(payload('{"tenant_id":"acme"}'));
  expect(await credentials.ask('key', 'x-api-key')).toEqual({ tenant_id: 'acme' });
  expect(inputs[0]!.FunctionName).toBe('arn:function');
  expect(JSON.parse(Buffer.from(inputs[0]!.Payload as Uint8Array).toString())).toEqual({
    version: 1,
    credential: 'key',
    source: 'x-api-key',
  });
});

test.each([['null'], ['']])('the answer "%s" is nothing', async (text) => {
  expect(await setUp(payload(text)).credentials.ask('key', 'bearer')).toBeNull();
});

test.each<[string, () => object]>([
  ['throws', () => ({ FunctionError: 'Unhandled', Payload: Buffer.from('{"errorMessage":"key is odd"}') })],
  ['answers with no JSON', payload('key?')],
  [
    'is throttled',
    () => {
      throw Object.assign(new Error('slow down'), { name: 'TooManyRequestsException', $fault: 'client' });
    },
  ],
  [
    'does not answer',
    () => {
      throw new Error('timed out');
    },
  ],
])('a function that %s is unavailable, and its words are not passed on', async (_what, answer) => {
  const error: unknown = await setUp(answer)
    .credentials.ask('key', 'bearer')
    .catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(PortUnavailable);
  expect((error as Error).message).not.toContain('key is odd');
});
