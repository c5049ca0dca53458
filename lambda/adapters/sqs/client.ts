import { SQSClient } from '@aws-sdk/client-sqs';
import { AWS_TIMEOUTS } from '../aws-timeouts';

/** For sends whose repetition does no harm. */
export function sqsClient(): SQSClient {
  return new SQSClient({ requestHandler: AWS_TIMEOUTS });
}

/** SDK retries are off: a refusal has to be known, and an answer that never came is a duplicate (rule 4 of docs/architecture.md). */
export function sqsSendOnceClient(): SQSClient {
  return new SQSClient({ maxAttempts: 1, requestHandler: AWS_TIMEOUTS });
}
