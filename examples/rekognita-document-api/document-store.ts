/** Documents in DynamoDB, their files in S3. */
import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, PutObjectCommand, type S3Client } from '@aws-sdk/client-s3';
import { type Document, fileKey } from './document';

type Item = Record<string, AttributeValue> | undefined;

export class DocumentStore {
  constructor(
    private readonly aws: { readonly dynamodb: DynamoDBClient; readonly s3: S3Client },
    private readonly names: { readonly table: string; readonly bucket: string },
  ) {}

  /**
   * Keeps a new document. The file first: a document that is there has one, and a file that a crash leaves without a
   * document goes by the bucket's lifecycle.
   * @param retentionSeconds how long it is kept
   */
  async create(document: Document, content: Buffer, retentionSeconds: number): Promise<void> {
    await this.aws.s3.send(new PutObjectCommand({ Bucket: this.names.bucket, Key: fileKey(document), Body: content }));
    await this.aws.dynamodb.send(
      new PutItemCommand({
        TableName: this.names.table,
        Item: {
          ...keyOf(document),
          ...stateOf(document),
          expires_at: { N: String(Math.floor(Date.parse(document.createdAt) / 1000) + retentionSeconds) },
        },
        ConditionExpression: 'attribute_not_exists(document_id)',
      }),
    );
  }

  /** A document of that account; undefined for those of others as for those that are not there. */
  async find(accountId: string, id: string): Promise<Document | undefined> {
    const { Item } = await this.aws.dynamodb.send(
      new GetItemCommand({ TableName: this.names.table, Key: keyOf({ accountId, id }), ConsistentRead: true }),
    );
    return documentOf(Item);
  }

  async file(document: Document): Promise<Buffer> {
    const { Body } = await this.aws.s3.send(
      new GetObjectCommand({ Bucket: this.names.bucket, Key: fileKey(document) }),
    );
    if (Body === undefined) throw new Error(`the file of ${document.id} came without a body`);
    return Buffer.from(await Body.transformToByteArray());
  }

  /**
   * Puts a document's end on record, unless one is there: the first counts, and is what everybody is told.
   * @returns the document as it then is on record; undefined when it is no more
   */
  async settle(settled: Document): Promise<Document | undefined> {
    const { status, document } = stateOf(settled);
    try {
      await this.aws.dynamodb.send(
        new UpdateItemCommand({
          TableName: this.names.table,
          Key: keyOf(settled),
          UpdateExpression: 'SET #status = :status, document = :document',
          ConditionExpression: '#status = :processing',
          ExpressionAttributeNames: { '#status': 'status' }, // a reserved word
          ExpressionAttributeValues: { ':status': status, ':document': document, ':processing': { S: 'processing' } },
          ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
        }),
      );
      return settled;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return documentOf(error.Item);
      throw error;
    }
  }
}

function keyOf({ accountId, id }: Pick<Document, 'accountId' | 'id'>) {
  return { account_id: { S: accountId }, document_id: { S: id } };
}

function stateOf(document: Document) {
  return { status: { S: document.status }, document: { S: JSON.stringify(document) } };
}

function documentOf(item: Item): Document | undefined {
  return item?.document?.S === undefined ? undefined : (JSON.parse(item.document.S) as Document);
}
