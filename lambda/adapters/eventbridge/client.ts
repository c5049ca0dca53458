import { EventBridgeClient } from '@aws-sdk/client-eventbridge';
import { AWS_TIMEOUTS } from '../aws-timeouts';

/** SDK retries stay on: operational events come at least once. */
export function eventBridgeClient(): EventBridgeClient {
  return new EventBridgeClient({ requestHandler: AWS_TIMEOUTS });
}
