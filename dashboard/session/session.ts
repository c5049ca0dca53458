/**
 * Who is here: a token for an hour at most, in memory and, where the browser lets us, in the tab's storage, so that a
 * reload does not end it.
 */
import { isPast, noteIssued } from './server-clock';
import { type Claims, readClaims } from './token';

export type Session =
  | {
      readonly kind: 'open';
      readonly token: string;
      readonly claims: Claims;
      /** That the link asked for. */ readonly language?: string;
      /** It has ended, or another waits: it stays on the screen as long as it is kept. */ readonly over?: true;
    }
  /** `none`: opened without a link. `expired`: its time is over. `refused`: the server does not take the token. */
  | { readonly kind: 'closed'; readonly why: 'none' | 'expired' | 'refused' };

export type TokenStorage = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

export class SessionStore {
  private session: Session = { kind: 'closed', why: 'none' };
  private readonly listeners = new Set<() => void>();
  private readonly keepers = new Set<symbol>();
  /** What this session gives way to when nothing keeps it any more. */
  private next: Session | undefined;
  private nextPage = '/';
  /** Goes to the page where a link begins that had to wait: what is on the screen is another tenant's. */
  goTo: (page: string) => void = () => undefined;

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

  /** @param page where the link begins, if it has to wait */
  open(token: string, language?: string, page = '/'): void {
    this.nextPage = page;
    const claims = readClaims(token);
    if (claims === undefined) return this.close('refused');
    noteIssued(claims.issuedAt);
    if (isPast(claims.expiresAt)) return this.close('expired');
    this.stored((storage) => storage.setItem(this.key, token));
    this.follow({ kind: 'open', token, claims, ...(language !== undefined && { language }) });
  }

  close(why: 'expired' | 'refused'): void {
    // Of the session that is on the screen: the link that waits has a token of its own.
    if (this.next?.kind === 'open') return;
    this.stored((storage) => storage.removeItem(this.key));
    this.follow({ kind: 'closed', why });
  }

  /**
   * Nothing takes the session off the screen meanwhile: it shows what cannot be read again, and that needs no token.
   *
   * @returns gives up keeping it
   */
  readonly keep = (): (() => void) => {
    const keeper = Symbol();
    this.keepers.add(keeper);
    return () => {
      this.keepers.delete(keeper);
      // One keeper may hand over to another.
      queueMicrotask(() => {
        const { session, next } = this;
        if (next === undefined || this.keepers.size > 0) return;
        if (next.kind === 'open' && session.kind === 'open' && next.claims.tenant !== session.claims.tenant)
          this.goTo(this.nextPage);
        this.change(next);
      });
    };
  };

  readonly current = (): Session => this.session;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  private follow(next: Session): void {
    if (this.keepers.size === 0 || this.session.kind === 'closed') return this.change(next);
    this.next = next;
    if (this.session.over === undefined) this.tell({ ...this.session, over: true });
  }

  private change(session: Session): void {
    this.next = undefined;
    this.tell(session);
  }

  private tell(session: Session): void {
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
