/** The operations on a tenant as a whole: its plan, and the secret for the URLs that its events name. */
import type { ApiContext } from '../context';
import type { Operation } from '../http/operation';
import { getAccountSecret } from './get-account-secret';
import { getPlan } from './get-plan';
import { regenerateAccountSecret } from './regenerate-account-secret';
import { setPlan } from './set-plan';

export function accountOperations(context: ApiContext): Operation[] {
  return [getAccountSecret(context), regenerateAccountSecret(context), getPlan(context), setPlan(context)];
}
