// The import rules of docs/architecture.md, as rules: a folder may import what its row in the table of folders says.
const only = (name, from, allowed, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { path: from },
  to: { pathNot: allowed },
});

/** The rooms of lambda/core, in their order: each may import itself and the rooms that its row names. */
const CORE_ROOMS = {
  shared: [],
  endpoint: ['shared'],
  signing: ['shared'],
  receiving: ['shared', 'signing'],
  subscriptions: ['shared', 'endpoint', 'signing'],
  delivery: ['shared', 'endpoint', 'signing', 'subscriptions'],
  events: ['shared', 'endpoint', 'signing', 'subscriptions', 'delivery'],
  history: ['shared', 'endpoint', 'signing', 'subscriptions', 'delivery', 'events'],
  replay: ['shared', 'endpoint', 'signing', 'subscriptions', 'delivery', 'events', 'history'],
};

const coreRooms = Object.entries(CORE_ROOMS).map(([room, may]) => ({
  name: `core-room-${room}`,
  comment:
    'The rooms of lambda/core have an order: shared < endpoint, signing < subscriptions < delivery < events < ' +
    'history < replay. The room receiving stands beside them.',
  severity: 'error',
  from: { path: `^lambda/core/${room}/` },
  to: { path: '^lambda/core/', pathNot: `^lambda/core/(${[room, ...may].join('|')})/` },
}));

module.exports = {
  forbidden: [
    ...coreRooms,
    {
      name: 'core-has-rooms-only',
      comment: 'A file of lambda/core is in a room.',
      severity: 'error',
      from: {},
      to: { path: '^lambda/core/[^/]+$' },
    },
    only(
      'bin-imports-lib',
      '^bin/',
      [
        '^bin/',
        '^lib/index\\.ts$',
        '^node_modules/(aws-cdk-lib|constructs)/',
        '^node_modules/@types/',
        '^(node:)?(path|fs)$',
      ],
      'bin/ is a user of the public constructs like any other.',
    ),
    only(
      'lib-imports-cdk',
      '^lib/',
      ['^lib/', '^node_modules/(aws-cdk-lib|constructs)/', '^node_modules/@types/', '^(node:)?(path|fs|os|crypto)$'],
      'lib/ is jsii: it may use aws-cdk-lib, constructs and Node itself.',
    ),
    only(
      'core-is-pure',
      '^lambda/core/',
      [
        '^lambda/core/',
        '^verify/typescript/verify\\.ts$',
        '^(node:)?(crypto|net|url|buffer)$',
        '^node_modules/zod/',
        '^node_modules/@types/',
      ],
      'lambda/core/ has no SDK, no clock, no network and no environment: ports are interfaces.',
    ),
    only(
      'adapters-import-core',
      '^lambda/adapters/',
      [
        '^lambda/(adapters|core)/',
        '^node_modules/(@aws-sdk|@smithy|@aws-lambda-powertools|undici|zod)/',
        '^node_modules/@types/',
        '^(node:)?',
      ],
      'lambda/adapters/ are the ports on real services.',
    ),
    only(
      'api-imports-core',
      '^lambda/api/',
      [
        '^lambda/(api|core)/',
        '^node_modules/(hono|@hono/zod-openapi|zod|jose)/',
        '^node_modules/@types/',
        '^(node:)?crypto$',
      ],
      "lambda/api/ is HTTP and nothing else: its ports are the core's, and a test of it needs no AWS.",
    ),
    only(
      'dashboard-is-pure',
      '^lambda/dashboard/',
      ['^lambda/(dashboard|core)/', '^node_modules/(zod|@types)/', '^(node:)?crypto$'],
      'lambda/dashboard/ is HTTP and nothing else: a test of it needs no AWS, and no build.',
    ),
    only(
      'receiver-imports-core',
      '^lambda/receiver/',
      ['^lambda/(receiver|core)/', '^node_modules/@types/'],
      'lambda/receiver/ is HTTP and nothing else.',
    ),
    only(
      'handlers-wire',
      '^lambda/[^/]+\\.lambda\\.ts$',
      ['^lambda/', '^node_modules/(@aws-lambda-powertools|@types)/', '^(node:)?(crypto|fs|path)$'],
      'a handler reads the environment and wires adapters to core.',
    ),
    only(
      'dashboard-imports-libraries',
      '^dashboard/',
      [
        '^dashboard/',
        '^node_modules/(react|react-dom|@mantine|@tabler|@tanstack|i18next|react-i18next|wouter|openapi-fetch|vite)/',
        '^node_modules/@types/',
        '^(node:)?(path|fs|url)$',
      ],
      'dashboard/ is a page on the management API: it knows its types, generated, and nothing of its code.',
    ),
    only('verify-imports-nothing', '^verify/', ['^verify/'], 'verify/ is what customers read and copy: no dependency.'),
    only(
      'examples-import-the-package',
      '^examples/',
      [
        '^examples/',
        '^lib/index\\.ts$',
        '^node_modules/(aws-cdk-lib|constructs|@aws-sdk|busboy)/',
        '^node_modules/@types/',
        '^(node:)?',
      ],
      'examples/ are users of the package like any other.',
    ),
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    { name: 'not-to-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
    {
      name: 'lambda-never-imports-lib',
      severity: 'error',
      from: { path: '^lambda/' },
      to: { path: '^(lib|bin|local|test|bench)/' },
    },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(\\.d\\.ts$)' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.d.ts', '.js', '.json'],
    },
  },
};
