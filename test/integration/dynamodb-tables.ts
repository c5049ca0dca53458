/** Tables on a DynamoDB of either kind, and a client that remembers how it read. */
import {
  CreateTableCommand,
  DynamoDBClient,
  type GlobalSecondaryIndex,
  type KeySchemaElement,
} from '@aws-sdk/client-dynamodb';
import { FAILURES_INDEX } from '../../lambda/adapters/dynamodb/delivery-history';
import { clientConfig } from '../../local/aws-client';
import { newName } from './new-name';

export interface Tables {
  readonly events: string;
  readonly subscriptions: string;
  readonly deliveries: string;
  readonly counters: string;
  readonly receptions: string;
}

/** The input of a read, as far as its consistency and its cost go. */
interface ReadInput {
  readonly TableName?: string;
  readonly IndexName?: string;
  readonly ConsistentRead?: boolean;
  readonly RequestItems?: Readonly<Record<string, { readonly ConsistentRead?: boolean }>>;
}

/** What an answer says of its cost. */
interface ReadOutput {
  readonly ScannedCount?: number;
  readonly Responses?: Readonly<Record<string, readonly unknown[]>>;
}

/**
 * A client whose reads are noted: an emulator answers all of them strongly, so only the request shows what AWS would
 * do.
 */
export class NotingClient extends DynamoDBClient {
  /**
   * Kinds of reads, with whether they were strong; and where from, as no index and no figure can or need be read so.
   */
  readonly reads: {
    readonly command: string;
    readonly strong: boolean;
    readonly table: string | undefined;
    readonly index: string | undefined;
  }[] = [];
  /** Items that queries and batches examined so far. */
  examined = 0;

  constructor(endpoint: string) {
    super(clientConfig({ awsEndpointUrl: endpoint, region: 'us-east-1' }));
    this.middlewareStack.add(
      (next, { commandName = '' }) =>
        async (args) => {
          const {
            TableName: table,
            IndexName: index,
            ConsistentRead: strong,
            RequestItems: requests,
          } = args.input as ReadInput;
          if (/^(GetItem|Query|Scan)Command$/.test(commandName))
            this.reads.push({ command: commandName, strong: strong === true, table, index });
          if (commandName === 'BatchGetItemCommand')
            this.reads.push({
              command: commandName,
              strong: Object.values(requests ?? {}).every((each) => each.ConsistentRead === true),
              table: Object.keys(requests ?? {})[0],
              index,
            });
          const answer = await next(args);
          const { ScannedCount: scanned = 0, Responses: batches = {} } = answer.output as ReadOutput;
          if (/^(Query|BatchGetItem)Command$/.test(commandName))
            this.examined += scanned + Object.values(batches).flat().length;
          return answer;
        },
      { step: 'initialize' },
    );
  }
}

/** The index of failed and cancelled deliveries, as lib/private/failures-index.ts makes it. */
const FAILURES: GlobalSecondaryIndex = {
  IndexName: FAILURES_INDEX,
  KeySchema: keySchema(['fx', 'sk']),
  Projection: { ProjectionType: 'INCLUDE', NonKeyAttributes: ['st', 'ty', 'of'] },
};

function keySchema(keys: readonly string[]): KeySchemaElement[] {
  return keys.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? 'HASH' : 'RANGE' }));
}

/** A table with the keys that the construct gives it. */
async function createTable(
  client: DynamoDBClient,
  prefix: string,
  keys: readonly string[],
  index?: GlobalSecondaryIndex,
): Promise<string> {
  const TableName = newName(prefix);
  const attributes = new Set([...keys, ...(index?.KeySchema ?? []).map(({ AttributeName }) => AttributeName!)]);
  await client.send(
    new CreateTableCommand({
      TableName,
      KeySchema: keySchema(keys),
      AttributeDefinitions: [...attributes].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
      BillingMode: 'PAY_PER_REQUEST',
      ...(index !== undefined && { GlobalSecondaryIndexes: [index] }),
    }),
  );
  return TableName;
}

export async function createTables(client: DynamoDBClient): Promise<Tables> {
  return {
    events: await createTable(client, 'events', ['pk']),
    subscriptions: await createTable(client, 'subscriptions', ['pk', 'sk']),
    deliveries: await createTable(client, 'deliveries', ['pk', 'sk'], FAILURES),
    counters: await createTable(client, 'counters', ['pk', 'sk']),
    receptions: await createTable(client, 'receptions', ['pk']),
  };
}
