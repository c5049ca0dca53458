/** Who is here: a token for an hour at most, in memory and, where the browser lets us, in the tab's storage, so that a reload does not end it. */
import { noteIssued, serverNow } from './server-clock';
import { type Claims, readClaims } from './token';

export type Session =
  | { readonly kind: 'open'; readonly token: string; readonly claims: Claims; /** That the link asked for. */ readonly language?: string }
  /** `none`: opened without a link. `expired`: its time is over. `refused`: the server does not take the token. */
  | { readonly kind: 'closed'; readonly why: 'none' | 'expired' | 'refused' };

export type TokenStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export class SessionStore {
  private session: Session = { kind: 'closed', why: 'none' };
  private readonly listeners = new Set<() => void>();

  /**
   * @param storage refused by some browsers in a third-party frame: it is then memory alone
   * @param key two deployments on one origin have two pages
   */
  constructor(
    private readonly storage: () => TokenStorage,
    private readonly key: string,
  ) {}

  /** Goes on with what an earlier load of the page in this tab had. */
  restore(): void {
    const token = this.stored((storage) => storage.getItem(this.key));
    if (token) this.open(token);
  }

  open(token: string, language?: string): void {
    const claims = readClaims(token);
    if (claims === undefined) return this.close('refused');
    noteIssued(claims.issuedAt);
    if (claims.expiresAt <= serverNow()) return this.close('expired');
    this.stored((storage) => storage.setItem(this.key, token));
    this.change({ kind: 'open', token, claims, ...(language !== undefined && { language }) });
  }

  close(why: 'expired' | 'refused'): void {
    this.stored((storage) => storage.removeItem(this.key));
    this.change({ kind: 'closed', why });
  }

  readonly current = (): Session => this.session;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  private change(session: Session): void {
    this.session = session;
    for (const listener of this.listeners) listener();
  }

  private stored<T>(use: (storage: TokenStorage) => T): T | undefined {
    try {
      return use(this.storage());
    } catch {
      return undefined; // refused, or full: the session lives in memory, until the page is loaded again
    }
  }
}
