import { assertNoSecretInLog } from './secrets-in-log';
import { stopTestStack } from './test-stack';

export default async function globalTeardown(): Promise<void> {
  try {
    await assertNoSecretInLog('e2e');
  } finally {
    await stopTestStack('e2e');
  }
}
