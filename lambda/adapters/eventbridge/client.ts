import { EventBridgeClient } from '@aws-sdk/client-eventbridge';

/** SDK retries stay on: operational events come at least once. */
export function eventBridgeClient(): EventBridgeClient {
  return new EventBridgeClient({});
}
