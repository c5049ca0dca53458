import type { ReceivedEvent } from '../../core/receiving/received-event';
import { lean, leanSettings } from '../aws-client';
import { awsCall } from '../aws-errors';
import { AWS_TIMEOUTS } from '../aws-timeouts';
import type { ReceivedEvents } from '../../core/receiving/receptions';

/**
 * AWS, "SendMessage": 1 MiB with the attributes, which have a source's path, an id and a type of 256 characters each,
 * and their names.
 */
const MAX_BYTES = 1_048_576 - 2_048;

/**
 * The SDK is loaded by need: a receiver has targets of one kind, mostly. Its retries stay on: an answer that never came
 * is a duplicate in any case.
 */
export async function queueTarget(url: string): Promise<ReceivedEvents> {
  const { SendMessageCommand, SQSClient } = await import('@aws-sdk/client-sqs');
  const client = lean(new SQSClient({ ...leanSettings(AWS_TIMEOUTS), md5: false })); // TLS keeps bodies whole
  return {
    maxBytes: MAX_BYTES,
    async send({ message, ...event }) {
      await awsCall('target queue', () =>
        client.send(
          new SendMessageCommand({ QueueUrl: url, MessageBody: message, MessageAttributes: attributesOf(event) }),
        ),
      );
    },
  };
}

/** What filters and consumers go by without parsing the message. SNS has them in the same form. */
export function attributesOf({
  source,
  eventId,
  eventType,
}: Omit<ReceivedEvent, 'message'>): Record<string, { DataType: 'String'; StringValue: string }> {
  const text = (value: string) => ({ DataType: 'String' as const, StringValue: value });
  return {
    source: text(source),
    event_id: text(eventId),
    ...(eventType !== undefined && { event_type: text(eventType) }),
  };
}
