/** A text as rows of a fixed width, so that a mebibyte can be shown by drawing what is in sight alone. */

/** @param columns in UTF-16 code units; a character is never cut in two */
export function rowsOf(text: string, columns: number): readonly string[] {
  const rows: string[] = [];
  for (const line of text.split(/\r\n|\n/)) {
    if (line.length <= columns) {
      rows.push(line);
      continue;
    }
    for (let from = 0; from < line.length;) {
      let to = Math.min(from + columns, line.length);
      if (to < line.length && isLowSurrogate(line.charCodeAt(to))) to -= 1;
      rows.push(line.slice(from, to));
      from = to;
    }
  }
  return rows;
}

const isLowSurrogate = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

/** Which rows are in sight, and a few beside them. */
export function rowsInSight(
  count: number,
  rowHeight: number,
  scrolled: number,
  height: number,
  beside = 12,
): { readonly from: number; readonly to: number } {
  const from = Math.max(0, Math.floor(scrolled / rowHeight) - beside);
  return { from, to: Math.min(count, Math.ceil((scrolled + height) / rowHeight) + beside) };
}
