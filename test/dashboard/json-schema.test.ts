import { fieldsOf } from '../../dashboard/components/json-schema';

test('fields are listed with their paths, as deep as they go', () => {
  const schema = {
    type: 'object',
    required: ['event', 'result'],
    properties: {
      event: { const: 'document.completed' },
      status: { enum: ['a', 'b'], description: 'How it stands.' },
      result: {
        type: 'object',
        required: ['pages'],
        properties: {
          pages: { type: 'array', items: { type: 'object', properties: { number: { type: ['integer', 'null'] } } } },
        },
      },
      created_at: { type: 'string', format: 'date-time' },
    },
  };
  expect(fieldsOf(schema)).toEqual([
    { path: 'event', type: 'string', required: true, values: ['"document.completed"'] },
    { path: 'status', type: 'string', required: false, description: 'How it stands.', values: ['"a"', '"b"'] },
    { path: 'result', type: 'object', required: true },
    { path: 'result.pages', type: 'array<object>', required: true },
    { path: 'result.pages[].number', type: 'integer | null', required: false },
    { path: 'created_at', type: 'string', required: false, format: 'date-time' },
  ]);
});

test('a schema that holds itself ends', () => {
  const schema: Record<string, unknown> = { type: 'object' };
  schema.properties = { child: schema };
  expect(fieldsOf(schema).length).toBeLessThan(20);
});

test.each([{}, { properties: 7 }, { properties: { a: null, b: [] } }])('%j is no reason to fail', (schema) =>
  expect(fieldsOf(schema)).toEqual([]),
);
