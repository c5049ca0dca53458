/**
 * The platform's own function that turns a credential into a tenant. The SDK's client is loaded when the first is asked
 * for: most platforms have none.
 */
import type { LambdaClient } from '@aws-sdk/client-lambda';
import type { CredentialFunction, CredentialHeader } from '../../core/shared/credentials';
import { PortUnavailable } from '../../core/shared/errors';
import { awsCall } from '../aws-errors';

const PORT = 'function for credentials';
/**
 * As long as API Gateway waits for an authorizer of its own (AWS, "Quotas for HTTP APIs"), so that one which starts
 * cold is not given up; no second try fits the API's time.
 */
const TIMEOUTS = { connectionTimeout: 1_000, requestTimeout: 10_000, throwOnRequestTimeout: true };

export class LambdaCredentialFunction implements CredentialFunction {
  private client: Promise<Pick<LambdaClient, 'send'>> | undefined;

  /** @param client for tests; else it is made when it is needed */
  constructor(
    private readonly functionName: string,
    client?: Pick<LambdaClient, 'send'>,
  ) {
    if (client !== undefined) this.client = Promise.resolve(client);
  }

  async ask(credential: string, source: CredentialHeader): Promise<unknown> {
    const { InvokeCommand } = await import('@aws-sdk/client-lambda');
    const client = await this.connect();
    const { FunctionError: failure, Payload: payload } = await awsCall(PORT, () =>
      client.send(
        new InvokeCommand({
          FunctionName: this.functionName,
          Payload: Buffer.from(JSON.stringify({ version: 1, credential, source })),
        }),
      ),
    );
    // what it failed with may quote the credential
    if (failure !== undefined) throw new PortUnavailable(PORT, new Error(`it failed (${failure})`));
    return parseJson(Buffer.from(payload ?? []).toString('utf8'));
  }

  private connect(): Promise<Pick<LambdaClient, 'send'>> {
    this.client ??= import('@aws-sdk/client-lambda').then(
      ({ LambdaClient: Client }) => new Client({ maxAttempts: 1, requestHandler: TIMEOUTS }),
    );
    return this.client;
  }
}

/** A function that returns nothing answers with no text, or with null. */
function parseJson(text: string): unknown {
  if (text === '') return null;
  try {
    return JSON.parse(text);
  } catch {
    throw new PortUnavailable(PORT, new Error('its answer is not JSON'));
  }
}
