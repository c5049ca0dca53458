import { SQSClient } from '@aws-sdk/client-sqs';

/** For sends whose repetition does no harm. */
export function sqsClient(): SQSClient {
  return new SQSClient({});
}

/** SDK retries are off: a refusal has to be known, and an answer that never came is a duplicate (rule 4 of docs/architecture.md). */
export function sqsSendOnceClient(): SQSClient {
  return new SQSClient({ maxAttempts: 1 });
}
