import { SQSClient } from '@aws-sdk/client-sqs';
import { AWS_TIMEOUTS } from '../aws-timeouts';

/** TLS keeps bodies whole; hashing each once more, as the SDK does by default, is CPU for nothing. */
export const SQS_SETTINGS = { requestHandler: AWS_TIMEOUTS, md5: false } as const;

/** For sends whose repetition does no harm. */
export function sqsClient(): SQSClient {
  return new SQSClient(SQS_SETTINGS);
}

/** SDK retries are off: a refusal has to be known, and an answer that never came is a duplicate (rule 4 of docs/architecture.md). */
export function sqsSendOnceClient(): SQSClient {
  return new SQSClient({ ...SQS_SETTINGS, maxAttempts: 1 });
}
