/** The deliveries table's stream -> figures. */
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import { dynamoDbClient } from './adapters/dynamodb/client';
import { DynamoFigures } from './adapters/dynamodb/counters';
import { logChangeOf } from './adapters/dynamodb/delivery-stream';
import { systemClock } from './adapters/node/system';
import { createLog, InvocationMetrics } from './adapters/powertools/observability';
import { PortUnavailable } from './core/shared/errors';
import { recordFigures } from './core/history/statistics';
import { required } from './environment';

const service = required('WEBHOOK_SERVICE');
const log = createLog(service);
const metrics = new InvocationMetrics(service);
const figures = new DynamoFigures(dynamoDbClient(), required('COUNTERS_TABLE'), systemClock);

/**
 * A batch of which nothing was written comes again as a whole; one that was written in part does not, for what adds
 * would add twice.
 */
export async function handler(event: DynamoDBStreamEvent): Promise<DynamoDBBatchResponse> {
  const changes = event.Records.map(logChangeOf);
  try {
    const { written, lost } = await recordFigures(
      changes.filter((change) => change !== undefined),
      { clock: systemClock, figures, log },
    );
    metrics.count('FiguresWritten', written).count('FiguresLost', lost).publish();
    return { batchItemFailures: [] };
  } catch (error) {
    if (!(error instanceof PortUnavailable)) throw error;
    log.warn('statistics batch returned to the stream', { records: event.Records.length, reason: error.message });
    metrics.count('FiguresWritten', 0).count('FiguresLost', 0).count('FiguresReturned', event.Records.length).publish();
    return { batchItemFailures: [{ itemIdentifier: event.Records[0]!.dynamodb!.SequenceNumber! }] };
  }
}
