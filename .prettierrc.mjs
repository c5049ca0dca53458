/** The layout of every file that Prettier reads. `npm run format` also runs gofmt and Ruff. */
export default {
  printWidth: 120,
  singleQuote: true,
  proseWrap: 'always',
  plugins: ['@prettier/plugin-php', 'prettier-plugin-java', './build/format/prettier-tables.mjs'],
  overrides: [
    // PSR-12, which PHP developers expect.
    { files: '*.php', options: { phpVersion: '8.1', tabWidth: 4, braceStyle: 'per-cs' } },
    { files: '*.java', options: { tabWidth: 4 } },
  ],
};
