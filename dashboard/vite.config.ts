import { defineConfig, type HtmlTagDescriptor, type Plugin } from 'vite';

/** Where the page lies beneath the API's origin, seen from the document `.../portal`. */
const SITE = './portal/';

/**
 * The entry does nothing but take the token from the address before any other code runs, and imports the rest. What it
 * imports is named in the page, so that both are fetched at once.
 */
function preloadTheApp(): Plugin {
  return {
    name: 'preload-the-app',
    transformIndexHtml: {
      order: 'post',
      handler(_html, { bundle }) {
        const chunks = Object.values(bundle ?? {}).filter((output) => output.type === 'chunk');
        const app = chunks.find(({ name, isDynamicEntry }) => isDynamicEntry && name === 'app');
        const entry = chunks.find(({ isEntry }) => isEntry);
        if (app === undefined || entry === undefined) return [];
        const linked = new Set([entry.fileName, ...entry.imports]);
        const scripts = [app.fileName, ...app.imports].filter((file) => !linked.has(file));
        const styles = [
          ...new Set(
            chunks
              .filter(({ fileName }) => scripts.includes(fileName))
              .flatMap(({ viteMetadata }) => [...(viteMetadata?.importedCss ?? [])]),
          ),
        ];
        return [
          ...scripts.map((file): HtmlTagDescriptor => ({
            tag: 'link',
            attrs: { rel: 'modulepreload', crossorigin: true, href: SITE + file },
            injectTo: 'head',
          })),
          ...styles.map((file): HtmlTagDescriptor => ({
            tag: 'link',
            attrs: { rel: 'stylesheet', crossorigin: true, href: SITE + file },
            injectTo: 'head',
          })),
        ];
      },
    },
  };
}

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [preloadTheApp()],
  // The function that serves the page puts a nonce there; see docs/decisions/0010-dashboard.md.
  html: { cspNonce: '__NONCE__' },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    sourcemap: false,
    target: 'es2022',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    // Libraries say "use client", which is for servers that render React.
    rolldownOptions: {
      onLog: (level, log, handle) => (log.code === 'MODULE_LEVEL_DIRECTIVE' ? undefined : handle(level, log)),
    },
  },
  // The page is `.../portal` and not `.../portal/`; what scripts and styles load lies beside them.
  experimental: { renderBuiltUrl: (file, { hostType }) => (hostType === 'html' ? SITE + file : { relative: true }) },
});
