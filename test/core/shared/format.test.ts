import { UnreadableItem, UnreadableMessage } from '../../../lambda/core/shared/errors';
import {
  assignments,
  attributeNames,
  boolean,
  bytes,
  decode,
  encode,
  formatMessage,
  group,
  integer,
  mark,
  names,
  number,
  optional,
  parseMessage,
  records,
  rounded,
  text,
  texts,
  written,
} from '../../../lambda/core/shared/format';

const fields = {
  name: text('n'),
  note: optional(text('no')),
  count: integer('c'),
  active: boolean('a'),
  seen: mark('s'),
  tags: texts('t'),
  raw: optional(bytes('r')),
  place: optional(group({ x: number('px'), y: optional(number('py')) })),
  log: records('l', { at: number('at'), took: rounded('ms') }),
  date: optional(
    written<Date>(
      'd',
      'a date',
      (date) => date.toISOString(),
      (iso) => new Date(iso),
    ),
  ),
};
const small = { name: 'one', count: 0, active: false, tags: [], log: [] };
const large = {
  ...small,
  note: '',
  seen: true as const,
  tags: ['a', 'b'],
  raw: Buffer.from('x'),
  place: { x: 1.5, y: -2 },
  log: [{ at: 1, took: 2 }],
  date: new Date(7),
};

describe('an item', () => {
  test.each([
    ['with the required fields alone', small],
    ['with all fields', large],
    ['with a part of a group', { ...small, place: { x: 1 } }],
  ])('%s is read as it was written', (_what, model) => {
    expect(decode(fields, encode(fields, model))).toEqual(model);
  });

  test('has the names and types of its table, and nothing that is undefined', () => {
    expect(encode(fields, { ...small, note: undefined, place: { x: 3 } })).toEqual({
      n: { S: 'one' },
      c: { N: '0' },
      a: { BOOL: false },
      t: { L: [] },
      px: { N: '3' },
      l: { L: [] },
    });
  });

  test('has whole milliseconds', () => {
    expect(encode(fields, { ...small, log: [{ at: 1, took: 87.6 }] }).l).toEqual({
      L: [{ M: { at: { N: '1' }, ms: { N: '88' } } }],
    });
  });

  test.each([
    ['a missing attribute', { n: undefined }, 'an item\'s attribute "n" is not text'],
    ['an attribute of another type', { c: { S: '1' } }, 'an item\'s attribute "c" is not a whole number of at least 0'],
    ['an optional one of another type', { no: { N: '1' } }, 'an item\'s attribute "no" is not text'],
    ['a list of something else', { t: { L: [{ N: '1' }] } }, 'an item\'s attribute "t" is not a list, each item text'],
    ['a half group', { px: { S: 'x' } }, 'an item\'s attribute "px" is not a number'],
    ['a list of damaged maps', { l: { L: [{ M: {} }] } }, 'an item\'s attribute "at" is not a number'],
  ])('with %s is refused by name', (_what, damage, message) => {
    const read = () => decode(fields, { ...encode(fields, small), ...damage });
    expect(read).toThrow(UnreadableItem);
    expect(read).toThrow(message);
  });

  test('with attributes of a later version is read', () => {
    expect(decode(fields, { ...encode(fields, small), later: { S: 'x' } })).toEqual(small);
  });
});

describe('a change', () => {
  test('sets what has a value, removes what is null, and leaves the rest', () => {
    expect(assignments(fields, { name: 'two', note: null, count: undefined, place: null })).toEqual({
      set: { n: { S: 'two' } },
      remove: ['no', 'px', 'py'],
    });
  });

  test('of a group removes what the new one does not have', () => {
    expect(assignments(fields, { place: { x: 9 } })).toEqual({ set: { px: { N: '9' } }, remove: ['py'] });
  });
});

test('names have the shape of the model', () => {
  expect(names(fields)).toMatchObject({ name: 'n', place: { x: 'px', y: 'py' } });
  expect(attributeNames(fields.place)).toEqual(['px', 'py']);
});

describe('a message', () => {
  const message = { id: text('id'), attempt: integer('k', 1), last: mark('last'), note: optional(text('note')) };
  const written1 = formatMessage(1, message, { id: 'x', attempt: 2 });

  test('is JSON with its version, without what is undefined', () => {
    expect(written1).toBe('{"v":1,"id":"x","k":2}');
    expect(parseMessage('test message', 1, message, written1)).toEqual({ id: 'x', attempt: 2 });
  });

  test.each([
    ['no JSON', '{', 'the test message is not JSON'],
    ['no object', '7', 'the test message is not a JSON object'],
    ['null', 'null', 'the test message is not a JSON object'],
    [
      'a later version',
      '{"v":2}',
      'the test message has format version 2, this function reads 1. Deploy the newer version again',
    ],
    ['no version', '{}', 'the test message has format version none, this function reads 1'],
    ['a missing field', '{"v":1,"k":1}', 'the field "id" of the test message is not text'],
    [
      'a number that is too small',
      '{"v":1,"id":"x","k":0}',
      'the field "k" of the test message is not a whole number of at least 1',
    ],
    ['a fraction', '{"v":1,"id":"x","k":1.5}', 'the field "k" of the test message is not a whole number of at least 1'],
    ['a mark that is false', '{"v":1,"id":"x","k":1,"last":false}', 'the field "last" of the test message is not true'],
    ['null for a text', '{"v":1,"id":"x","k":1,"note":null}', 'the field "note" of the test message is not text'],
  ])('that is %s is refused', (_what, body, reason) => {
    const read = () => parseMessage('test message', 1, message, body);
    expect(read).toThrow(UnreadableMessage);
    expect(read).toThrow(reason);
  });
});
