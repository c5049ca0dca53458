import eslint from '@eslint/js';
import stylistic from '@stylistic/eslint-plugin';
import tseslint from 'typescript-eslint';

export default tseslint.config(
  {
    ignores: [
      'node_modules/',
      'dashboard/dist/',
      'dashboard/api/schema.d.ts',
      'assets/',
      '**/cdk.out/',
      'dist/',
      '.local/',
      '.venv/',
      '.venvs/',
      'compiled/',
      'coverage/',
    ],
  },
  eslint.configs.recommended,
  {
    // Prettier breaks code; these are what it leaves: comments and strings.
    plugins: { '@stylistic': stylistic },
    rules: { '@stylistic/max-len': ['error', { code: 120, ignoreUrls: true }], 'no-nested-ternary': 'error' },
  },
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [...tseslint.configs.recommendedTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      eqeqeq: 'error',
    },
  },
  {
    files: ['lib/**/*.ts'],
    // jsii's word for a JSON value is `any`, and its index signatures are not records.
    rules: { '@typescript-eslint/no-explicit-any': 'off', '@typescript-eslint/consistent-indexed-object-style': 'off' },
  },
  {
    files: ['lambda/core/**/*.ts'],
    rules: {
      'no-restricted-globals': [
        'error',
        'process',
        'fetch',
        'setTimeout',
        'setInterval',
        'setImmediate',
        'performance',
      ],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'time is a port: take a Clock.' },
        { object: 'Math', property: 'random', message: 'chance is a port.' },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'NewExpression[callee.name="Date"][arguments.length=0]', message: 'time is a port: take a Clock.' },
      ],
    },
  },
  {
    // What others wrote is text, and no address: nothing of it becomes markup, code or a link.
    files: ['dashboard/**/*.ts', 'dashboard/**/*.tsx'],
    rules: {
      'no-eval': 'error',
      'no-restricted-syntax': [
        'error',
        { selector: 'JSXAttribute[name.name="dangerouslySetInnerHTML"]', message: 'text is text: show it as a child.' },
        {
          selector:
            'JSXOpeningElement[name.name=/^(a|area|form|iframe|object|embed|script|base|link)$/] > ' +
            'JSXAttribute[name.name=/^(href|action|src|srcDoc|data)$/] > JSXExpressionContainer',
          message: 'an address from data: places of this page are reached by Link and router/places.ts.',
        },
        {
          selector: 'AssignmentExpression > MemberExpression.left[property.name=/^(innerHTML|outerHTML|srcdoc)$/]',
          message: 'text is text: use textContent.',
        },
        {
          selector:
            'CallExpression > MemberExpression.callee' +
            '[property.name=/^(insertAdjacentHTML|setHTMLUnsafe|parseFromString|createContextualFragment)$/]',
          message: 'text is text.',
        },
        {
          selector: 'CallExpression > MemberExpression.callee[object.name="document"][property.name=/^write(ln)?$/]',
          message: 'text is text.',
        },
        {
          selector:
            'JSXOpeningElement[name.name="Link"] > JSXAttribute[name.name="href"] > JSXExpressionContainer > ' +
            'TemplateLiteral > TemplateElement.quasis:first-child[value.raw!=""]',
          message: 'places of this page are in router/places.ts.',
        },
      ],
    },
  },
  {
    files: ['**/*.mjs', '**/*.cjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        module: 'writable',
        require: 'readonly',
        __dirname: 'readonly',
        globalThis: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        performance: 'readonly',
        Buffer: 'readonly',
      },
    },
  },
);
