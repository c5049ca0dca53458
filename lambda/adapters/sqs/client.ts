import { SQSClient } from '@aws-sdk/client-sqs';
import { lean, leanSettings } from '../aws-client';
import { AWS_TIMEOUTS } from '../aws-timeouts';

/** For sends whose repetition does no harm. */
export function sqsClient(): SQSClient {
  return lean(new SQSClient(settings()));
}

/**
 * SDK retries are off: a refusal has to be known, and an answer that never came is a duplicate (rule 4 of
 * docs/architecture.md).
 */
export function sqsSendOnceClient(): SQSClient {
  return lean(new SQSClient({ ...settings(), maxAttempts: 1 }));
}

/** TLS keeps bodies whole; hashing each once more, as the SDK does by default, is CPU for nothing. */
function settings() {
  return { ...leanSettings(AWS_TIMEOUTS), md5: false } as const;
}
