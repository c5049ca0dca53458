import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * What each signature scheme must give for a secret, an event id, a time and a body. Shared by every signer and
 * verifier of the project.
 */
export interface SignatureVector {
  readonly name: string;
  readonly secret: string;
  readonly eventId: string;
  readonly timestamp: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

interface StoredVector {
  readonly name: string;
  readonly secret: string;
  readonly event_id: string;
  readonly timestamp: number;
  readonly body: string | { readonly repeat: string; readonly times: number };
  readonly headers: Readonly<Record<string, string>>;
}

export const VECTORS_FILE = join(__dirname, 'signatures.json');

export function signatureVectors(): SignatureVector[] {
  return (JSON.parse(readFileSync(VECTORS_FILE, 'utf8')) as StoredVector[]).map(
    ({ event_id: eventId, body, ...rest }) => ({
      ...rest,
      eventId,
      body: typeof body === 'string' ? body : body.repeat.repeat(body.times),
    }),
  );
}
