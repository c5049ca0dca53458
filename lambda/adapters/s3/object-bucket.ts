/**
 * Bytes that do not fit a message, or cost less here than in an item. The SDK's client is loaded when the first of them
 * comes: many functions never see one.
 */
import type { S3Client } from '@aws-sdk/client-s3';
import { awsCall } from '../aws-errors';
import { AWS_TIMEOUTS } from '../aws-timeouts';

export class ObjectBucket {
  private client: Promise<S3Client> | undefined;

  constructor(private readonly bucket: string) {}

  /** @throws PortUnavailable */
  async put(key: string, body: Buffer): Promise<void> {
    const { PutObjectCommand } = await import('@aws-sdk/client-s3');
    const client = await this.connect();
    await awsCall('payload bucket', () =>
      client.send(
        new PutObjectCommand({ Bucket: this.bucket, Key: key, Body: body, ContentType: 'application/octet-stream' }),
      ),
    );
  }

  /** @throws PortUnavailable */
  async get(key: string): Promise<string> {
    const { GetObjectCommand } = await import('@aws-sdk/client-s3');
    const client = await this.connect();
    return awsCall('payload bucket', async () => {
      const { Body: body } = await client.send(new GetObjectCommand({ Bucket: this.bucket, Key: key }));
      if (body === undefined) throw new Error('the object has no body');
      return body.transformToString('utf8');
    });
  }

  private connect(): Promise<S3Client> {
    this.client ??= import('@aws-sdk/client-s3').then(
      ({ S3Client: Client }) => new Client({ forcePathStyle: true, requestHandler: AWS_TIMEOUTS }),
    );
    return this.client;
  }
}
