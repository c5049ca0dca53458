/**
 * A portal link, `{origin}/portal#token=JWT&page=/webhooks&lang=uk`: what rides in the fragment is never sent to a
 * server, and is taken off the address at once.
 */

export interface PortalLink {
  readonly token: string;
  /** Where to begin, such as `/webhooks`. */
  readonly page?: string;
  readonly language?: string;
}

/** @param hash with its `#` */
export function parsePortalLink(hash: string): PortalLink | undefined {
  if (hash.startsWith('#/')) return undefined;
  const fields = new URLSearchParams(hash.slice(1));
  const token = fields.get('token');
  if (token === null || token === '') return undefined;
  const page = fields.get('page');
  const language = fields.get('lang');
  return { token, ...(page?.startsWith('/') && { page }), ...(language !== null && { language }) };
}

/** Reads the link in the window's address and takes it off, from the session's history, too. */
export function takePortalLink({ location, history }: Pick<Window, 'location' | 'history'>): PortalLink | undefined {
  const link = parsePortalLink(location.hash);
  if (link !== undefined) history.replaceState(null, '', `${location.pathname}${location.search}#${link.page ?? '/'}`);
  return link;
}
