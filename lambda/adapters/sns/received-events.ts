import { awsCall } from '../aws-errors';
import { AWS_TIMEOUTS } from '../aws-timeouts';
import { attributesOf } from '../sqs/received-events';
import type { ReceivedEvents } from '../../core/receiving/receptions';

/** AWS, "Publish": 256 KiB with the attributes. */
const MAX_BYTES = 262_144 - 2_048;

/** The SDK is loaded by need. */
export async function topicTarget(arn: string): Promise<ReceivedEvents> {
  const { PublishCommand, SNSClient } = await import('@aws-sdk/client-sns');
  const client = new SNSClient({ requestHandler: AWS_TIMEOUTS });
  return {
    maxBytes: MAX_BYTES,
    async send({ message, ...event }) {
      await awsCall('target topic', () =>
        client.send(new PublishCommand({ TopicArn: arn, Message: message, MessageAttributes: attributesOf(event) })),
      );
    },
  };
}
