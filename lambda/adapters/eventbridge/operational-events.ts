/** Operational events on the platform's bus: source `cdk-webhooks`, the event's name as detail-type. */
import { type EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { PortUnavailable } from '../../core/shared/errors';
import type { OperationalEvent, OperationalEvents } from '../../core/delivery/operational-event';
import { awsCall } from '../aws-errors';

const SOURCE = 'cdk-webhooks';
/** PutEvents takes ten entries (AWS, "PutEvents"). */
const BATCH = 10;

export class EventBridgeOperationalEvents implements OperationalEvents {
  constructor(
    private readonly client: EventBridgeClient,
    private readonly bus: string,
  ) {}

  async emit(events: readonly OperationalEvent[]): Promise<void> {
    for (let start = 0; start < events.length; start += BATCH) {
      const Entries = events.slice(start, start + BATCH).map(({ name, detail }) => ({
        EventBusName: this.bus,
        Source: SOURCE,
        DetailType: name,
        Detail: JSON.stringify(detail),
      }));
      const { FailedEntryCount: failed = 0, Entries: results = [] } = await awsCall('event bus', () =>
        this.client.send(new PutEventsCommand({ Entries })),
      );
      if (failed > 0)
        throw new PortUnavailable(
          'event bus',
          new Error(
            `EventBridge rejected ${failed} of ${Entries.length} events: ` +
              `${results.find(({ ErrorCode }) => ErrorCode !== undefined)?.ErrorCode ?? 'unknown'}`,
          ),
        );
    }
  }
}
