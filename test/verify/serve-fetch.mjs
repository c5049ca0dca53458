// Serves a handler from Request to Response on 127.0.0.1:$PORT: a module's default.fetch, as Hono's, or its POST, as a
// Next.js route's.
import { Buffer } from 'node:buffer';
import { createServer } from 'node:http';
import { resolve } from 'node:path';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

const module = await import(pathToFileURL(resolve(process.argv[2])).href);
const handle = module.default?.fetch ?? module.POST;

createServer(async (incoming, outgoing) => {
  const chunks = await Array.fromAsync(incoming);
  const request = new globalThis.Request(`http://127.0.0.1${incoming.url}`, {
    method: incoming.method,
    headers: incoming.headers,
    body: Buffer.concat(chunks),
  });
  const response = await handle(request);
  outgoing
    .writeHead(response.status, Object.fromEntries(response.headers))
    .end(Buffer.from(await response.arrayBuffer()));
}).listen(Number(process.env.PORT), '127.0.0.1');
