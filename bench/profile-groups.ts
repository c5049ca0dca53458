/** What the frames of a CPU profile are, in the words of those who read it. */

/** First match counts. Sources are paths as the bundle's source map has them, or Node.js's own `node:...`. */
const GROUPS: readonly (readonly [RegExp, string])[] = [
  [/@smithy\/signature-v4|core\/[^/]+\/submodules\/(checksum|httpAuthSchemes)/, 'AWS SDK: signing'],
  [
    /dynamodb-codec|core\/[^/]+\/submodules\/(protocols|serde|schema|cbor)|aws-sdk\/client-[^/]+\/dist-[^/]+\/schemas/,
    'AWS SDK: serializing, reading answers',
  ],
  [/node-http-handler/, 'AWS SDK: HTTP handler'],
  [
    /core\/[^/]+\/submodules\/(endpoints|config)|aws-sdk\/client-[^/]+\/dist-[^/]+\/endpoint/,
    'AWS SDK: endpoint and settings of each call',
  ],
  [/node_modules\/(@smithy|@aws-sdk|@aws)\//, 'AWS SDK: client, middleware, retries'],
  [/node_modules\/undici\//, 'undici'],
  [/node_modules\/zod\//, 'zod'],
  [/node_modules\/@aws-lambda-powertools\//, 'Powertools: metrics and log'],
  [/^lambda\/core\//, 'our core'],
  [/^lambda\/adapters\//, 'our adapters'],
  [/^lambda\/|^bench\//, 'wiring, and the bench itself'],
  [/^node:internal\/crypto|^node:crypto/, 'crypto'],
  [
    /^node:_http|^node:http|^node:net|^node:internal\/(streams|stream_base|net|http)/,
    'Node.js: http, net, streams, events',
  ],
  [/^node:(stream|events|internal\/(event|url)|url|_tls)/, 'Node.js: http, net, streams, events'],
  [/^node:/, 'Node.js: timers, buffers, promises'],
];

/** Native frames, which have no source, by their names. */
const NATIVE: readonly (readonly [RegExp, string])[] = [
  [/^\(garbage collector\)$/, 'garbage collection'],
  [/^(writev|writeBuffer|write(Utf8|Latin1|Ascii)String)$/, 'writes to sockets (native)'],
  [/^(shutdown|readStart|readStop|connect|open)$/, 'writes to sockets (native)'],
];

/** What everything else native is: the engine's own, such as JSON.parse, microtasks, regular expressions. */
export const ENGINE = 'V8: JSON, microtasks, UTF-8, the rest';

export interface Frame {
  readonly functionName: string;
  /** Path in the project, or `node:...`; empty for what is native. */
  readonly source: string;
}

export function groupOf({ functionName, source }: Frame): string {
  if (source === '') return NATIVE.find(([pattern]) => pattern.test(functionName))?.[1] ?? ENGINE;
  return GROUPS.find(([pattern]) => pattern.test(source))?.[1] ?? source;
}
