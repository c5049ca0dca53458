/** The recovery function's own queue. */
import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { formatRecoveryStep, type RecoveryStep } from '../../core/replay/recovery-job';
import { sendFailure } from './send-failure';
import type { Log } from '../../core/shared/log';
import type { RecoveryQueue } from '../../core/replay/recovery-jobs';
import type { SendResult } from '../../core/delivery/delivery-queues';

export class SqsRecoveryQueue implements RecoveryQueue {
  /** @param client with SDK retries off (`maxAttempts: 1`): a send that was not answered must be known as such */
  constructor(
    private readonly client: SQSClient,
    private readonly url: string,
    private readonly log: Log,
  ) {}

  async send(step: RecoveryStep, delaySeconds: number): Promise<SendResult> {
    try {
      await this.client.send(
        new SendMessageCommand({
          QueueUrl: this.url,
          MessageBody: formatRecoveryStep(step),
          MessageGroupId: step.subscriptionId,
          ...(delaySeconds > 0 && { DelaySeconds: delaySeconds }),
        }),
      );
      return 'sent';
    } catch (error) {
      return sendFailure(error, 1, this.log);
    }
  }
}
