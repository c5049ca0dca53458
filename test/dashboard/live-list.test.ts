import { countNew, firstList, refreshed, withNewest, withOlder } from '../../dashboard/delivery/live-list';

interface Delivery {
  readonly id: string;
  readonly status: string;
}
const page = (ids: string, cursor?: string, status = 'pending') => ({
  data: [...ids].map((id): Delivery => ({ id, status })),
  has_more: cursor !== undefined,
  ...(cursor !== undefined && { next_cursor: cursor }),
});
const ids = ({ rows }: { rows: readonly Delivery[] }) => rows.map(({ id }) => id).join('');

test('older pages come at the end, and none is there twice', () => {
  const list = withOlder(firstList(page('fed', 'd')), page('dcb', 'b'));
  expect(ids(list)).toBe('fedcb');
  expect(list.cursor).toBe('b');
  expect(withOlder(list, page('a')).cursor).toBeUndefined();
});

test('what is new comes at the top, and what is known is shown as it is now', () => {
  const list = withNewest(withOlder(firstList(page('dc', 'c')), page('ba')), page('edc', 'c', 'delivered'));
  expect(ids(list)).toBe('edcba');
  expect(list.rows.map(({ status }) => status)).toEqual(['delivered', 'delivered', 'delivered', 'pending', 'pending']);
  expect([...list.fresh]).toEqual(['e']);
});

test('the end of the list stays where it is', () => {
  expect(withNewest(withOlder(firstList(page('d', 'd')), page('c')), page('ed', 'd')).cursor).toBeUndefined();
  expect(withNewest(firstList(page('d', 'd')), page('ed', 'd')).cursor).toBe('d');
});

test('where more is new than a page holds there is no gap: the list begins anew', () => {
  const list = withNewest(withOlder(firstList(page('cb', 'b')), page('a')), page('zyx', 'x'));
  expect(ids(list)).toBe('zyx');
  expect(list.cursor).toBe('x');
});

test('an empty list fills', () =>
  expect(withNewest(firstList(page('')), page('a', 'a'))).toMatchObject({ rows: [{ id: 'a' }], cursor: 'a' }));

test('while a reader is at it only what is known changes, and what waits is counted', () => {
  const before = firstList(page('cb', 'b'));
  const newest = page('edc', 'c', 'delivered');
  expect(countNew(before, newest)).toBe(2);
  const list = refreshed(before, newest);
  expect(ids(list)).toBe('cb');
  expect(list.rows[0]).toEqual({ id: 'c', status: 'delivered' });
});
