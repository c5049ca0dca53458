/** The operations on what belongs to a tenant as a whole: the secret for the URLs that events name, and the plan. */
import type { ApiContext } from '../context';
import type { Operation } from '../http/operation';
import { getAccountSecret } from './get-account-secret';
import { getPlan } from './get-plan';
import { regenerateAccountSecret } from './regenerate-account-secret';
import { setPlan } from './set-plan';

export function accountOperations(context: ApiContext): Operation[] {
  return [getAccountSecret(context), regenerateAccountSecret(context), getPlan(context), setPlan(context)];
}
