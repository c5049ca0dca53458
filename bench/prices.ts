/** Dollars, us-east-1, on demand (AWS price lists, read 2026-11). */
export const PRICES = {
  /** A request of up to 64 KB. */
  sqsRequest: 0.4e-6,
  /** Of up to 1 KB. */
  dynamoWriteUnit: 0.625e-6,
  /** Strong, of up to 4 KB. */
  dynamoReadUnit: 0.125e-6,
  lambdaRequest: 0.2e-6,
  /** arm64. */
  lambdaGbSecond: 0.0000133334,
  logGb: 0.5,
  dataOutGb: 0.09,
  dynamoStorageGbMonth: 0.25,
  dynamoBackupGbMonth: 0.2,
  s3Put: 5e-6,
  s3Get: 0.4e-6,
  eventBridgeEvent: 1e-6,
  secretMonth: 0.4,
  alarmMonth: 0.1,
  /** An idle event source of Lambda's asks its queue about 650,000 times a month. */
  idleSourceMonth: 0.26,
} as const;

/** AWS, "Amazon SQS pricing". */
export const SQS_UNIT_BYTES = 64 * 1024;
export const WRITE_UNIT_BYTES = 1024;
export const READ_UNIT_BYTES = 4 * 1024;
