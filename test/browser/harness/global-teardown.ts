import { assertNoSecretInLog } from '../../e2e/harness/secrets-in-log';
import { stopTestStack } from '../../e2e/harness/test-stack';
import { CHROMIUM } from '../../runner/optional-tools';

export default async function globalTeardown(): Promise<void> {
  if (CHROMIUM.missing() !== undefined) return;
  try {
    await assertNoSecretInLog('browser');
  } finally {
    await stopTestStack('browser');
  }
}
