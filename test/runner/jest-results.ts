import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { ONE_FAILED, type Tally } from './tally';

/** What of `jest --json --outputFile` counts (https://jestjs.io/docs/cli#--json). */
const jestResults = z.looseObject({
  success: z.boolean(),
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  /** Files that could not run at all: their tests are in no other count. */
  numRuntimeErrorTestSuites: z.number(),
});

/**
 * A run that wrote no results, or none that can be read, crashed: that is one failure, and so is one that failed
 * without a failed test.
 */
export function tallyOf(resultsFile: string, exitStatus: number | null): Tally {
  let results: z.infer<typeof jestResults>;
  try {
    results = jestResults.parse(JSON.parse(readFileSync(resultsFile, 'utf8')));
  } catch {
    return ONE_FAILED;
  }
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  return {
    passed: results.numPassedTests,
    failed: failed === 0 && (exitStatus !== 0 || !results.success) ? 1 : failed,
    skipped: results.numPendingTests + results.numTodoTests,
  };
}
