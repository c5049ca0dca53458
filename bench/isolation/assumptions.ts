/**
 * What the simulation takes for granted, all of it. Queues' batch sizes, windows, timeouts and bounds are not here:
 * they are read from the synthesized template (deployed-queues.ts).
 */

/** Milliseconds of virtual time. All assumed: what these calls take within a region at the median. */
export const CALL_MS = {
  /** SendMessage and SendMessageBatch. */
  sqsSend: 10,
  /** From a message being visible to its function being invoked: a long poll's answer and the invocation. */
  receiveAndInvoke: 10,
  /** GetItem, PutItem, UpdateItem, Query, BatchGetItem, BatchWriteItem. */
  dynamoDb: 5,
  /** PutEvents. */
  eventBridge: 10,
} as const;

/**
 * An execution environment's INIT: runtime and code. Assumed; `npm run bench -- cold-start` measures the code's part.
 */
export const COLD_START_MS = 400;
/**
 * Of an environment, before its batch's first call: reading and signing. Assumed for 512 MB, which are 0.29 of a core;
 * `npm run bench -- deliver-cpu` measures a third of that on a whole one.
 */
export const CPU_MS_A_MESSAGE = 1;

/** How Lambda reads an SQS queue. */
export interface PollerScaling {
  /** Invocations at a time to begin with, and at rest. */
  readonly atRest: number;
  /** More a second while messages wait and all are at work. */
  readonly upASecond: number;
  /** Fewer a second while so many have not been at work at once in the last minute. */
  readonly downASecond: number;
  readonly most: number;
}

/**
 * Lambda developer guide, "Configuring scaling behavior for SQS event source mappings": five to begin with, 300 more a
 * minute, 1,250 at most. How it comes down is not said: assumed as fast as it goes up.
 */
export const LAMBDA_SCALING: PollerScaling = { atRest: 5, upASecond: 5, downASecond: 5, most: 1250 };

/**
 * SQS developer guide, "How Amazon SQS fair queues work": a group is noisy with more than 10 % of the queue's messages
 * in flight and at least 30 of them, or with more than 10 % of the recent processing time, until nothing of it waits
 * any more. Quiet groups' messages are received first, then those of the noisy group with the fewest in flight.
 */
export const FAIR_QUEUES = {
  share: 0.1,
  inFlight: 30,
  /** What "recent" is: processing time counts less the older it is, by half in this time. Assumed. */
  recentHalfLifeMs: 30_000,
} as const;

/**
 * Endpoints: a log-normal time to answer. 200 ms is the project's own figure for a usual endpoint, the spread is
 * assumed.
 */
export const ANSWER_MS = { median: 200, p99: 500 } as const;
export const ENDPOINTS = 100;

/**
 * How Lambda has scaled when a run begins: for twice the load, by Little's law with full batches; a run that begins at
 * rest settles there, behind a backlog of its own making.
 */
export function settledConcurrency(perSecond: number, batchSize: number, seconds: number): number {
  return Math.ceil((2 * perSecond * seconds) / batchSize);
}

export const WARM_UP_MS = 20_000;
/** The first minute after an onset, and what is measured after it. */
export const ONSET_MS = 60_000;
export const STEADY_MS = 30_000;
export const OUTAGE_MS = 2 * 3_600_000;
/** Events go on coming for so long after a return: longer than it takes to deliver what waited. */
export const AFTER_OUTAGE_MS = 1_500_000;
