import { startTestStack } from '../../e2e/harness/test-stack';
import { CHROMIUM } from '../../runner/optional-tools';

export default async function globalSetup(): Promise<void> {
  if (CHROMIUM.missing() === undefined) await startTestStack('browser');
}
