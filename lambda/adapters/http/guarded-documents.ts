/**
 * Documents of others by GET, such as a JSON Web Key Set, behind the endpoint guard like every request that leaves. No
 * redirect is followed, and no connection kept: each is read once in minutes.
 */
import { checkEndpointUrl, type EndpointPolicy } from '../../core/endpoint/endpoint-policy';
import type { DocumentSource } from '../../core/shared/credentials';
import { reasonText } from '../../core/shared/reason';
import { PortUnavailable } from '../../core/shared/errors';
import { Connection } from './connection';
import { createDial, type Dial } from './dial';
import { takeApart } from './endpoint-client';
import type { ConnectionGuard } from './guarded-connect';
import { CachingResolver, type Resolver } from './resolver';

const MAX_BYTES = 256 * 1024;
const DEADLINE_MS = 3_000;
const PORT = 'document';

export interface GuardedDocumentsOptions {
  readonly policy: EndpointPolicy;
  /** @default - c-ares with the system's name servers */
  readonly resolver?: Resolver;
  /** @default - TCP or TLS */
  readonly dial?: Dial;
  /**
   * For name, connection, TLS, headers and body, in milliseconds.
   *
   * @default 3000
   */
  readonly deadlineMs?: number;
}

export class GuardedDocuments implements DocumentSource {
  private readonly guard: ConnectionGuard;
  private readonly deadlineMs: number;

  constructor({ policy, resolver, dial, deadlineMs }: GuardedDocumentsOptions) {
    this.guard = { policy, resolver: resolver ?? new CachingResolver(), dial: dial ?? createDial() };
    this.deadlineMs = deadlineMs ?? DEADLINE_MS;
  }

  async get(url: string): Promise<string> {
    const verdict = checkEndpointUrl(url, this.guard.policy);
    if (!verdict.ok) throw new PortUnavailable(PORT, new Error(reasonText(verdict.reason)));
    const { origin, path, destination } = takeApart(verdict.url);
    const connection = new Connection(this.guard, origin, destination, () => undefined);
    try {
      return await this.read(connection, path);
    } catch (error) {
      throw error instanceof PortUnavailable ? error : new PortUnavailable(PORT, error);
    } finally {
      connection.destroy();
    }
  }

  private async read({ client }: Connection, path: string): Promise<string> {
    const { statusCode, body } = await client.request({
      path,
      method: 'GET',
      headers: { accept: 'application/json' },
      signal: AbortSignal.timeout(this.deadlineMs),
    });
    if (statusCode !== 200) throw new PortUnavailable(PORT, new Error(`the answer was ${statusCode}`));
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of body) {
      chunks.push(chunk as Buffer);
      bytes += (chunk as Buffer).length;
      if (bytes > MAX_BYTES) throw new PortUnavailable(PORT, new Error(`it is larger than ${MAX_BYTES} bytes`));
    }
    return Buffer.concat(chunks).toString('utf8');
  }
}
