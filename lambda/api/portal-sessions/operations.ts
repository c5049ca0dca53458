/** The operations on portal sessions: the platform's backend asks for a token, its customer's browser uses it. */
import type { ApiContext } from '../context';
import type { Operation } from '../http/operation';
import { createPortalSession } from './create-portal-session';

export function portalSessionOperations(context: ApiContext): Operation[] {
  return [createPortalSession(context)];
}
