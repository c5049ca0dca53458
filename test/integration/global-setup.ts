import { step } from '../../local/setup/progress.cjs';
import { abortOnSignals } from '../../local/shutdown';
import startEmulator from '../e2e/harness/integration-setup';
import { DYNAMODB_LOCAL, skipNotice } from '../runner/optional-tools';
import { type Availability, publish } from './dynamodb-local/availability';
import { keep } from './dynamodb-local/running';
import { startDynamoDbLocal } from './dynamodb-local/server';

/** What is wrong with DynamoDB Local is for its own tests to say: the others run. */
async function findDynamoDbLocal(): Promise<Availability> {
  const missing = DYNAMODB_LOCAL.missing();
  if (missing !== undefined) return { kind: 'missing', notice: skipNotice(DYNAMODB_LOCAL, missing) };
  try {
    const server = await step(DYNAMODB_LOCAL.name, () => startDynamoDbLocal(abortOnSignals().signal));
    keep(server);
    return { kind: 'running', endpoint: server.endpoint };
  } catch (error) {
    return { kind: 'broken', reason: (error as Error).message };
  }
}

/** The emulator first: it also ends the process on a signal. */
export default async function globalSetup(): Promise<void> {
  await startEmulator();
  publish(await findDynamoDbLocal());
}
