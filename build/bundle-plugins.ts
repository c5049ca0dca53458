/**
 * How handlers are bundled beyond what esbuild does by itself: an execution environment reads no byte at its start that
 * it may never need.
 */
import type { Plugin } from 'esbuild';

/** A package that is imported when it is first needed, and the file beside the handler that it becomes. */
export interface OnDemand {
  readonly specifier: string;
  /** Such as `client-s3.js`. */
  readonly file: string;
}

/**
 * Imported dynamically by our code, and seldom: payloads too large for an item, a platform that has a function for its
 * own API keys, portal sessions and JWTs.
 */
const SELDOM_NEEDED = /^(@aws-sdk\/client-s3|@aws-sdk\/client-lambda|jose)$/;

/**
 * Leaves what is seldom needed out of the handler: each is a file of its own.
 *
 * @param found gets what was left out
 */
export function onDemand(found: Map<string, OnDemand>): Plugin {
  return {
    name: 'on-demand',
    setup(build) {
      build.onResolve({ filter: SELDOM_NEEDED }, ({ path, kind }) => {
        if (kind !== 'dynamic-import') return undefined;
        const file = `${path.replace(/^@[^/]+\//, '')}.js`;
        found.set(path, { specifier: path, file });
        return { path: `./${file}`, external: true };
      });
    },
  };
}

/**
 * Of undici what is in use: its index evaluates all of it, and most is the fetch standard, WebSockets, caches and
 * proxies.
 */
export const partsOfUndici: Plugin = {
  name: 'parts-of-undici',
  setup(build) {
    build.onResolve({ filter: /^undici$/ }, ({ resolveDir }) => ({
      path: 'undici',
      namespace: 'parts',
      pluginData: resolveDir,
    }));
    build.onLoad({ filter: /.*/, namespace: 'parts' }, ({ pluginData }) => ({
      contents:
        "export { default as Client } from 'undici/lib/dispatcher/client.js';\nexport { default as errors } " +
        "from 'undici/lib/core/errors.js';\n",
      resolveDir: pluginData as string,
    }));
  },
};

/**
 * What undici keeps for machines without WebAssembly's SIMD, which Lambda's have; for a parser that is off unless an
 * environment variable asks for it; and for HTTP/2, which deliveries do not speak (`allowH2: false`), and whose module
 * of Node.js takes as long to load as all else that is in use.
 */
const SPARE_PARSER = /[/\\]undici[/\\]lib[/\\](milo[/\\].+|llhttp[/\\]llhttp-wasm)\.js$/;
const HTTP2 = /[/\\]undici[/\\]lib[/\\]dispatcher[/\\]client-h2\.js$/;
const refusal = (what: string) => `throw new Error('cdk-webhooks: ${what} of undici is not in the bundle');`;

export const withoutSpareProtocols: Plugin = {
  name: 'without-spare-protocols',
  setup(build) {
    build.onLoad({ filter: SPARE_PARSER }, () => ({ contents: refusal('this HTTP parser'), loader: 'js' }));
    build.onLoad({ filter: HTTP2 }, () => ({
      contents: `module.exports = () => { ${refusal('HTTP/2')} };`,
      loader: 'js',
    }));
  },
};
