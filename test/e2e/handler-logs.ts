/** What the deployed functions have logged, and API Gateway: the log groups of the embedded AWS. */
import {
  CloudWatchLogsClient,
  paginateDescribeLogGroups,
  paginateFilterLogEvents,
} from '@aws-sdk/client-cloudwatch-logs';
import { clientConfig } from '../../local/aws-client';
import type { LocalStack } from '../../local/stack-file';

/** All lines of all log groups. */
export async function loggedLines(stack: Pick<LocalStack, 'awsEndpointUrl' | 'region'>): Promise<readonly string[]> {
  const client = new CloudWatchLogsClient(clientConfig(stack));
  const lines: string[] = [];
  for await (const { logGroups = [] } of paginateDescribeLogGroups({ client }, {})) {
    for (const { logGroupName } of logGroups) {
      for await (const { events = [] } of paginateFilterLogEvents({ client }, { logGroupName }))
        lines.push(...events.map(({ message = '' }) => message));
    }
  }
  return lines;
}
