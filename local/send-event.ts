import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { clientConfig } from './aws-client';
import type { EventMessage } from './example-events';
import type { LocalStack } from './stack-file';

/** Does what a producer does: puts the message on the event queue, in its tenant's message group. */
export async function sendEvent(
  local: Pick<LocalStack, 'awsEndpointUrl' | 'region'>,
  eventQueueUrl: string,
  message: EventMessage,
): Promise<void> {
  const client = new SQSClient(clientConfig(local));
  try {
    await client.send(
      new SendMessageCommand({
        QueueUrl: eventQueueUrl,
        MessageBody: JSON.stringify(message),
        MessageGroupId: message.tenant_id,
      }),
    );
  } finally {
    client.destroy();
  }
}
