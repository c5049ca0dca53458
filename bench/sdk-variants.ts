/** Options of the AWS SDK's clients that may make a call cheaper, each alone, against a client as it comes. */
import { Agent } from 'node:http';
import { DynamoDBClient, type DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { dynamoDbClient } from '../lambda/adapters/dynamodb/client';
import { AWS_TIMEOUTS } from '../lambda/adapters/aws-timeouts';
import { AwsRequests } from './sdk-request-handler';
import { Sha256 } from './sdk-sha256';

export interface Variant {
  /** Of the row. */
  readonly name: string;
  readonly client: () => DynamoDBClient;
}

const environment = process.env;

function configured(config: DynamoDBClientConfig): () => DynamoDBClient {
  return () => new DynamoDBClient(config);
}

function without(middleware: string): () => DynamoDBClient {
  return () => {
    const client = new DynamoDBClient({});
    if (!client.middlewareStack.remove(middleware)) throw new Error(`the SDK has no middleware ${middleware} any more`);
    return client;
  };
}

/** The first is what the others are compared with. */
export const VARIANTS: readonly Variant[] = [
  { name: 'as it comes', client: configured({}) },
  { name: "all that is kept, together: the functions' own client", client: dynamoDbClient },
  { name: "kept: middlewareStack.remove: the logger's copies", client: without('loggerMiddleware') },
  { name: 'kept: middlewareStack.remove: the user agent of each call', client: without('getUserAgentMiddleware') },
  { name: 'kept: cacheMiddleware: true', client: configured({ cacheMiddleware: true }) },
  {
    name: 'requestHandler: one of our own, for whole bodies',
    client: () => new DynamoDBClient({ requestHandler: new AwsRequests(AWS_TIMEOUTS) }),
  },
  { name: 'sha256: one of our own, that keeps its keys', client: configured({ sha256: Sha256 }) },
  { name: 'middlewareStack.remove: recursion detection', client: without('recursionDetectionMiddleware') },
  { name: 'requestHandler: timeouts', client: configured({ requestHandler: AWS_TIMEOUTS }) },
  {
    name: 'requestHandler: a keep-alive agent, maxSockets 10',
    client: () => new DynamoDBClient({ requestHandler: { httpAgent: new Agent({ keepAlive: true, maxSockets: 10 }) } }),
  },
  {
    name: 'requestHandler: socketAcquisitionWarningTimeout 60 s',
    client: configured({ requestHandler: { socketAcquisitionWarningTimeout: 60_000 } }),
  },
  { name: 'endpoint: static', client: () => new DynamoDBClient({ endpoint: environment.AWS_ENDPOINT_URL! }) },
  { name: 'accountIdEndpointMode: disabled', client: configured({ accountIdEndpointMode: 'disabled' }) },
  {
    name: 'credentials: a static object',
    client: () =>
      new DynamoDBClient({
        credentials: {
          accessKeyId: environment.AWS_ACCESS_KEY_ID!,
          secretAccessKey: environment.AWS_SECRET_ACCESS_KEY!,
        },
      }),
  },
  {
    name: 'region, retryMode, dual stack, FIPS: static',
    client: configured({
      region: 'us-east-1',
      retryMode: 'standard',
      useDualstackEndpoint: false,
      useFipsEndpoint: false,
      userAgentAppId: '',
    }),
  },
  { name: 'maxAttempts: 1', client: configured({ maxAttempts: 1 }) },
  { name: 'disableClockSkewCorrection: true', client: configured({ disableClockSkewCorrection: true }) },
];
