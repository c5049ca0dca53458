/** Before anything else runs, is fetched or shown: the token goes from the address into memory. */
import { takePortalLink } from './session/portal-link';
import { SessionStore } from './session/session';
import './styles/page.css';

const { pathname, search, hash } = window.location;
// Whatever stands in front may hand on `/portal/` as `/portal`: addresses relative to the page are then wrong. The
// token goes along in the fragment, and this address is in no history.
if (pathname.endsWith('/')) window.location.replace(`${pathname.replace(/\/+$/, '')}${search}${hash}`);

const sessions = new SessionStore(() => window.sessionStorage, `webhooks ${window.location.pathname}`);
if (!enter()) sessions.restore();
// A link that is opened where the page is open already changes the fragment alone and loads nothing. This listener is
// the first, so that no other sees the token.
window.addEventListener('hashchange', enter);

function enter(): boolean {
  const link = takePortalLink(window);
  if (link !== undefined) sessions.open(link.token, link.language, link.page);
  return link !== undefined;
}

import('./app')
  .then(({ start }) => start(sessions))
  .catch(() => {
    // What would say it in the reader's language did not come either.
    document.body.textContent =
      'This page could not be loaded. Try again in a moment. · ' +
      'Не вдалося завантажити цю сторінку. Спробуйте за мить.';
  });
