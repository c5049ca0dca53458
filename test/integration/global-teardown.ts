import stopEmulator from '../e2e/harness/integration-teardown';
import { stopRunning } from './dynamodb-local/running';

export default async function globalTeardown(): Promise<void> {
  await Promise.all([stopEmulator(), stopRunning()]);
}
