import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tallyOf } from '../runner/jest-results';
import { sum, summaryLine } from '../runner/tally';

const RESULTS = {
  success: true,
  numPassedTests: 5,
  numFailedTests: 0,
  numPendingTests: 2,
  numTodoTests: 1,
  numRuntimeErrorTestSuites: 0,
};

describe("a jest run's tally", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'results-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const tally = (results: string, status: number | null) => {
    writeFileSync(join(folder, 'results.json'), results);
    return tallyOf(join(folder, 'results.json'), status);
  };

  test('counts its tests', () => {
    expect(tally(JSON.stringify(RESULTS), 0)).toEqual({ passed: 5, failed: 0, skipped: 3 });
  });

  test('counts a file that could not run as a failure', () => {
    expect(
      tally(JSON.stringify({ ...RESULTS, success: false, numFailedTests: 1, numRuntimeErrorTestSuites: 1 }), 1),
    ).toEqual({ passed: 5, failed: 2, skipped: 3 });
  });

  test('has a failure when the run failed though no test did', () => {
    expect(tally(JSON.stringify(RESULTS), 1).failed).toBe(1);
    expect(tally(JSON.stringify(RESULTS), null).failed).toBe(1);
  });

  test('is one failure when the run left no results, or half of them', () => {
    expect(tallyOf(join(folder, 'none.json'), 1)).toEqual({ passed: 0, failed: 1, skipped: 0 });
    expect(tally('{"success": tr', 1)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  });
});

test('the run ends with one line over all suites', () => {
  expect(
    summaryLine(
      sum([
        { passed: 1, failed: 0, skipped: 0 },
        { passed: 5, failed: 2, skipped: 3 },
      ]),
    ),
  ).toBe('6 passed, 2 failed, 3 skipped');
});
