// Runs vectors on the TypeScript kit, on any JavaScript runtime: run-vectors.mjs MODULE-OF-THE-KIT VECTORS
import { Buffer } from 'node:buffer';
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { pathToFileURL } from 'node:url';
import { TextEncoder } from 'node:util';

const [kitFile, vectorsFile] = process.argv.slice(2);
const kit = await import(pathToFileURL(kitFile).href);
const textOf = (text) => (typeof text === 'string' ? text : text.repeat.repeat(text.times));
const bytesOf = (body) =>
  body.base64 === undefined
    ? new TextEncoder().encode(textOf(body))
    : new Uint8Array(Buffer.from(body.base64, 'base64'));

async function verdictOn({ scheme, headers, body, secrets, now, toleranceSeconds }) {
  const read = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value : textOf(value)]),
  );
  try {
    const verified = await kit.verify(typeof scheme === 'string' ? kit[scheme] : kit.hmac(scheme.hmac), {
      body: bytesOf(body),
      headers: read,
      secrets,
      now,
      toleranceSeconds,
    });
    return { expect: 'ok', verified };
  } catch (error) {
    if (!(error instanceof kit.VerificationError)) throw error;
    return { expect: error.code };
  }
}

const vectors = JSON.parse(readFileSync(vectorsFile, 'utf8'));
const failed = [];
for (const vector of vectors) {
  const { expect, verified } = await verdictOn(vector);
  if (
    expect !== vector.expect ||
    verified?.id !== vector.verified?.id ||
    verified?.timestamp !== vector.verified?.timestamp
  )
    failed.push(`${vector.name}\n  ${expect}, expected ${vector.expect}`);
}
console.log([...failed, `${vectors.length - failed.length} passed, ${failed.length} failed`].join('\n'));
process.exit(failed.length === 0 && vectors.length > 0 ? 0 : 1);
