/**
 * Dollars, us-east-1, on demand, without free tiers, which are an account's and not a stack's (AWS price lists, read
 * 2026-11; each from the pricing page that it names, https://aws.amazon.com/SERVICE/pricing/). A GB is 10^9 bytes.
 */
export const PRICES = {
  /** A request of up to 64 KB ("Amazon SQS pricing"). */
  sqsRequest: 0.4e-6,
  /** Of up to 1 KB ("Amazon DynamoDB pricing for on-demand capacity", as all of DynamoDB here). */
  dynamoWriteUnit: 0.625e-6,
  /** Strong, of up to 4 KB. */
  dynamoReadUnit: 0.125e-6,
  dynamoStorageGbMonth: 0.25,
  /** Point-in-time recovery, of a table without its global indexes. */
  dynamoBackupGbMonth: 0.2,
  /** What Lambda reads of a stream for a function costs nothing. */
  dynamoStreamRead: 0,
  /** "AWS Lambda pricing". */
  lambdaRequest: 0.2e-6,
  /** arm64. */
  lambdaGbSecond: 0.0000133334,
  /** Taken in ("Amazon CloudWatch pricing", as all of CloudWatch here). */
  logGb: 0.5,
  /** Kept; of compressed bytes, so this is a bound. */
  logStorageGbMonth: 0.03,
  /** Of the first 10,000, in a month in which it gets data every hour: it is metered by the hour. */
  metricMonth: 0.3,
  /** Of one metric, at standard resolution. */
  alarmMonth: 0.1,
  dashboardMonth: 3,
  /** To the internet, of the first 10 TB a month ("Amazon EC2 on-demand pricing", "Data transfer"). */
  dataOutGb: 0.09,
  /** "Amazon S3 pricing", Standard. */
  s3Put: 5e-6,
  s3Get: 0.4e-6,
  s3StorageGbMonth: 0.023,
  /** A custom event of up to 64 KB ("Amazon EventBridge pricing"). */
  eventBridgeEvent: 1e-6,
  /** "AWS Secrets Manager pricing". */
  secretMonth: 0.4,
  /** A customer-managed key ("AWS Key Management Service pricing"). */
  kmsKeyMonth: 1,
  /**
   * An idle event source of Lambda's asks its queue about 650,000 times a month: five pollers, a long poll of 20 s each
   * (Lambda developer guide, "Using Lambda with Amazon SQS").
   */
  idleSourceMonth: 650_000 * 0.4e-6,
} as const;

/** AWS, "Amazon SQS pricing". */
export const SQS_UNIT_BYTES = 64 * 1024;
export const WRITE_UNIT_BYTES = 1024;
export const READ_UNIT_BYTES = 4 * 1024;
/**
 * What DynamoDB adds to each item of a table or an index where storage is billed (DynamoDB developer guide, "DynamoDB
 * item sizes and formats", and its pricing page).
 */
export const STORED_ITEM_BYTES = 100;
/**
 * START, END and REPORT of an invocation (Lambda developer guide, "Sending Lambda function logs to CloudWatch Logs",
 * plain text).
 */
export const INVOCATION_LOG_BYTES = 270;
export const MONTH_DAYS = 365 / 12;
