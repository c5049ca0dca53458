/** A JSON Schema as a list of fields that people can read; what is beyond that is in the schema itself, beside it. */

export interface SchemaField {
  /** Dotted; `[]` after an array. */
  readonly path: string;
  /** `string`, `integer or null`, `array of object`. */
  readonly type: string;
  readonly required: boolean;
  readonly description?: string;
  /** The one value that it has, or those that it may have. */
  readonly values?: readonly string[];
  readonly format?: string;
}

type Schema = Readonly<Record<string, unknown>>;

/** A schema that holds itself would go on for ever. */
const DEPTH_MAX = 6;

export function fieldsOf(schema: Schema, path = '', depth = 0): readonly SchemaField[] {
  const required = new Set(Array.isArray(schema.required) ? schema.required : []);
  return Object.entries(isSchema(schema.properties) ? schema.properties : {}).flatMap(([name, value]) => {
    if (!isSchema(value)) return [];
    const items = isSchema(value.items) ? value.items : undefined;
    const at = path === '' ? name : `${path}.${name}`;
    const values = valuesOf(value)?.map((each) => JSON.stringify(each));
    const field: SchemaField = {
      path: at,
      type: items === undefined ? typeOf(value) : `${typeOf(value)}<${typeOf(items)}>`,
      required: required.has(name),
      ...(typeof value.description === 'string' && { description: value.description }),
      ...(values !== undefined && { values }),
      ...(typeof value.format === 'string' && { format: value.format }),
    };
    return [
      field,
      ...(depth < DEPTH_MAX
        ? [...fieldsOf(value, at, depth + 1), ...(items === undefined ? [] : fieldsOf(items, `${at}[]`, depth + 1))]
        : []),
    ];
  });
}

function typeOf({ type, ...schema }: Schema): string {
  if (typeof type === 'string') return type;
  if (Array.isArray(type)) return type.join(' | ');
  const values = valuesOf(schema);
  if (values !== undefined) return [...new Set(values.map((each) => typeof each))].join(' | ');
  return isSchema(schema.properties) ? 'object' : 'any';
}

function valuesOf(schema: Schema): readonly unknown[] | undefined {
  if ('const' in schema) return [schema.const];
  return Array.isArray(schema.enum) ? schema.enum : undefined;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
