import type { EventType } from '../event-type';

/**
 * A catalog entry whose schema is made of its example's fields: all of them required, the type's own field constant.
 */
export function catalogEntry(
  name: string,
  description: string,
  example: { [key: string]: any },
  fields: { readonly type: string; readonly properties: { [name: string]: object } },
): EventType {
  return {
    name,
    description,
    example,
    schema: {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: name,
      type: 'object',
      required: Object.keys(example),
      properties: Object.fromEntries(
        Object.keys(example).map((key) => [key, key === fields.type ? { const: name } : fields.properties[key]]),
      ),
    },
  };
}
