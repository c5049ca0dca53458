import type { DynamoDbLocal } from './server';

let running: DynamoDbLocal | undefined;

/** From globalSetup to globalTeardown, which are one process. */
export function keep(server: DynamoDbLocal): void {
  running = server;
}

export async function stopRunning(): Promise<void> {
  await running?.stop();
  running = undefined;
}
