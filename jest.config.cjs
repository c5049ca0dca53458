// Suites are projects, so that `npm run test:unit` and the emulator's suites can run apart.
const compiled = [
  '@swc/jest',
  { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'commonjs' } },
];
// These come as ES modules only, which jest would take under an experimental flag of Node.js alone.
const ES_MODULES = [
  'jose',
  // unified and what it needs
  'bail|ccount|character-entities|decode-named-character-reference|devlop|escape-string-regexp|fault|is-plain-obj',
  'longest-streak|markdown-table|mdast-util-.+|micromark.*|remark-.+|trough|unified|unist-util-.+|vfile.*|zwitch',
].join('|');
const swc = { '^.+\\.ts$': compiled, [`/node_modules/(${ES_MODULES})/.+\\.js$`]: compiled };

const project = (name, testMatch, extra = {}) => ({
  displayName: name,
  rootDir: __dirname,
  testEnvironment: 'node',
  transform: swc,
  transformIgnorePatterns: [`/node_modules/(?!(${ES_MODULES})/)`],
  moduleFileExtensions: ['ts', 'mjs', 'cjs', 'js', 'json', 'node'],
  // In examples/, which import the package by its name, as its users do.
  moduleNameMapper: { '^cdk-webhooks$': '<rootDir>/lib/index.ts' },
  modulePathIgnorePatterns: [
    '<rootDir>/cdk.out',
    '<rootDir>/.local',
    '<rootDir>/dist',
    '<rootDir>/assets',
    '<rootDir>/compiled',
  ],
  testMatch: testMatch.map((pattern) => `<rootDir>/test/${pattern}`),
  ...extra,
});

module.exports = {
  projects: [
    project('unit', [
      'core/**/*.test.ts',
      'api/**/*.test.ts',
      'fakes/**/*.test.ts',
      'lambda/**/*.test.ts',
      'local/**/*.test.ts',
      'vectors/**/*.test.ts',
      'adapters/**/*.test.ts',
      'bench/**/*.test.ts',
      'build/**/*.test.ts',
      'architecture/**/*.test.ts',
      'operations/**/*.test.ts',
      'examples/*.test.ts',
      'examples/!(stacks)/*.test.ts',
      'dashboard/**/*.test.ts',
    ]),
    project('template', ['lib/**/*.test.ts', 'bin/**/*.test.ts', 'examples/stacks/*.test.ts']),
    project('simulation', ['simulation/**/*.test.ts']),
    project('verify', ['verify/**/*.test.ts']),
    // Each of these has an emulator of its own, shared by its test files; e2e and browser also have our stacks deployed
    // to it.
    project('integration', ['integration/**/*.test.ts'], {
      globalSetup: '<rootDir>/test/integration/global-setup.ts',
      globalTeardown: '<rootDir>/test/integration/global-teardown.ts',
    }),
    project('e2e', ['e2e/**/*.test.ts'], {
      globalSetup: '<rootDir>/test/e2e/harness/global-setup.ts',
      globalTeardown: '<rootDir>/test/e2e/harness/global-teardown.ts',
    }),
    project('browser', ['browser/**/*.test.ts'], {
      globalSetup: '<rootDir>/test/browser/harness/global-setup.ts',
      globalTeardown: '<rootDir>/test/browser/harness/global-teardown.ts',
    }),
  ],
};
