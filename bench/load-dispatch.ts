/**
 * The measured side of dispatch: the bundled handler, with its real SDK clients, given SQS events as Lambda gives them.
 */
import { randomUUID } from 'node:crypto';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { bodyOf, measureBatches, settingsFromEnvironment } from './delivery-load';

const settings = settingsFromEnvironment();

function eventOf(batch: number): SQSEvent {
  const Records = Array.from({ length: settings.batch }, (_unused, index) => {
    const payload = JSON.parse(bodyOf(batch * settings.batch + index)) as object;
    return {
      messageId: randomUUID(),
      body: JSON.stringify({
        event_id: randomUUID(),
        event_type: 'job.completed',
        tenant_id: settings.tenant,
        payload,
      }),
    };
  });
  return { Records } as SQSEvent;
}

async function main(): Promise<void> {
  const { handler } = (await import(settings.handler)) as { handler: (event: SQSEvent) => Promise<SQSBatchResponse> };
  await measureBatches(settings, eventOf, async (event) => {
    const { batchItemFailures } = await handler(event);
    if (batchItemFailures.length > 0) throw new Error(`${batchItemFailures.length} events of a batch failed`);
  });
}

void main();
