/** A bus as a receiver's target. */
import { PortUnavailable } from '../../core/shared/errors';
import { awsCall } from '../aws-errors';
import { AWS_TIMEOUTS } from '../aws-timeouts';
import type { ReceivedEvents } from '../../core/receiving/receptions';

/**
 * Not the provider's type for the detail-type: what a sender of webhooks calls its events must not pass for another's
 * on the bus.
 */
const SOURCE = 'cdk-webhooks.receiver';
const DETAIL_TYPE = 'webhook.received';
/**
 * AWS, "PutEvents": 256 KiB for an entry with its source, type and bus. The larger quota of some regions is not counted
 * on.
 */
const MAX_BYTES = 262_144 - 2_048;
const PORT = 'target bus';

/** The SDK is loaded by need. */
export async function busTarget(bus: string): Promise<ReceivedEvents> {
  const { EventBridgeClient, PutEventsCommand } = await import('@aws-sdk/client-eventbridge');
  const client = new EventBridgeClient({ requestHandler: AWS_TIMEOUTS });
  return {
    maxBytes: MAX_BYTES,
    async send({ message }) {
      const Entries = [{ EventBusName: bus, Source: SOURCE, DetailType: DETAIL_TYPE, Detail: message }];
      const { FailedEntryCount: failed = 0, Entries: [result] = [] } = await awsCall(PORT, () =>
        client.send(new PutEventsCommand({ Entries })),
      );
      if (failed > 0)
        throw new PortUnavailable(PORT, new Error(`it refused the event: ${result?.ErrorCode ?? 'unknown'}`));
    },
  };
}
