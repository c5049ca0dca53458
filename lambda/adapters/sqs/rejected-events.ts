/**
 * Event messages that do not fit the contract, in the event queue's dead-letter queue with their reason: attributes
 * `field`, `reason` and `reason_code`.
 */
import { createHash } from 'node:crypto';
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { EVENT_MAX_BYTES } from '../../core/events/event';
import { fieldFaultText } from '../../core/shared/reason';
import { awsCall } from '../aws-errors';
import type { RejectedEvent, RejectedEvents } from '../../core/events/rejected-events';

/** Where a body goes that is too large to be a message again with its attributes. */
export interface RejectedBodies {
  put(key: string, body: Buffer): Promise<void>;
}

const BODY_EXCERPT_BYTES = 64 * 1024;
/** What SQS does not take in a body or attribute (AWS, "SendMessage": the characters of XML 1.0). */
// eslint-disable-next-line no-control-regex -- these control characters are what is looked for
const NOT_TAKEN = /[^\u0009\u000A\u000D\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

export class SqsRejectedEvents implements RejectedEvents {
  constructor(
    private readonly client: SQSClient,
    private readonly deadLetterQueueUrl: string,
    private readonly bodies: RejectedBodies,
  ) {}

  async deadLetter({ body, field, reason }: RejectedEvent): Promise<void> {
    const attributes: Record<string, string> = {
      field,
      reason: `${field}: ${fieldFaultText(reason)}`,
      reason_code: reason.code,
    };
    let kept = body;
    if (Buffer.byteLength(body) > EVENT_MAX_BYTES) {
      const bytes = Buffer.from(body, 'utf8');
      attributes.body_s3_key = `rejected/${createHash('sha256').update(bytes).digest('hex')}`;
      await this.bodies.put(attributes.body_s3_key, bytes);
      kept = startOfBody(bytes);
    }
    await awsCall('event dead-letter queue', () =>
      this.client.send(
        new SendMessageCommand({
          QueueUrl: this.deadLetterQueueUrl,
          MessageBody: kept,
          MessageAttributes: Object.fromEntries(
            Object.entries(attributes).map(([name, value]) => [
              name,
              { DataType: 'String', StringValue: value.replace(NOT_TAKEN, '\uFFFD') },
            ]),
          ),
        }),
      ),
    );
  }
}

/** The start of the body, cut between characters. */
function startOfBody(bytes: Buffer): string {
  let end = BODY_EXCERPT_BYTES;
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}
