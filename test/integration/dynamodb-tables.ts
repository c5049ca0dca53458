/** Tables on a DynamoDB of either kind, and a client that remembers how it read. */
import { CreateTableCommand, DynamoDBClient, type KeySchemaElement } from '@aws-sdk/client-dynamodb';
import { clientConfig } from '../../local/aws-client';
import { newName } from './local-aws';

export interface Tables {
  readonly events: string;
  readonly subscriptions: string;
  readonly deliveries: string;
}

/** The input of a read, as far as its consistency goes. */
interface ReadInput {
  readonly ConsistentRead?: boolean;
  readonly RequestItems?: Readonly<Record<string, { readonly ConsistentRead?: boolean }>>;
}

/** A client whose reads are noted: an emulator answers all of them strongly, so only the request shows what AWS would do. */
export class NotingClient extends DynamoDBClient {
  /** Kinds of reads, with whether they were strong. */
  readonly reads: { readonly command: string; readonly strong: boolean }[] = [];

  constructor(endpoint: string) {
    super(clientConfig({ awsEndpointUrl: endpoint, region: 'us-east-1' }));
    this.middlewareStack.add(
      (next, { commandName = '' }) =>
        (args) => {
          const input = args.input as ReadInput;
          if (/^(GetItem|Query|Scan)Command$/.test(commandName)) this.reads.push({ command: commandName, strong: input.ConsistentRead === true });
          if (commandName === 'BatchGetItemCommand') {
            this.reads.push({ command: commandName, strong: Object.values(input.RequestItems ?? {}).every(({ ConsistentRead: strong }) => strong === true) });
          }
          return next(args);
        },
      { step: 'initialize' },
    );
  }
}

/** A table with the keys that the construct gives it. */
async function createTable(client: DynamoDBClient, prefix: string, keys: readonly string[]): Promise<string> {
  const KeySchema: KeySchemaElement[] = keys.map((AttributeName, index) => ({ AttributeName, KeyType: index === 0 ? 'HASH' : 'RANGE' }));
  const TableName = newName(prefix);
  await client.send(
    new CreateTableCommand({ TableName, KeySchema, AttributeDefinitions: keys.map((AttributeName) => ({ AttributeName, AttributeType: 'S' })), BillingMode: 'PAY_PER_REQUEST' }),
  );
  return TableName;
}

export async function createTables(client: DynamoDBClient): Promise<Tables> {
  return {
    events: await createTable(client, 'events', ['pk']),
    subscriptions: await createTable(client, 'subscriptions', ['pk', 'sk']),
    deliveries: await createTable(client, 'deliveries', ['pk', 'sk']),
  };
}
