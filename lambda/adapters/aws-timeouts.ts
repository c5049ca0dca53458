/**
 * How long an AWS call may take, in milliseconds. The SDK has no bound by default: one call that hangs would use up the
 * invocation, and the protocol's own retries could do nothing about it.
 */
export const AWS_TIMEOUTS = { connectionTimeout: 1_000, requestTimeout: 3_000, throwOnRequestTimeout: true };
