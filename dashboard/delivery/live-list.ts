/**
 * A list that goes on growing at its top while it is read, newest first: pages of older rows at its end, the first page
 * looked at again and again.
 */

export interface Row {
  readonly id: string;
}

export interface ListPage<T extends Row> {
  readonly data: readonly T[];
  readonly has_more: boolean;
  readonly next_cursor?: string;
}

export interface LiveList<T extends Row> {
  readonly rows: readonly T[];
  /** Of the page after the last row; absent: that is the end. */
  readonly cursor?: string;
  /** Ids that came after the list was first shown. */
  readonly fresh: ReadonlySet<string>;
}

export function firstList<T extends Row>(page: ListPage<T>): LiveList<T> {
  return { rows: page.data, ...cursorOf(page), fresh: new Set() };
}

/** Older rows, at the end. */
export function withOlder<T extends Row>(list: LiveList<T>, page: ListPage<T>): LiveList<T> {
  const known = new Set(list.rows.map(({ id }) => id));
  return {
    rows: [...list.rows, ...page.data.filter(({ id }) => !known.has(id))],
    ...cursorOf(page),
    fresh: list.fresh,
  };
}

/**
 * The first page again: known rows as they are now, new ones at the top. Where so much is new that it does not meet
 * what is known, older rows are dropped rather than shown with a gap before them.
 */
export function withNewest<T extends Row>(list: LiveList<T>, page: ListPage<T>): LiveList<T> {
  const known = new Set(list.rows.map(({ id }) => id));
  const added = page.data.filter(({ id }) => !known.has(id));
  const fresh = new Set([...list.fresh, ...added.map(({ id }) => id)]);
  const meets = list.rows.length === 0 || page.data.some(({ id }) => known.has(id)) || !page.has_more;
  if (!meets) return { rows: page.data, ...cursorOf(page), fresh };
  const changed = new Map(page.data.map((row) => [row.id, row]));
  const rows = [...added, ...list.rows.map((row) => changed.get(row.id) ?? row)];
  return {
    rows,
    ...(list.rows.length === 0 ? cursorOf(page) : list.cursor !== undefined && { cursor: list.cursor }),
    fresh,
  };
}

/** How many rows of a page the list does not show yet. */
export function countNew<T extends Row>(list: LiveList<T>, page: ListPage<T>): number {
  const known = new Set(list.rows.map(({ id }) => id));
  return page.data.filter(({ id }) => !known.has(id)).length;
}

/** Known rows as they are now, and nothing else: the list does not move under the reader. */
export function refreshed<T extends Row>(list: LiveList<T>, page: ListPage<T>): LiveList<T> {
  const changed = new Map(page.data.map((row) => [row.id, row]));
  return { ...list, rows: list.rows.map((row) => changed.get(row.id) ?? row) };
}

function cursorOf<T extends Row>({ has_more: more, next_cursor: cursor }: ListPage<T>): { readonly cursor?: string } {
  return more && cursor !== undefined ? { cursor } : {};
}
