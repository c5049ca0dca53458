import { startTestStack } from './test-stack';

export default async function globalSetup(): Promise<void> {
  await startTestStack('e2e');
}
