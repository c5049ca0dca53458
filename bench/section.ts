/** A part of `npm run bench`: what it measures, as a table for people and as JSON for machines. */
import { cpus } from 'node:os';

export interface Section {
  /** Its file in .local/bench, and its name on the command line. */
  readonly name: string;
  readonly title: string;
  /** Rows of a table; the first is its head. */
  readonly table: readonly (readonly string[])[];
  readonly json: Readonly<Record<string, unknown>>;
}

/** What the figures were taken on. */
export function machine(): Readonly<Record<string, unknown>> {
  return { node: process.version, cpu: cpus()[0]?.model, cores: cpus().length, at: new Date().toISOString() };
}

export function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/**
 * The value that `share` of the others are at most.
 *
 * @param share 0 to 1
 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]!;
}

export function rounded(value: number, digits = 1): number {
  return Number(value.toFixed(digits));
}

/** Columns as wide as their widest cell; all but the first to the right. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths = rows[0]!.map((_cell, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const padded = (cell: string, column: number) =>
    column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!);
  const lines = rows.map((row) => `  ${row.map(padded).join('  ')}`.trimEnd());
  return [lines[0], `  ${widths.map((width) => '-'.repeat(width)).join('  ')}`, ...lines.slice(1)].join('\n');
}
